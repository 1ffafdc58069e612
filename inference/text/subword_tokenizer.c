/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/subword_tokenizer.h"

#include "inference/core/model_file.h"
#include "inference/text/vocabulary_file.h"

#include <stdlib.h>
#include <string.h>

#define SENTENCEPIECE_FILE "sentencepiece.bpe.model"

static int open_wordpiece(struct subword_tokenizer *tokenizer, const char *given, const char *model,
			  struct err *err)
{
	struct wordpiece_rules rules = { false, NULL };

	if (vocabulary_file_map(&tokenizer->file, given, model, err) < 0)
		return -1;
	rules.lower_case = !vocabulary_is_cased((const char *)tokenizer->file.data, tokenizer->file.size);
	tokenizer->wordpiece = wordpiece_new((const char *)tokenizer->file.data,
					     tokenizer->file.size, &rules, err);
	if (!tokenizer->wordpiece)
		return -1;
	tokenizer->size = wordpiece_size(tokenizer->wordpiece);
	tokenizer->begin_text = "[CLS]";
	tokenizer->end_text = "[SEP]";
	tokenizer->begin = wordpiece_id(tokenizer->wordpiece, tokenizer->begin_text);
	tokenizer->end = wordpiece_id(tokenizer->wordpiece, tokenizer->end_text);
	if (tokenizer->begin < 0 || tokenizer->end < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [CLS] or no [SEP]");
	return 0;
}

static int read_sentencepiece(struct subword_tokenizer *tokenizer, const char *path, struct err *err)
{
	struct file_map map;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	tokenizer->sentencepiece = sentencepiece_new(map.data, map.size, err);
	file_map_close(&map);
	if (!tokenizer->sentencepiece) {
		err_add_file(err, path);
		return -1;
	}
	tokenizer->size = sentencepiece_size(tokenizer->sentencepiece);
	tokenizer->begin = SENTENCEPIECE_BEGIN;
	tokenizer->end = SENTENCEPIECE_END;
	tokenizer->begin_text = "<s>";
	tokenizer->end_text = "</s>";
	return 0;
}

static int open_sentencepiece(struct subword_tokenizer *tokenizer, const char *given,
			      const char *model, struct err *err)
{
	char *beside;
	int rc = -1;

	if (given)
		return read_sentencepiece(tokenizer, given, err);
	beside = model_file_beside(model, SENTENCEPIECE_FILE);
	if (!beside)
		err_set_memory(err);
	else if (!file_exists(beside))
		err_set(err, ERR_USAGE,
			"a checkpoint of XLM-RoBERTa holds no vocabulary: give its " SENTENCEPIECE_FILE
			" with --vocab, or put it beside the model");
	else
		rc = read_sentencepiece(tokenizer, beside, err);
	free(beside);
	return rc;
}

int subword_tokenizer_open(struct subword_tokenizer *tokenizer, const char *given, const char *model,
			   bool xlm_roberta, struct err *err)
{
	int rc;

	memset(tokenizer, 0, sizeof(*tokenizer));
	rc = xlm_roberta ? open_sentencepiece(tokenizer, given, model, err)
			 : open_wordpiece(tokenizer, given, model, err);
	if (rc < 0)
		subword_tokenizer_close(tokenizer);
	return rc;
}

void subword_tokenizer_close(struct subword_tokenizer *tokenizer)
{
	wordpiece_free(tokenizer->wordpiece);
	sentencepiece_free(tokenizer->sentencepiece);
	if (tokenizer->file.data)
		file_map_close(&tokenizer->file);
	memset(tokenizer, 0, sizeof(*tokenizer));
}

static int encode_wordpiece(const struct wordpiece *wordpiece, const char *text, size_t length,
			    struct subwords *out, struct err *err)
{
	struct pieces pieces = PIECES_INIT;
	int rc = wordpiece_encode(wordpiece, text, length, &pieces, err);

	for (size_t i = 0; i < pieces.n && rc == 0; i++) {
		size_t size;
		const char *piece = wordpiece_text(wordpiece, pieces.ids[i], &size);

		rc = subwords_add(out, pieces.ids[i], piece, size, err);
	}
	pieces_release(&pieces);
	return rc;
}

int subword_tokenizer_encode(const struct subword_tokenizer *tokenizer, const char *text,
			     size_t length, struct subwords *out, struct err *err)
{
	if (tokenizer->sentencepiece)
		return sentencepiece_encode(tokenizer->sentencepiece, text, length, out, err);
	return encode_wordpiece(tokenizer->wordpiece, text, length, out, err);
}
