/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/json_source.h"

#include "lib/formats/json_lines.h"

#include <stdlib.h>

int json_source_open(struct convert_source *source, struct err *err)
{
	struct json_lines *lines = calloc(1, sizeof(*lines));

	source->state = lines;
	if (!lines)
		return err_set_memory(err);
	if (json_lines_open(lines, source->path, err) == 0)
		return 0;
	free(lines);
	source->state = NULL;
	return -1;
}

void json_source_close(struct convert_source *source)
{
	if (source->state)
		json_lines_close(source->state);
	free(source->state);
	source->state = NULL;
}

enum read_status json_source_next(struct convert_source *source, struct convert_record *record,
				  int (*take)(struct convert_source *source, const json_t *object,
					      struct convert_record *record, struct arena *arena,
					      struct err *err),
				  struct arena *arena, struct err *err)
{
	struct json_lines *lines = source->state;
	enum read_status status;
	json_t *object;

	status = json_lines_next(lines, &object, err);
	record->line = lines->line;
	if (status != READ_OK)
		return status;
	if (take(source, object, record, arena, err) < 0) {
		status = err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
		err->line = lines->line;
	}
	json_decref(object);
	return status;
}
