/* SPDX-License-Identifier: Apache-2.0 */
/* Lines are the paths of a release; the whole input is also what each text begins with. */
#include "lib/base/buf.h"
#include "preprocess/layout.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct layout_options options[] = { { .layout = "mkgformer" },
							 { .task = "re", .images = "i" },
							 { .split = "train", .crops = "c" } };
	const char *text = (const char *)data, *end = text + size;
	enum layout_text kind = layout_sniff(text, size);
	struct dataset dataset = DATASET_INIT;
	struct layout_listing listing;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;

	layout_listing_init(&listing);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);
		char *path = strndup(text, length);

		if (path && *path)
			layout_listing_add(&listing, path,
					   length % 3 ? kind : LAYOUT_TEXT_RELATIONS, &err);
		free(path);
		text += length + 1;
	}
	if (layout_recognise_listing(&dataset, &listing, "release",
				     size % 4 ? &options[size % 4 - 1] : NULL, &err) == 0)
		layout_describe(&dataset, &out);
	buf_release(&out);
	dataset_release(&dataset);
	layout_listing_release(&listing);
	return 0;
}
