/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/formats/conll.h"
#include "lib/formats/text_blocks.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>

/* Lines of all kinds, from a generator that always gives the same. */
static void make_text(struct buf *text, size_t bytes, const char *const *lines, unsigned n_lines)
{
	uint32_t random = 1;

	while (text->length < bytes) {
		random = random * 1664525u + 1013904223u;
		buf_add_string(text, lines[(random >> 16) % n_lines]);
	}
}

static const char *const mixed_lines[] = { "word\tO\n", "\n",      "IMGID:7\n", "x B-PER\r\n", "\r\n", " \t\n",
					   "a\rb\tO\n", "\xc3\xa9\tO\n", "-DOCSTART- O\n", "\r\r\n", "last\tO\n" };

/* The lines of all blocks are the lines of the file, with their numbers. */
static void compare_lines(const char *path, enum text_unit unit)
{
	struct err err = ERR_INIT;
	struct text_blocks *blocks = text_blocks_open(path, unit, &err);
	struct line_reader *whole = line_reader_open(path, 1000, &err);
	struct text_block block = TEXT_BLOCK_INIT;
	struct text_line a, b;
	size_t n = 0;

	assert_non_null(blocks);
	assert_non_null(whole);
	for (; text_blocks_next(blocks, &block, &err) == READ_OK; n++) {
		struct line_reader *part = line_reader_open_piece(&block.piece, 1000, &err);

		assert_int_equal(block.number, n);
		assert_null(block.piece.rest);
		while (line_reader_next(part, &b, &err) == READ_OK) {
			assert_int_equal(line_reader_next(whole, &a, &err), READ_OK);
			assert_int_equal(a.number, b.number);
			assert_int_equal(a.length, b.length);
			assert_memory_equal(a.text, b.text, a.length);
			assert_string_equal(a.ending, b.ending);
		}
		line_reader_close(part);
	}
	assert_true(n > 2);
	assert_int_equal(line_reader_next(whole, &a, &err), READ_EOF);
	line_reader_close(whole);
	text_block_release(&block);
	text_blocks_close(blocks);
}

static void test_lines(void **state)
{
	struct buf text = BUF_INIT;
	char *path;

	(void)state;
	make_text(&text, 300000, mixed_lines, sizeof(mixed_lines) / sizeof(*mixed_lines));
	buf_add_string(&text, "no end");
	path = temporary_file(text.data, text.length);
	compare_lines(path, TEXT_LINES);
	compare_lines(path, TEXT_PARAGRAPHS);
	temporary_remove(path);
	buf_release(&text);
}

/* The sentences of all blocks are those of the file. */
static void test_paragraphs(void **state)
{
	struct text_block block = TEXT_BLOCK_INIT;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *whole;
	struct text_blocks *blocks;
	struct sentence a, b;
	struct buf text = BUF_INIT;
	char *path;

	(void)state;
	make_text(&text, 300000, mixed_lines, sizeof(mixed_lines) / sizeof(*mixed_lines));
	path = temporary_file(text.data, text.length);
	whole = conll_open(path, &err);
	blocks = text_blocks_open(path, TEXT_PARAGRAPHS, &err);
	while (text_blocks_next(blocks, &block, &err) == READ_OK) {
		struct conll_reader *part = conll_open_piece(&block.piece, &err);

		while (conll_next(part, &b, &arena, &err) == READ_OK) {
			assert_int_equal(conll_next(whole, &a, &arena, &err), READ_OK);
			assert_int_equal(a.n_tokens, b.n_tokens);
			assert_int_equal(a.id_line, b.id_line);
			assert_int_equal(a.line_number, b.line_number);
			for (size_t i = 0; i < a.n_tokens; i++)
				assert_string_equal(a.tokens[i].word, b.tokens[i].word);
		}
		conll_close(part);
		arena_reset(&arena);
	}
	assert_int_equal(conll_next(whole, &a, &arena, &err), READ_EOF);
	conll_close(whole);
	text_block_release(&block);
	text_blocks_close(blocks);
	arena_release(&arena);
	temporary_remove(path);
	buf_release(&text);
}

/* A record that never ends: one block, whose piece reads on from the file. */
static void test_rest(void **state)
{
	static const char *const lines[] = { "word\tO\n" };
	struct text_block block = TEXT_BLOCK_INIT;
	struct err err = ERR_INIT;
	struct line_reader *reader;
	struct text_blocks *blocks;
	struct buf text = BUF_INIT;
	struct text_line line;
	char *path;
	size_t n = 0;

	(void)state;
	make_text(&text, 6 << 20, lines, 1);
	path = temporary_file(text.data, text.length);
	blocks = text_blocks_open(path, TEXT_PARAGRAPHS, &err);
	assert_int_equal(text_blocks_next(blocks, &block, &err), READ_OK);
	assert_non_null(block.piece.rest);
	reader = line_reader_open_piece(&block.piece, 1000, &err);
	while (line_reader_next(reader, &line, &err) == READ_OK)
		n++;
	assert_int_equal(n, text.length / strlen(lines[0]));
	line_reader_close(reader);
	assert_int_equal(text_blocks_next(blocks, &block, &err), READ_EOF);
	text_block_release(&block);
	text_blocks_close(blocks);
	temporary_remove(path);
	buf_release(&text);
}

static void test_empty(void **state)
{
	struct text_block block = TEXT_BLOCK_INIT;
	struct err err = ERR_INIT;
	struct text_blocks *blocks = text_blocks_open("/dev/null", TEXT_LINES, &err);

	(void)state;
	assert_int_equal(text_blocks_next(blocks, &block, &err), READ_EOF);
	text_blocks_close(blocks);
	assert_null(text_blocks_open("/nonexistent/x.txt", TEXT_LINES, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
	text_block_release(&block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_paragraphs),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
