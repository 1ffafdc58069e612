/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/darknet_names.h"

#include "lib/base/file.h"
#include "lib/formats/line_reader.h"

#include <string.h>

#define NAME_LIMIT 1024 /* bytes of a line */

const char *const coco_classes[COCO_CLASSES] = {
	"person", "bicycle", "car", "motorbike", "aeroplane", "bus", "train", "truck", "boat",
	"traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat",
	"dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack",
	"umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
	"sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
	"tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl",
	"banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza",
	"donut", "cake", "chair", "sofa", "pottedplant", "bed", "diningtable", "toilet",
	"tvmonitor", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave",
	"oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors",
	"teddy bear", "hair drier", "toothbrush",
};

/* Blank lines name nothing. */
static int add_line(const struct text_line *line, const char *path, size_t n, const char **names,
		    size_t *used, struct arena *arena, struct err *err)
{
	size_t length = line->length;

	while (length > 0 && line->text[length - 1] == ' ')
		length--;
	if (length == 0)
		return 0;
	if (*used == n)
		return err_set_at(err, path, line->number, 0, "more names than the network's %zu classes", n);
	names[*used] = arena_string(arena, line->text, length);
	return names[(*used)++] ? 0 : err_set_memory(err);
}

int darknet_names_read(const char *path, size_t n, const char *const **out, struct arena *arena,
		       struct err *err)
{
	struct line_reader *reader = line_reader_open(path, NAME_LIMIT, err);
	const char **names = arena_alloc(arena, n, sizeof(*names));
	struct text_line line;
	enum read_status status;
	size_t used = 0;

	if (!reader)
		return -1;
	status = names ? READ_OK : err_set_memory(err);
	while (status == READ_OK && (status = line_reader_next(reader, &line, err)) == READ_OK)
		if (add_line(&line, path, n, names, &used, arena, err) < 0)
			status = READ_FAIL;
	line_reader_close(reader);
	if (status != READ_EOF)
		return -1;
	if (used != n)
		return err_set_at(err, path, 0, 0, "names %zu classes, but the network has %zu", used, n);
	*out = names;
	return 0;
}

const char *darknet_beside(struct arena *arena, const char *path, const char *extension)
{
	size_t stem = (size_t)(file_extension(path) - path);

	if (stem == strlen(path))
		return arena_format(arena, "%s.%s", path, extension);
	return arena_format(arena, "%.*s%s", (int)stem, path, extension);
}
