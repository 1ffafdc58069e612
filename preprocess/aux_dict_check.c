/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/aux_dict_check.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/corpus/grounding.h"
#include "preprocess/records.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define NER_RECORD "IMGID:"

char *aux_dict_key(const struct split *split, const char *id, size_t record)
{
	struct buf key = BUF_INIT;

	if (split->task == TASK_RE)
		buf_add_format(&key, "%zu", record);
	else
		buf_add_format(&key, "%s.jpg", id);
	return buf_detach(&key);
}

/* One check: the dict, where findings go, and which keys some record asked for. */
struct check {
	const struct split *split;
	struct finding_sink *sink;
	struct aux_dict dict;
	bool *asked; /* [dict.n] */
};

static void report(const struct check *check, enum finding_level level, const char *rule,
		   const char *record, const char *fix, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

static void report(const struct check *check, enum finding_level level, const char *rule,
		   const char *record, const char *fix, const char *format, ...)
{
	char message[1024];
	struct finding finding = { .level = level, .rule = rule, .file = check->split->dict,
				   .record = record, .message = message, .fix = fix };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	check->sink->add(check->sink, &finding);
}

static int check_record(struct check *check, const struct record *record, struct err *err)
{
	char *key = aux_dict_key(check->split, record->id, record->number);
	const struct aux_entry *entry;

	if (!key)
		return err_set_memory(err);
	entry = aux_dict_find(&check->dict, key);
	if (entry)
		check->asked[entry - check->dict.entries] = true;
	else
		report(check, LEVEL_ERROR, "dict-missing-key", record->name,
		       "run 'tagsight ground' again, or add the key with an empty list",
		       "no key %s%s%s: HVPNeT takes this record for one without crops",
		       check->split->task == TASK_RE ? "" : "'", key,
		       check->split->task == TASK_RE ? "" : "'");
	free(key);
	return 0;
}

static int check_keys(struct check *check, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct records records;
	struct record record;
	enum read_status status;
	int rc = 0;

	if (records_open(&records, check->split, err) < 0)
		return -1;
	while (rc == 0 && (status = records_next(&records, &record, &arena, err)) != READ_EOF) {
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK && record.id)
			rc = check_record(check, &record, err);
		arena_reset(&arena);
	}
	for (size_t i = 0; rc == 0 && i < check->dict.n; i++)
		if (!check->asked[i])
			report(check, LEVEL_WARNING, "dict-extra-key", NULL, NULL,
			       "the key '%.200s' belongs to no record of '%s'",
			       check->dict.entries[i].key, check->split->text);
	records_close(&records);
	arena_release(&arena);
	return rc;
}

static int check_crops(const struct check *check, struct err *err)
{
	const char *folder = check->split->crops;

	for (size_t i = 0; folder && i < check->dict.n; i++) {
		const struct aux_entry *entry = &check->dict.entries[i];

		for (size_t k = 0; k < entry->n; k++) {
			char *path = file_join(folder, entry->names[k]);

			if (!path)
				return err_set_memory(err);
			if (!file_exists(path))
				report(check, LEVEL_ERROR, "dict-missing-crop", entry->key, NULL,
				       "the crop '%.200s' of '%.200s' is not in '%s'",
				       entry->names[k], entry->key, folder);
			free(path);
		}
	}
	return 0;
}

/* Whether the reader turned the file down because of what it asks for, not because it is broken. */
static bool is_unsafe(const struct err *err)
{
	return strncmp(err->text, "refused", 7) == 0;
}

int aux_dict_check(const struct split *split, struct finding_sink *sink, struct err *err)
{
	enum aux_keys wanted = split->task == TASK_RE ? AUX_KEYS_INTEGER : AUX_KEYS_TEXT;
	struct check check = { .split = split, .sink = sink };
	struct err why = ERR_INIT;
	int rc = 0;

	if (!file_exists(split->dict)) {
		report(&check, LEVEL_ERROR, "dict-format", NULL,
		       "run 'tagsight ground' to make it", "there is no such file, and loaders open it");
		return 0;
	}
	if (aux_dict_read(&check.dict, split->dict, &why) < 0) {
		report(&check, LEVEL_ERROR, is_unsafe(&why) ? "dict-unsafe" : "dict-format", NULL,
		       NULL, "%s", why.text);
		return 0;
	}
	if (check.dict.keys != AUX_KEYS_NONE && check.dict.keys != wanted) {
		report(&check, LEVEL_ERROR, "dict-key-type", NULL,
		       wanted == AUX_KEYS_INTEGER ? "RE dicts have whole line numbers from 0 as keys"
						  : "NER dicts have picture names as keys",
		       "its keys are %s", wanted == AUX_KEYS_INTEGER ? "strings" : "integers");
	} else {
		check.asked = checked_calloc(check.dict.n, sizeof(*check.asked));
		rc = check.asked ? check_keys(&check, err) : err_set_memory(err);
		if (rc == 0)
			rc = check_crops(&check, err);
	}
	free(check.asked);
	aux_dict_release(&check.dict);
	return rc;
}

/* A manifest's record as a key: "IMGID:8" is "8.jpg", a line number is itself. */
static char *key_of_record(enum aux_keys *keys, const char *record)
{
	struct buf key = BUF_INIT;
	bool named = strncmp(record, NER_RECORD, strlen(NER_RECORD)) == 0;

	if (*keys == AUX_KEYS_NONE)
		*keys = named ? AUX_KEYS_TEXT : AUX_KEYS_INTEGER;
	if (*keys == AUX_KEYS_TEXT)
		buf_add_format(&key, "%s.jpg", named ? record + strlen(NER_RECORD) : record);
	else
		buf_add_string(&key, record);
	return buf_detach(&key);
}

/* Append one crop to what the key has. */
static int add_crop(struct aux_dict *dict, const struct manifest_entry *line, struct arena *arena,
		    struct err *err)
{
	char *key = key_of_record(&dict->keys, line->record);
	const struct aux_entry *old = key ? aux_dict_find(dict, key) : NULL;
	size_t n = old ? old->n : 0;
	const char **names = arena_alloc(arena, n + 1, sizeof(*names));
	int rc;

	if (!key || !names) {
		free(key);
		return err_set_memory(err);
	}
	if (n)
		memcpy(names, old->names, n * sizeof(*names));
	names[n] = line->crop;
	rc = aux_dict_put(dict, key, names, n + 1, err);
	free(key);
	return rc;
}

int aux_dict_add_manifest(struct aux_dict *dict, const char *path, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct json_lines lines;
	enum read_status status;
	json_t *object;
	int rc = 0;

	if (json_lines_open(&lines, path, err) < 0)
		return -1;
	while (rc == 0 && (status = json_lines_next(&lines, &object, err)) != READ_EOF) {
		struct manifest_entry line;

		if (status != READ_OK) {
			rc = -1;
			break;
		}
		rc = manifest_read(object, &line, &arena, err);
		if (rc == 0)
			rc = add_crop(dict, &line, &arena, err);
		if (rc < 0 && err->line == 0)
			err->line = lines.line;
		if (rc < 0)
			err_add_file(err, path);
		json_decref(object);
		arena_reset(&arena);
	}
	json_lines_close(&lines);
	arena_release(&arena);
	return rc;
}
