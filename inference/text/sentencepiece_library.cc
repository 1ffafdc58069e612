/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece_library.h"

#include <sentencepiece_processor.h>

#include <cstdio>
#include <string>
#include <vector>

struct sentencepiece_library {
	sentencepiece::SentencePieceProcessor processor;
};

bool sentencepiece_library_is_there(void)
{
	return true;
}

/* No exception may leave for C. */
struct sentencepiece_library *sentencepiece_library_new(const void *model, size_t size, char *reason,
							size_t reason_size)
try {
	auto *library = new sentencepiece_library;
	const auto status = library->processor.LoadFromSerializedProto(
		absl::string_view(static_cast<const char *>(model), size));

	if (status.ok())
		return library;
	std::snprintf(reason, reason_size, "%s", status.error_message());
	delete library;
	return nullptr;
} catch (...) {
	std::snprintf(reason, reason_size, "out of memory");
	return nullptr;
}

void sentencepiece_library_free(struct sentencepiece_library *library)
{
	delete library;
}

int sentencepiece_library_size(const struct sentencepiece_library *library)
{
	return library->processor.GetPieceSize();
}

int sentencepiece_library_unknown(const struct sentencepiece_library *library)
{
	return library->processor.unk_id();
}

int sentencepiece_library_encode(const struct sentencepiece_library *library, const char *text,
				 size_t length, sentencepiece_taker *take, void *context)
try {
	std::vector<std::string> pieces;

	if (!library->processor.Encode(absl::string_view(text, length), &pieces).ok())
		return -1;
	for (const auto &piece : pieces)
		if (take(context, piece.data(), piece.size(), library->processor.PieceToId(piece)) < 0)
			return -1;
	return 0;
} catch (...) {
	return -1;
}
