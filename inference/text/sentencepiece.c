/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece.h"

#include "inference/text/sentencepiece_library.h"
#include "inference/text/sentencepiece_model.h"
#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define MOVED 1 /* is added to the model's own numbers */

struct special {
	const char *text;
	size_t length;
	int id;
};

#define SPECIALS 5

struct sentencepiece {
	struct sentencepiece_library *library;
	int unknown; /* the model's own number */
	struct special specials[SPECIALS];
};

bool sentencepiece_is_there(void)
{
	return sentencepiece_library_is_there();
}

static int load(struct sentencepiece *sentencepiece, const unsigned char *model, size_t size,
		struct err *err)
{
	char reason[256] = "";
	int mask;

	sentencepiece->library = sentencepiece_library_new(model, size, reason, sizeof(reason));
	if (!sentencepiece->library)
		return err_set(err, sentencepiece_is_there() ? ERR_DATA : ERR_SYSTEM, "%s", reason);
	sentencepiece->unknown = sentencepiece_library_unknown(sentencepiece->library);
	mask = sentencepiece_library_size(sentencepiece->library) + MOVED;
	memcpy(sentencepiece->specials,
	       (struct special[SPECIALS]){ { "<s>", 3, SENTENCEPIECE_BEGIN },
					   { "<pad>", 5, SENTENCEPIECE_PAD },
					   { "</s>", 4, SENTENCEPIECE_END },
					   { "<unk>", 5, SENTENCEPIECE_UNKNOWN },
					   { "<mask>", 6, mask } },
	       sizeof(sentencepiece->specials));
	return 0;
}

struct sentencepiece *sentencepiece_new(const unsigned char *model, size_t size, struct err *err)
{
	struct sentencepiece *sentencepiece;

	if (sentencepiece_model_check(model, size, err) < 0)
		return NULL;
	sentencepiece = checked_calloc(1, sizeof(*sentencepiece));
	if (!sentencepiece)
		err_set_memory(err);
	else if (load(sentencepiece, model, size, err) == 0)
		return sentencepiece;
	free(sentencepiece);
	return NULL;
}

void sentencepiece_free(struct sentencepiece *sentencepiece)
{
	if (!sentencepiece)
		return;
	sentencepiece_library_free(sentencepiece->library);
	free(sentencepiece);
}

size_t sentencepiece_size(const struct sentencepiece *sentencepiece)
{
	return (size_t)sentencepiece->specials[SPECIALS - 1].id + 1;
}

/* Where the pieces of a text go. */
struct target {
	const struct sentencepiece *sentencepiece;
	struct subwords *out;
	struct err *err;
};

static int take(void *context, const char *piece, size_t length, int number)
{
	const struct target *target = context;
	int id = number == target->sentencepiece->unknown ? SENTENCEPIECE_UNKNOWN : number + MOVED;

	return subwords_add(target->out, id, piece, length, target->err);
}

/* A stretch without special tokens. */
static int encode_plain(struct target *target, const char *text, size_t length)
{
	if (sentencepiece_library_encode(target->sentencepiece->library, text, length, take, target) < 0)
		return err_set_memory(target->err);
	return 0;
}

static const struct special *special_at(const struct sentencepiece *sentencepiece, const char *text,
					size_t length)
{
	for (size_t i = 0; i < SPECIALS; i++) {
		const struct special *special = &sentencepiece->specials[i];

		if (length >= special->length && memcmp(text, special->text, special->length) == 0)
			return special;
	}
	return NULL;
}

static int encode_valid(struct target *target, const char *text, size_t length)
{
	size_t begin = 0, at = 0;

	while (at < length) {
		const struct special *special =
			text[at] == '<' ? special_at(target->sentencepiece, text + at, length - at) : NULL;

		if (!special) {
			at++;
			continue;
		}
		if (encode_plain(target, text + begin, at - begin) < 0 ||
		    subwords_add(target->out, special->id, special->text, special->length,
				 target->err) < 0)
			return -1;
		at += special->length;
		begin = at;
	}
	return encode_plain(target, text + begin, length - begin);
}

static void drop_invalid(struct buf *out, const char *text, size_t length)
{
	while (length) {
		size_t valid = utf8_valid_prefix(text, length);

		buf_add(out, text, valid);
		valid += valid < length;
		text += valid;
		length -= valid;
	}
}

int sentencepiece_encode(const struct sentencepiece *sentencepiece, const char *text, size_t length,
			 struct subwords *out, struct err *err)
{
	struct target target = { sentencepiece, out, err };
	struct buf valid = BUF_INIT;
	int rc;

	if (utf8_valid_prefix(text, length) == length)
		return encode_valid(&target, text, length);
	drop_invalid(&valid, text, length);
	rc = valid.failed ? err_set_memory(err) : encode_valid(&target, valid.data, valid.length);
	buf_release(&valid);
	return rc;
}
