/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a dict of crops, which `tagsight dict convert` takes as JSON, as a bare pickle and as a torch
 * file: what is read can be changed in shape, and as JSON it is read back the same.
 */
#include "preprocess/aux_dict_convert.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_bytes(struct aux_dict *dict, const void *data, size_t size)
{
	struct err err = ERR_INIT;
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC), rc;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = aux_dict_read_any(dict, path, &err);
	if (rc < 0 && err.kind != ERR_DATA)
		abort();
	close(fd);
	return rc;
}

static void check_same(const struct aux_dict *a, const struct aux_dict *b)
{
	if (a->n != b->n)
		abort();
	for (size_t i = 0; i < a->n; i++) {
		const struct aux_entry *entry = aux_dict_find(b, a->entries[i].key);

		if (!entry || entry->n != a->entries[i].n)
			abort();
		for (size_t k = 0; k < entry->n; k++)
			if (strcmp(entry->names[k], a->entries[i].names[k]) != 0)
				abort();
	}
}

/* Names that are no UTF-8 become other ones as JSON. */
static bool is_plain(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

static bool has_plain_names(const struct aux_dict *dict)
{
	for (size_t i = 0; i < dict->n; i++) {
		if (!is_plain(dict->entries[i].key))
			return false;
		for (size_t k = 0; k < dict->entries[i].n; k++)
			if (!is_plain(dict->entries[i].names[k]))
				return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct aux_dict_changes changes = { .img2crop = true, .prefix = "a/", .crop_extension = "jpg" };
	struct aux_dict dict, again;
	struct err err = ERR_INIT;
	json_t *object;
	char *text;

	if (read_bytes(&dict, data, size) < 0)
		return 0;
	object = aux_dict_json(&dict);
	text = object ? json_dumps(object, 0) : NULL;
	if (!text)
		abort();
	if (has_plain_names(&dict)) {
		if (read_bytes(&again, text, strlen(text)) < 0)
			abort();
		check_same(&dict, &again);
		aux_dict_release(&again);
	}
	free(text);
	json_decref(object);
	aux_dict_change(&dict, &changes, &err);
	aux_dict_release(&dict);
	return 0;
}
