/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/queue_priv.h"

#include "lib/review/relations.h"

#include <stdlib.h>
#include <string.h>

static int set(char **to, const char *text, struct err *err)
{
	char *copy = strdup(text);

	if (!copy)
		return err_set_memory(err);
	free(*to);
	*to = copy;
	return 0;
}

static bool read_state(const char *what, enum review_state *state)
{
	for (int i = 0; i < REVIEW_STATES; i++)
		if (strcmp(what, review_state_name((enum review_state)i)) == 0) {
			*state = (enum review_state)i;
			return true;
		}
	return false;
}

static bool is_type(const struct review *review, const char *what)
{
	return str_table_find(&review->types.names, what, strlen(what)) >= 0;
}

/* "tag-orphan-inside" or "tag-". */
static bool is_rule(const char *what)
{
	return strchr(what, '-') && *what >= 'a' && *what <= 'z' &&
	       strspn(what, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(what);
}

static int set_below(struct review_filter *filter, const char *number, struct err *err)
{
	char *end;
	float below = strtof(number, &end);

	if (end == number || *end || !(below > 0 && below <= 1))
		return err_set(err, ERR_USAGE, "'<%s' is no confidence: a number above 0, up to 1",
			       number);
	filter->below = below;
	return 0;
}

int review_filter_add(struct review_filter *filter, const struct review *review, const char *what,
		      struct err *err)
{
	if (!*what)
		return err_set(err, ERR_USAGE,
			       "what is to be shown: a text, a type, a rule, a state, differs, "
			       "findings, hard, noted or <0.5");
	if (strncmp(what, "text:", 5) == 0)
		return set(&filter->text, what + 5, err);
	if (strncmp(what, "type:", 5) == 0)
		return set(&filter->type, what + 5, err);
	if (strncmp(what, "rule:", 5) == 0)
		return set(&filter->rule, what + 5, err);
	if (*what == '<')
		return set_below(filter, what + 1, err);
	if (read_state(what, &filter->state))
		filter->has_state = true;
	else if (strcmp(what, "differs") == 0)
		filter->differing = true;
	else if (strcmp(what, "findings") == 0)
		filter->findings = true;
	else if (strcmp(what, "hard") == 0)
		filter->hard = true;
	else if (strcmp(what, "noted") == 0)
		filter->noted = true;
	else
		return set(is_type(review, what) ? &filter->type
			   : is_rule(what)       ? &filter->rule
						 : &filter->text,
			   what, err);
	return 0;
}

bool review_filter_is_empty(const struct review_filter *filter)
{
	return !filter->text && !filter->type && !filter->rule && !filter->has_state &&
	       !filter->differing && !filter->findings && !filter->hard && !filter->noted &&
	       filter->below <= 0;
}

static void say(struct buf *out, const char *what)
{
	if (out->length)
		buf_add_string(out, ", ");
	buf_add_string(out, what);
}

void review_filter_say(const struct review_filter *filter, struct buf *out)
{
	if (filter->text) {
		say(out, "'");
		buf_add_format(out, "%s'", filter->text);
	}
	if (filter->type)
		say(out, filter->type);
	if (filter->rule)
		say(out, filter->rule);
	if (filter->has_state)
		say(out, review_state_name(filter->state));
	if (filter->differing)
		say(out, "differs");
	if (filter->findings)
		say(out, "findings");
	if (filter->hard)
		say(out, "hard");
	if (filter->noted)
		say(out, "noted");
	if (filter->below > 0) {
		say(out, "<");
		buf_add_format(out, "%g", (double)filter->below);
	}
}

void review_filter_release(struct review_filter *filter)
{
	free(filter->text);
	free(filter->type);
	free(filter->rule);
	*filter = (struct review_filter)REVIEW_FILTER_INIT;
}

static int copy_text(char **to, const char *text)
{
	*to = text ? strdup(text) : NULL;
	return text && !*to ? -1 : 0;
}

int review_filter_copy(struct review_filter *to, const struct review_filter *from)
{
	*to = *from;
	to->text = to->type = to->rule = NULL;
	if (copy_text(&to->text, from->text) < 0 || copy_text(&to->type, from->type) < 0 ||
	    copy_text(&to->rule, from->rule) < 0) {
		review_filter_release(to);
		return -1;
	}
	return 0;
}

bool review_filter_is_joined(const struct review_filter *filter)
{
	return filter->rule || filter->type || filter->differing || filter->findings ||
	       filter->below > 0;
}

static bool has_rule(const struct review_entry *entry, const char *rule)
{
	size_t length = strlen(rule);
	bool group = length && rule[length - 1] == '-';

	for (const struct review_finding *f = entry->findings; f; f = f->next)
		if (group ? strncmp(f->rule, rule, length) == 0 : strcmp(f->rule, rule) == 0)
			return true;
	return false;
}

static bool has_type(const char *const *tags, size_t n, const char *type)
{
	for (size_t i = 0; tags && i < n; i++) {
		const char *own = tag_type(tags[i]);

		if (own && strcmp(own, type) == 0)
			return true;
	}
	return false;
}

/* The bits of the entry say no at once; a yes is looked at, for edits may have taken the type away. */
static bool of_type(const struct review *review, size_t number, const char *type)
{
	const struct review_entry *entry = &review->entries[number];
	const struct review_record *record;

	if (!(entry->types & review_type_bit(review, type)))
		return false;
	record = review_scan(review, number);
	if (record && record->relation)
		return strcmp(record->relation->relation, type) == 0 ||
		       (record->relation->predicted &&
			strcmp(record->relation->predicted, type) == 0);
	return record && (has_type(record->tags, entry->n_tokens, type) ||
			  has_type(record->predicted, entry->n_tokens, type));
}

bool review_filter_fits(const struct review_filter *filter, const struct review *review,
			size_t number)
{
	const struct review_entry *entry = &review->entries[number];

	if ((filter->has_state && entry->state != (uint8_t)filter->state) ||
	    (filter->differing && !entry->differing) || (filter->findings && !entry->worst) ||
	    (filter->hard && !entry->hard) || (filter->noted && !entry->noted) ||
	    (filter->below > 0 && !(entry->confidence < filter->below)))
		return false;
	return (!filter->rule || has_rule(entry, filter->rule)) &&
	       (!filter->type || of_type(review, number, filter->type)) &&
	       (!filter->text || review_fits(review, number, GOAL_TEXT, filter->text));
}
