/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/subword_tokenizer.h"

#include "inference/text/vocabulary_file.h"

#include <string.h>

static int open_wordpiece(struct subword_tokenizer *tokenizer, const char *text, size_t size,
			  struct err *err)
{
	struct wordpiece_rules rules = { .lower_case = !vocabulary_is_cased(text, size) };

	tokenizer->wordpiece = wordpiece_new(text, size, &rules, err);
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

static int open_sentencepiece(struct subword_tokenizer *tokenizer, const char *text, size_t size,
			      struct err *err)
{
	tokenizer->sentencepiece = sentencepiece_new((const unsigned char *)text, size, err);
	if (!tokenizer->sentencepiece)
		return -1;
	tokenizer->size = sentencepiece_size(tokenizer->sentencepiece);
	tokenizer->begin = SENTENCEPIECE_BEGIN;
	tokenizer->end = SENTENCEPIECE_END;
	tokenizer->begin_text = "<s>";
	tokenizer->end_text = "</s>";
	return 0;
}

int subword_tokenizer_open(struct subword_tokenizer *tokenizer, const char *text, size_t size,
			   bool xlm_roberta, struct err *err)
{
	int rc;

	memset(tokenizer, 0, sizeof(*tokenizer));
	rc = xlm_roberta ? open_sentencepiece(tokenizer, text, size, err)
			 : open_wordpiece(tokenizer, text, size, err);
	if (rc < 0)
		subword_tokenizer_close(tokenizer);
	return rc;
}

void subword_tokenizer_close(struct subword_tokenizer *tokenizer)
{
	wordpiece_free(tokenizer->wordpiece);
	sentencepiece_free(tokenizer->sentencepiece);
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
