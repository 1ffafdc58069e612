/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own files of JSON Lines, which users edit: predictions, manifests and phrases.
 */
#include "lib/corpus/grounding.h"
#include "lib/corpus/label_probabilities.h"
#include "lib/corpus/prediction.h"
#include "lib/formats/json_lines.h"
#include "preprocess/phrases.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_prediction(const json_t *object, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct prediction prediction;

	if (prediction_read(object, NULL, &prediction, arena, &err) < 0)
		return;
	for (size_t i = 0; i < prediction.n; i++)
		if (!prediction.tags[i] || !(prediction.confidence[i] >= 0 && prediction.confidence[i] <= 1))
			abort();
}

static void read_labels(const json_t *object, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct label_probabilities said;

	if (label_probabilities_read(object, &said, arena, &err) < 0)
		return;
	if (said.labels && said.rows && said.columns != said.n_labels && said.n_labels)
		abort();
	for (size_t i = 0; said.rows && i < said.n * said.columns; i++)
		if (!(said.rows[i] == -1 || (said.rows[i] >= 0 && said.rows[i] <= 1)))
			abort();
}

static void read_manifest(const json_t *object, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct manifest_entry entry;

	if (manifest_read(object, &entry, arena, &err) == 0 &&
	    (!entry.image || !entry.phrase || !isfinite(entry.box.x0) || !isfinite(entry.score)))
		abort();
}

static void read_phrases(const json_t *object, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct phrase *phrases;
	const char *id;
	size_t n;

	if (phrases_read(object, &id, &phrases, &n, arena, &err) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (!phrases[i].text || phrases[i].kind > PHRASE_KINDS)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct json_lines reader;
	struct err err = ERR_INIT;
	enum read_status status;
	json_t *object;
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (json_lines_open(&reader, path, &err) < 0)
		abort();
	while ((status = json_lines_next(&reader, &object, &err)) > READ_EOF) {
		if (status == READ_OK) {
			read_prediction(object, &arena);
			read_labels(object, &arena);
			read_manifest(object, &arena);
			read_phrases(object, &arena);
		}
		json_decref(object);
		arena_reset(&arena);
	}
	json_lines_close(&reader);
	arena_release(&arena);
	close(fd);
	return 0;
}
