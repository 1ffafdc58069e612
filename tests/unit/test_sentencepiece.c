/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece.h"
#include "inference/text/sentencepiece_model.h"
#include "lib/base/file.h"
#include "tests/unit/small_sentencepiece.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>

#define LOW_LINE "\xe2\x96\x81" /* U+2581, which stands for a blank */

static const char *const small_pieces[] = { LOW_LINE, "a", "b", LOW_LINE "ab", "c", NULL };

/* Skips where the library was left out. */
static struct sentencepiece *open_bytes(const void *bytes, size_t size)
{
	struct err err = ERR_INIT;
	struct sentencepiece *sentencepiece = sentencepiece_new(bytes, size, &err);

	if (!sentencepiece_is_there()) {
		assert_null(sentencepiece);
		assert_non_null(strstr(err.text, "built without SentencePiece"));
		printf("skip: built without SentencePiece\n");
		skip();
	}
	if (!sentencepiece)
		fail_msg("%s", err.text);
	return sentencepiece;
}

static struct sentencepiece *open_small(void)
{
	struct buf model = BUF_INIT;
	struct sentencepiece *sentencepiece;

	small_model(&model, small_pieces);
	sentencepiece = open_bytes(model.data, model.length);
	buf_release(&model);
	return sentencepiece;
}

/* "piece/3 piece/4" of a text. */
static void encode(const struct sentencepiece *sentencepiece, const char *text, struct buf *out)
{
	struct subwords subwords = SUBWORDS_INIT;
	struct err err = ERR_INIT;

	buf_clear(out);
	assert_int_equal(sentencepiece_encode(sentencepiece, text, strlen(text), &subwords, &err), 0);
	for (size_t i = 0; i < subwords.n; i++)
		buf_add_format(out, "%s%.*s/%d", i ? " " : "", (int)subwords.items[i].length,
			       subword_text(&subwords, i), subwords.items[i].id);
	subwords_release(&subwords);
}

static void assert_encodes(const struct sentencepiece *sentencepiece, const char *text,
			   const char *wanted)
{
	struct buf got = BUF_INIT;

	encode(sentencepiece, text, &got);
	assert_string_equal(got.data, wanted);
	buf_release(&got);
}

static void test_numbers_are_moved(void **state)
{
	struct sentencepiece *sentencepiece = open_small();

	(void)state;
	assert_int_equal(sentencepiece_size(sentencepiece), 8 + 2);
	assert_encodes(sentencepiece, "ab a", LOW_LINE "ab/7 " LOW_LINE "/4 a/5");
	assert_encodes(sentencepiece, "xyb", LOW_LINE "/4 xy/3 b/6");
	assert_encodes(sentencepiece, "", "");
	assert_encodes(sentencepiece, "  ", "");
	sentencepiece_free(sentencepiece);
}

static void test_special_tokens_are_recognised(void **state)
{
	struct sentencepiece *sentencepiece = open_small();

	(void)state;
	assert_encodes(sentencepiece, "ab </s> ab",
		       LOW_LINE "ab/7 </s>/2 " LOW_LINE "ab/7");
	assert_encodes(sentencepiece, "c<s>c<pad><unk>", LOW_LINE "/4 c/8 <s>/0 " LOW_LINE
							  "/4 c/8 <pad>/1 <unk>/3");
	assert_encodes(sentencepiece, "<mask>", "<mask>/9");
	assert_encodes(sentencepiece, "</s", LOW_LINE "/4 </s/3");
	sentencepiece_free(sentencepiece);
}

static void test_invalid_utf8_is_dropped(void **state)
{
	struct sentencepiece *sentencepiece = open_small();

	(void)state;
	assert_encodes(sentencepiece, "a\xff" "b\xc3", LOW_LINE "ab/7");
	assert_encodes(sentencepiece, "\xed\xa0\x80", "");
	sentencepiece_free(sentencepiece);
}

static void assert_refused(const struct buf *model, const char *text)
{
	struct err err = ERR_INIT;

	assert_null(sentencepiece_new((const unsigned char *)model->data, model->length, &err));
	if (!strstr(err.text, text))
		fail_msg("'%s' instead of '%s'", err.text, text);
}

static void test_refuses_what_is_no_model(void **state)
{
	static const unsigned char bpe[] = { 3 << 3, 2 };
	struct buf model = BUF_INIT;

	(void)state;
	assert_refused(&model, "is no SentencePiece model");
	buf_add_string(&model, "[PAD]\n[UNK]\n");
	assert_refused(&model, "is no SentencePiece model");
	buf_clear(&model);
	small_model(&model, small_pieces);
	model.length--;
	assert_refused(&model, "is no SentencePiece model");
	model.length++;
	small_model_field(&model, 2, bpe, sizeof(bpe));
	assert_refused(&model, "no unigram model");
	buf_clear(&model);
	small_model_piece(&model, "<unk>", NAN, PIECE_UNKNOWN);
	assert_refused(&model, "piece 0 is broken");
	buf_clear(&model);
	small_model_piece(&model, "\xff", 0, PIECE_NORMAL);
	assert_refused(&model, "piece 0 is broken");
	buf_release(&model);
}

/* A trie of 256 units in which one byte leads to a value; then its texts. */
struct table {
	uint32_t size, units[256];
	char texts[4];
};

#define LEAF 0x100u
#define OFFSET(n) ((uint32_t)(n) << 10)

static void assert_table(const struct table *table, const char *fault)
{
	struct err err = ERR_INIT;
	int rc = sentencepiece_table_check((const unsigned char *)table, sizeof(*table), &err);

	if (rc != (fault ? -1 : 0) || (fault && !strstr(err.text, fault)))
		fail_msg("'%s' instead of '%s'", err.text, fault ? fault : "");
}

static void test_tables_that_lead_outside(void **state)
{
	struct table table = { .size = 1024, .units = { [0] = OFFSET(1) }, .texts = "xyz" };
	uint32_t *leaf = &table.units[1 ^ 'a'], *value = &table.units[1 ^ 'a' ^ 2];

	(void)state;
	*leaf = OFFSET(2) | LEAF | 'a';
	*value = 0x80000000u | 3;
	assert_table(&table, NULL);
	*value = 0x80000000u | 4;
	assert_table(&table, "broken");
	*value = 0x80000000u;
	*leaf = OFFSET(256) | 'a';
	assert_table(&table, "broken");
	*leaf = OFFSET('a') | 'a'; /* back to where it came from */
	assert_table(&table, "broken");
	*leaf = 0;
	table.size = 1026;
	assert_table(&table, "cut off");
	table.size = sizeof(table);
	assert_table(&table, "cut off");
	table.size = 0;
	assert_table(&table, "broken");
	table.size = 1024;
	table.texts[3] = 'x';
	assert_table(&table, "cut off");
}

static struct sentencepiece *open_shared(struct file_map *map)
{
	char *path = file_join(shared_folder(), "oracle/ita/spm_small.model");
	struct err err = ERR_INIT;

	assert_int_equal(file_map_open(map, path, &err), 0);
	free(path);
	return open_bytes(map->data, map->size);
}

/* The words of a record of the oracle, joined by blanks as the original reads them. */
static void join_words(const json_t *words, struct buf *text, const char *separator)
{
	size_t i;
	json_t *word;

	json_array_foreach(words, i, word) {
		const char *spelt = json_string_value(word);

		buf_add_string(text, i ? " " : "");
		buf_add_string(text, strcmp(spelt, "<EOS>") == 0 ? separator : spelt);
	}
}

static void check_record(const struct sentencepiece *sentencepiece, const json_t *record)
{
	struct buf text = BUF_INIT, wanted = BUF_INIT, got = BUF_INIT;
	size_t i;
	json_t *piece;

	join_words(json_object_get(record, "words"), &text, "</s>");
	json_array_foreach(json_object_get(record, "pieces"), i, piece)
		buf_add_format(&wanted, "%s%s/%d", i ? " " : "", json_string_value(piece),
			       (int)json_integer_value(
				       json_array_get(json_object_get(record, "ids"), i)));
	encode(sentencepiece, text.data, &got);
	assert_string_equal(got.data, wanted.data);
	buf_release(&text);
	buf_release(&wanted);
	buf_release(&got);
}

static void test_pieces_of_hugging_face(void **state)
{
	char *path = file_join(shared_folder(), "oracle/ita/context.json");
	json_t *oracle = json_load_file(path, 0, NULL), *record;
	struct sentencepiece *sentencepiece;
	struct file_map map;
	size_t i, n = 0;

	(void)state;
	assert_non_null(oracle);
	sentencepiece = open_shared(&map);
	assert_int_equal(sentencepiece_size(sentencepiece), 3002);
	json_array_foreach(json_object_get(oracle, "pieces_xlmr"), i, record) {
		check_record(sentencepiece, record);
		n++;
	}
	assert_true(n > 10);
	sentencepiece_free(sentencepiece);
	file_map_close(&map);
	json_decref(oracle);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_moved),
		cmocka_unit_test(test_special_tokens_are_recognised),
		cmocka_unit_test(test_invalid_utf8_is_dropped),
		cmocka_unit_test(test_refuses_what_is_no_model),
		cmocka_unit_test(test_tables_that_lead_outside),
		cmocka_unit_test(test_pieces_of_hugging_face),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
