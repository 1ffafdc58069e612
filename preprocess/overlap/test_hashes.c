/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/overlap/test_hashes.h"

#include "lib/base/checked.h"
#include "lib/base/sha256.h"
#include "lib/base/str_table.h"
#include "lib/formats/line_reader.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 16
#define LINE_LIMIT 4096

struct test_hashes {
	struct str_table sets;
	struct str_table keys; /* 'e' or 'l', then the digits */
	uint64_t *found;       /* [keys.n], bit by set */
	size_t capacity;
};

void test_hashes_free(struct test_hashes *hashes)
{
	if (!hashes)
		return;
	str_table_release(&hashes->sets);
	str_table_release(&hashes->keys);
	free(hashes->found);
	free(hashes);
}

/* The next field of a line, up to a tab or blank. */
static bool next_field(const char **at, const char *end, const char **text, size_t *length)
{
	while (*at < end && (**at == '\t' || **at == ' '))
		(*at)++;
	*text = *at;
	while (*at < end && **at != '\t' && **at != ' ')
		(*at)++;
	*length = (size_t)(*at - *text);
	return *length > 0;
}

static bool is_kind(const char *text, size_t length)
{
	return length == 5 && (memcmp(text, "exact", 5) == 0 || memcmp(text, "loose", 5) == 0);
}

static bool is_hash(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)text[i]) && (text[i] < 'a' || text[i] > 'f'))
			return false;
	return length == DIGITS;
}

static int add_key(struct test_hashes *hashes, long set, char kind, const char *digits)
{
	char key[1 + DIGITS];
	size_t before = hashes->keys.n;
	long id;

	key[0] = kind;
	memcpy(key + 1, digits, DIGITS);
	id = str_table_add(&hashes->keys, key, sizeof(key));
	if (id < 0 || GROW(hashes->found, before, hashes->capacity) < 0)
		return -1;
	if ((size_t)id == before)
		hashes->found[id] = 0;
	hashes->found[id] |= (uint64_t)1 << set;
	return 0;
}

static int add_line(struct test_hashes *hashes, const struct text_line *line, const char *path,
		    struct err *err)
{
	const char *at = line->text, *end = at + line->length, *set, *kind, *hash, *rest;
	size_t set_length, kind_length, hash_length, rest_length;
	long id;

	if (!next_field(&at, end, &set, &set_length))
		return 0;
	if (!next_field(&at, end, &kind, &kind_length) || !is_kind(kind, kind_length) ||
	    !next_field(&at, end, &hash, &hash_length) || !is_hash(hash, hash_length) ||
	    next_field(&at, end, &rest, &rest_length))
		return err_set_at(err, path, line->number, 0,
				  "a line of hashes is a set, exact or loose, and 16 hexadecimal digits");
	id = str_table_add(&hashes->sets, set, set_length);
	if (id >= TEST_HASH_SETS)
		return err_set_at(err, path, line->number, 0, "more than the %d sets allowed",
				  TEST_HASH_SETS);
	if (id < 0 || add_key(hashes, id, *kind, hash) < 0)
		return err_set_memory(err);
	return 0;
}

struct test_hashes *test_hashes_read(const char *path, struct err *err)
{
	struct test_hashes *hashes = calloc(1, sizeof(*hashes));
	struct line_reader *reader = NULL;
	enum read_status status = READ_FAIL;
	struct text_line line;

	if (!hashes) {
		err_set_memory(err);
		return NULL;
	}
	reader = line_reader_open(path, LINE_LIMIT, err);
	while (reader && (status = line_reader_next(reader, &line, err)) == READ_OK)
		if (add_line(hashes, &line, path, err) < 0)
			break;
	line_reader_close(reader);
	if (status == READ_EOF)
		return hashes;
	test_hashes_free(hashes);
	return NULL;
}

const char *test_hashes_set(const struct test_hashes *hashes, size_t index)
{
	return index < hashes->sets.n ? str_table_text(&hashes->sets, index) : NULL;
}

uint64_t test_hashes_find(const struct test_hashes *hashes, enum test_hash_kind kind,
			  const char *text, size_t length)
{
	char hex[SHA256_HEX], key[1 + DIGITS];
	long id;

	sha256_bytes(text, length, hex);
	key[0] = kind == TEST_HASH_EXACT ? 'e' : 'l';
	memcpy(key + 1, hex, DIGITS);
	id = str_table_find(&hashes->keys, key, sizeof(key));
	return id < 0 ? 0 : hashes->found[id];
}
