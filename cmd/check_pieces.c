/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_pieces.h"

#include "inference/text/vocabulary_file.h"

/* Out of memory gives no pieces, which no rule complains about. */
static size_t count(const struct piece_counter *counter, const char *word, size_t length)
{
	struct check_pieces *pieces = (struct check_pieces *)counter;
	struct err ignored = ERR_INIT;

	pieces->pieces.n = 0;
	if (wordpiece_encode(pieces->wordpiece, word, length, &pieces->pieces, &ignored) < 0)
		return 0;
	return pieces->pieces.n;
}

int check_pieces_open(struct check_pieces *pieces, const char *path, struct err *err)
{
	static const char *const markers[] = { "<s>", "</s>", "<o>", "</o>", NULL };
	struct wordpiece_rules rules = { .added = markers };
	const char *text;

	if (file_map_open(&pieces->map, path, err) < 0)
		return -1;
	text = (const char *)pieces->map.data;
	rules.lower_case = !vocabulary_is_cased(text, pieces->map.size);
	pieces->wordpiece = wordpiece_new(text, pieces->map.size, &rules, err);
	if (!pieces->wordpiece) {
		err_add_file(err, path);
		file_map_close(&pieces->map);
		return -1;
	}
	pieces->counter.count = count;
	return 0;
}

void check_pieces_close(struct check_pieces *pieces)
{
	if (!pieces->wordpiece)
		return;
	wordpiece_free(pieces->wordpiece);
	pieces_release(&pieces->pieces);
	file_map_close(&pieces->map);
	pieces->wordpiece = NULL;
}
