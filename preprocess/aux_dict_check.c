/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/aux_dict_check.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/corpus/grounding.h"
#include "preprocess/aux_dict_crops.h"
#include "preprocess/records.h"

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

char *aux_dict_img2crop_key(const char *id)
{
	return strndup(id, strcspn(id, "."));
}

/* One check: the dict, where findings go, and which keys some record asked for. */
struct check {
	const struct split *split;
	const char *path;   /* of the dict */
	const char *folder; /* of its crops; may be NULL */
	bool is_img2crop;   /* MKGformer's second one: keys are picture names before their first dot */
	const struct aux_dict_check_options *options;
	struct finding_sink *sink;
	struct aux_dict dict;
	bool *asked; /* [dict.n] */
	struct str_table missing; /* keys that were reported so */
};

static struct finding finding_of(const struct check *check, enum finding_level level, const char *rule,
				 const char *record, const char *fix)
{
	return (struct finding){ .level = level,   .rule = rule, .file = check->path,
				 .record = record, .fix = fix };
}

static char *key_of(const struct check *check, const struct record *record)
{
	return check->is_img2crop ? aux_dict_img2crop_key(record->id)
				  : aux_dict_key(check->split, record->id, record->number);
}

/* MKGformer's detector may have found nothing, so that a key that is not there is no slip. */
static int report_missing(struct check *check, const struct record *record, const char *key)
{
	const char *quote = check->dict.keys == AUX_KEYS_INTEGER ? "" : "'";
	struct finding finding =
		finding_of(check, check->is_img2crop ? LEVEL_NOTE : LEVEL_ERROR, "dict-missing-key",
			   record->name,
			   "run 'tagsight ground' again, or add the key with an empty list");
	size_t n = check->missing.n;

	if (str_table_add(&check->missing, key, strlen(key)) < 0)
		return -1;
	if (check->missing.n > n)
		finding_report(check->sink, &finding, "no key %s%s%s: %s takes this record for one without crops",
			       quote, key, quote, check->is_img2crop ? "MKGformer" : "HVPNeT");
	return 0;
}

static int check_record(struct check *check, const struct record *record, struct err *err)
{
	char *key = key_of(check, record);
	const struct aux_entry *entry;
	int rc = 0;

	if (!key)
		return err_set_memory(err);
	entry = aux_dict_find(&check->dict, key);
	if (entry)
		check->asked[entry - check->dict.entries] = true;
	else
		rc = report_missing(check, record, key);
	free(key);
	return rc < 0 ? err_set_memory(err) : 0;
}

static void report_extra(const struct check *check)
{
	struct finding finding = finding_of(check, LEVEL_WARNING, "dict-extra-key", NULL,
					    "the dict may be of another text: make it again");

	/* One img2crop of NER serves all splits. */
	if (check->is_img2crop && check->split->task == TASK_NER)
		return;
	for (size_t i = 0; i < check->dict.n; i++)
		if (!check->asked[i])
			finding_report(check->sink, &finding,
				       "the key '%.200s' belongs to no record of '%s'",
				       check->dict.entries[i].key, check->split->text);
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
	if (rc == 0)
		report_extra(check);
	records_close(&records);
	arena_release(&arena);
	return rc;
}

/* Whether the reader turned the file down because of what it asks for, not because it is broken. */
static bool is_unsafe(const struct err *err)
{
	return strncmp(err->text, "refused", 7) == 0;
}

static int check_fit(struct check *check, struct err *err)
{
	bool integers = check->split->task == TASK_RE && !check->is_img2crop;
	struct finding finding =
		finding_of(check, LEVEL_ERROR, "dict-key-type", NULL,
			   integers ? "RE dicts have whole line numbers from 0 as keys"
				    : "these dicts have picture names as keys");

	if (check->dict.keys != AUX_KEYS_NONE &&
	    check->dict.keys != (integers ? AUX_KEYS_INTEGER : AUX_KEYS_TEXT)) {
		finding_report(check->sink, &finding, "its keys are %s",
			       integers ? "strings" : "integers");
		return 0;
	}
	check->asked = checked_calloc(check->dict.n, sizeof(*check->asked));
	if (!check->asked)
		return err_set_memory(err);
	if (check_keys(check, err) < 0)
		return -1;
	return check->folder ? aux_dict_check_crops(&check->dict, check->path, check->folder,
						    check->options, check->sink, err)
			     : 0;
}

static int check_one(struct check *check, struct err *err)
{
	struct finding finding = finding_of(check, LEVEL_ERROR, "dict-format", NULL, NULL);
	struct err why = ERR_INIT;
	int rc;

	if (!file_exists(check->path)) {
		finding.fix = "run 'tagsight ground' to make it";
		finding_report(check->sink, &finding, "there is no such file, and loaders open it");
		return 0;
	}
	if (aux_dict_read(&check->dict, check->path, &why) < 0) {
		finding.rule = is_unsafe(&why) ? "dict-unsafe" : "dict-format";
		finding_report(check->sink, &finding, "%s", why.text);
		return 0;
	}
	str_table_init(&check->missing);
	rc = check_fit(check, err);
	str_table_release(&check->missing);
	free(check->asked);
	aux_dict_release(&check->dict);
	return rc;
}

int aux_dict_check(const struct split *split, const struct aux_dict_check_options *options,
		   struct finding_sink *sink, struct err *err)
{
	struct check first = { .split = split,	       .path = split->dict, .folder = split->crops,
			       .options = options,     .sink = sink };
	struct check second = { .split = split,	       .path = split->img2crop,
				.folder = split->img2crop_root, .is_img2crop = true,
				.options = options,    .sink = sink };

	if (split->dict && check_one(&first, err) < 0)
		return -1;
	return split->img2crop && file_exists(split->img2crop) ? check_one(&second, err) : 0;
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
