/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/load/load_priv.h"

#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/image/decode.h"
#include "preprocess/aux_dict_check.h"
#include "preprocess/records.h"

#include <stdlib.h>
#include <string.h>

#define CROPS 3 /* opened of a record */

struct opening {
	const struct load *load;
	const char *path, *root;
	bool is_img2crop;
	struct aux_dict dict;
	struct str_table seen; /* keys */
};

/* By its header: whether all of it is there is for the rules about dicts, which decode each crop. */
bool load_can_open(const char *path, struct err *why)
{
	struct decode_limits limits = DECODE_LIMITS_INIT;
	struct image image = IMAGE_INIT;
	struct image_info info;

	if (!file_exists(path))
		return err_set(why, ERR_SYSTEM, "no such file"), false;
	limits.pixels = 0;
	if (image_decode_file(&image, path, &limits, &info, why) == 0)
		image_release(&image);
	return info.width > 0 && info.height > 0;
}

static int open_crops(const struct opening *opening, const struct aux_entry *entry, size_t line,
		      const char *record, struct err *err)
{
	for (size_t i = 0; i < entry->n && i < CROPS; i++) {
		char *path = file_join(opening->root, entry->names[i]);
		struct err why = ERR_INIT;

		if (!path)
			return err_set_memory(err);
		if (!load_can_open(path, &why))
			load_crash(opening->load, line, record, "run 'tagsight ground' again",
				   "crashes: it cannot open the crop '%s': %s", path, why.text);
		free(path);
	}
	return 0;
}

static int open_record(struct opening *opening, const struct record *record, struct err *err)
{
	char *key = opening->is_img2crop ?
			    aux_dict_img2crop_key(record->id) :
			    aux_dict_key(opening->load->split, record->id, record->number);
	size_t n = opening->seen.n, line;
	const struct aux_entry *entry;
	int rc = 0;

	if (!key || str_table_add(&opening->seen, key, strlen(key)) < 0) {
		free(key);
		return err_set_memory(err);
	}
	line = record->sentence ? record->sentence->id_line : record->relation->line_number;
	entry = opening->seen.n > n ? aux_dict_find(&opening->dict, key) : NULL;
	if (entry)
		rc = open_crops(opening, entry, line, record->name, err);
	free(key);
	return rc;
}

static int open_records(struct opening *opening, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct records records;
	struct record record;
	enum read_status status;
	int rc = 0;

	if (records_open(&records, opening->load->split, err) < 0)
		return -1;
	while (rc == 0 && (status = records_next(&records, &record, &arena, err)) != READ_EOF) {
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK && record.id)
			rc = open_record(opening, &record, err);
		arena_reset(&arena);
	}
	records_close(&records);
	arena_release(&arena);
	return rc;
}

int load_crops(const struct load *load, const char *path, const char *root, struct err *err)
{
	struct opening opening = { .load = load, .path = path, .root = root };
	struct err why = ERR_INIT;
	int rc;

	if (!path || !root)
		return 0;
	opening.is_img2crop = load->split->img2crop && strcmp(path, load->split->img2crop) == 0;
	if (!file_exists(path)) {
		if (file_is_folder(root))
			load_crash(load, 0, NULL, "run 'tagsight ground'",
				   "crashes: there is no dict '%s'", path);
		return 0;
	}
	if (aux_dict_read(&opening.dict, path, &why) < 0) {
		load_crash(load, 0, NULL, NULL, "crashes: it cannot use the dict '%s': %s", path, why.text);
		return 0;
	}
	str_table_init(&opening.seen);
	rc = open_records(&opening, err);
	str_table_release(&opening.seen);
	aux_dict_release(&opening.dict);
	return rc;
}
