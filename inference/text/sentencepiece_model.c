/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece_model.h"

#include "lib/base/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SIZE_LIMIT ((size_t)256 << 20)
#define UNIGRAM 1

enum wire { WIRE_NUMBER = 0, WIRE_EIGHT = 1, WIRE_BYTES = 2, WIRE_FOUR = 5 };

/* The message that is being read, and its next field. */
struct message {
	const unsigned char *at, *end;
	bool broken;
	unsigned number, wire;
	uint64_t value;             /* of WIRE_NUMBER */
	const unsigned char *bytes; /* [length], of all other */
	size_t length;
};

static uint64_t read_number(struct message *message)
{
	uint64_t value = 0;

	for (unsigned shift = 0; message->at < message->end && shift < 64; shift += 7) {
		unsigned char byte = *message->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	message->broken = true;
	return 0;
}

static void take_bytes(struct message *message, uint64_t length)
{
	if (message->broken || length > (uint64_t)(message->end - message->at)) {
		message->broken = true;
		return;
	}
	message->bytes = message->at;
	message->length = (size_t)length;
	message->at += length;
}

/* Whether there is a field more, now in the struct; false at the end and where it is broken. */
static bool next_field(struct message *message)
{
	uint64_t key;

	if (message->broken || message->at == message->end)
		return false;
	key = read_number(message);
	message->number = (unsigned)(key >> 3 & 0x1fffffff);
	message->wire = key & 7;
	switch (message->wire) {
	case WIRE_NUMBER:
		message->value = read_number(message);
		break;
	case WIRE_EIGHT:
		take_bytes(message, 8);
		break;
	case WIRE_BYTES:
		take_bytes(message, read_number(message));
		break;
	case WIRE_FOUR:
		take_bytes(message, 4);
		break;
	default:
		message->broken = true;
	}
	return !message->broken;
}

static struct message message_of(const unsigned char *bytes, size_t length)
{
	return (struct message){ .at = bytes, .end = bytes + length };
}

/* The message that the field holds; broken when it holds none. */
static struct message inner_of(const struct message *message)
{
	if (message->wire == WIRE_BYTES)
		return message_of(message->bytes, message->length);
	return (struct message){ .broken = true };
}

static bool is_number(const unsigned char *bytes)
{
	float score;

	memcpy(&score, bytes, sizeof(score));
	return isfinite(score);
}

static bool is_text(const struct message *field)
{
	const char *text = (const char *)field->bytes;

	return field->wire == WIRE_BYTES && field->length && !memchr(text, '\0', field->length) &&
	       utf8_valid_prefix(text, field->length) == field->length;
}

static bool is_piece(const struct message *model)
{
	struct message piece = inner_of(model);
	bool has_text = false;

	while (next_field(&piece)) {
		if (piece.number == 1 && !(has_text = is_text(&piece)))
			return false;
		if (piece.number == 2 && (piece.wire != WIRE_FOUR || !is_number(piece.bytes)))
			return false;
	}
	return !piece.broken && has_text;
}

static int check_trainer(const struct message *model, struct err *err)
{
	struct message trainer = inner_of(model);

	while (next_field(&trainer))
		if (trainer.number == 3 && (trainer.wire != WIRE_NUMBER || trainer.value != UNIGRAM))
			return err_set(err, ERR_DATA, "the vocabulary is a SentencePiece model, but no unigram model");
	return trainer.broken ? err_set(err, ERR_DATA, "the settings of the SentencePiece model are cut off") : 0;
}

static int check_normaliser(const struct message *model, struct err *err)
{
	struct message normaliser = inner_of(model);

	while (next_field(&normaliser))
		if (normaliser.number == 2 && normaliser.wire == WIRE_BYTES &&
		    sentencepiece_table_check(normaliser.bytes, normaliser.length, err) < 0)
			return -1;
	return normaliser.broken ? err_set(err, ERR_DATA, "the normaliser of the SentencePiece model is cut off") : 0;
}

int sentencepiece_model_check(const unsigned char *bytes, size_t size, struct err *err)
{
	struct message model = message_of(bytes, size);
	size_t pieces = 0;
	int rc = 0;

	if (size > SIZE_LIMIT)
		return err_set(err, ERR_DATA, "a SentencePiece model of %zu bytes is too large", size);
	while (rc == 0 && next_field(&model)) {
		if (model.number == 1 && (++pieces > SENTENCEPIECE_PIECES ||
					  !is_piece(&model)))
			rc = err_set(err, ERR_DATA, "the vocabulary is no SentencePiece model: piece %zu is broken",
				     pieces - 1);
		else if (model.number == 2)
			rc = check_trainer(&model, err);
		else if (model.number == 3 || model.number == 5)
			rc = check_normaliser(&model, err);
	}
	if (rc == 0 && (model.broken || pieces == 0))
		rc = err_set(err, ERR_DATA, "the vocabulary is no SentencePiece model");
	return rc;
}
