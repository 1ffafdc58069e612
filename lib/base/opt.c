/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *opt_choice(const char *choices, size_t index, size_t *length)
{
	for (; index; index--) {
		choices = strchr(choices, '|');
		if (!choices)
			return NULL;
		choices++;
	}
	*length = strcspn(choices, "|");
	return choices;
}

static bool is_choice(const char *choices, const char *value)
{
	const char *choice;
	size_t length;

	for (size_t i = 0; (choice = opt_choice(choices, i, &length)); i++)
		if (strlen(value) == length && strncmp(choice, value, length) == 0)
			return true;
	return false;
}

static int set_number(const struct option_spec *spec, void *field, const char *value,
		      struct err *err)
{
	char *end = NULL;
	int shift = 0;

	errno = 0;
	if (spec->kind == OPT_DOUBLE) {
		*(double *)field = strtod(value, &end);
	} else {
		long long number = strtoll(value, &end, 10);
		const char *units = "kMGT", *unit = *end && end != value ? strchr(units, *end) : NULL;

		if (spec->kind == OPT_SIZE && unit) {
			shift = 10 * (int)(unit - units + 1);
			end++;
		}
		if (number > (LLONG_MAX >> shift) || number < -(LLONG_MAX >> shift))
			errno = ERANGE;
		else
			number *= 1LL << shift;
		if (spec->kind == OPT_SIZE)
			*(long long *)field = number;
		else
			*(long *)field = (long)number;
	}
	if (errno || end == value || *end)
		return err_set(err, ERR_USAGE, "--%s wants a number, not '%s'", spec->name, value);
	return 0;
}

static int add_list(struct str_list *list, const char *value, struct err *err)
{
	for (;;) {
		size_t length = strcspn(value, ",");

		if (length && str_list_add_length(list, value, length) < 0)
			return err_set_memory(err);
		if (!value[length])
			return 0;
		value += length + 1;
	}
}

static int set_value(const struct option_spec *spec, void *target, const char *value,
		     struct err *err)
{
	void *field = (char *)target + spec->offset;

	switch (spec->kind) {
	case OPT_FLAG:
		*(int *)field = 1;
		return 0;
	case OPT_INT:
	case OPT_DOUBLE:
	case OPT_SIZE:
		return set_number(spec, field, value, err);
	case OPT_CHOICE:
		if (!is_choice(spec->choices, value))
			return err_set(err, ERR_USAGE, "--%s wants one of %s, not '%s'", spec->name,
				       spec->choices, value);
		*(const char **)field = value;
		return 0;
	case OPT_STRING:
		*(const char **)field = value;
		return 0;
	case OPT_LIST:
		return add_list(field, value, err);
	case OPT_END:
		break;
	}
	BUG("option table without a kind");
}

static const struct option_spec *find_long(const struct option_spec *specs, const char *name,
					   size_t length)
{
	for (; specs->kind != OPT_END; specs++)
		if (strlen(specs->name) == length && strncmp(specs->name, name, length) == 0)
			return specs;
	return NULL;
}

static const struct option_spec *find_letter(const struct option_spec *specs, char letter)
{
	for (; specs->kind != OPT_END; specs++)
		if (specs->letter == letter)
			return specs;
	return NULL;
}

/* `next` is the following argument or NULL; *took says whether it was used. */
static int parse_long(const struct option_spec *specs, void *target, const char *argument,
		      const char *next, bool *took, struct err *err)
{
	const char *name = argument + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] ? name + length + 1 : NULL;
	const struct option_spec *spec = find_long(specs, name, length);

	if (!spec)
		return err_set(err, ERR_USAGE, "unknown option '%s'", argument);
	if (spec->kind == OPT_FLAG && value)
		return err_set(err, ERR_USAGE, "--%s takes no value", spec->name);
	if (spec->kind != OPT_FLAG && !value) {
		if (!next)
			return err_set(err, ERR_USAGE, "--%s wants a value", spec->name);
		value = next;
		*took = true;
	}
	return set_value(spec, target, value, err);
}

static int parse_letters(const struct option_spec *specs, void *target, const char *argument,
			 const char *next, bool *took, struct err *err)
{
	for (const char *letter = argument + 1; *letter; letter++) {
		const struct option_spec *spec = find_letter(specs, *letter);

		if (!spec)
			return err_set(err, ERR_USAGE, "unknown option '-%c'", *letter);
		if (spec->kind == OPT_FLAG) {
			if (set_value(spec, target, NULL, err) < 0)
				return -1;
			continue;
		}
		if (letter[1])
			return set_value(spec, target, letter + 1, err);
		if (!next)
			return err_set(err, ERR_USAGE, "-%c wants a value", *letter);
		*took = true;
		return set_value(spec, target, next, err);
	}
	return 0;
}

int opt_parse(const struct option_spec *specs, void *target, int argc, char **argv, struct err *err)
{
	int kept = 0;

	for (int i = 0; i < argc; i++) {
		char *argument = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		bool took = false;
		int rc;

		if (strcmp(argument, "--") == 0) {
			while (++i < argc)
				argv[kept++] = argv[i];
			break;
		}
		if (argument[0] != '-' || argument[1] == '\0') {
			argv[kept++] = argument;
			continue;
		}
		if (argument[1] == '-')
			rc = parse_long(specs, target, argument, next, &took, err);
		else
			rc = parse_letters(specs, target, argument, next, &took, err);
		if (rc < 0)
			return -1;
		i += took;
	}
	return kept;
}
