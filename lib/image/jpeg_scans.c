/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/jpeg_scans.h"

#include "lib/base/buf.h"
#include "lib/image/decode_priv.h"
#include "lib/image/jpeg_baseline.h"
#include "lib/image/jpeg_segments.h"

#include <string.h>

/* Whether a picture is to be decoded at an eighth. */
static bool is_large(const struct jpeg_segment *frame)
{
	int height, width;

	if (frame->length < 5)
		return false;
	height = frame->body[1] << 8 | frame->body[2];
	width = frame->body[3] << 8 | frame->body[4];
	return decode_small_factor(width, height) == 8;
}

/* The first coefficient of a scan: 0 is the mean. -1 for a header that is cut or wrong. */
static int first_coefficient(const struct jpeg_segment *scan)
{
	size_t at = scan->length ? 1 + 2 * (size_t)scan->body[0] : 0;

	return scan->length && at < scan->length ? scan->body[at] : -1;
}

/* Where the coded data of a scan ends: at the next marker that is no restart, or with the file. */
static size_t scan_end(const unsigned char *data, size_t length, size_t at)
{
	while (at < length) {
		const unsigned char *found = memchr(data + at, 0xff, length - at);
		size_t next = found ? (size_t)(found - data) + 1 : length;

		if (next >= length)
			return length;
		if (data[next] != 0 && data[next] != 0xff && (data[next] & 0xf8) != 0xd0)
			return next - 1;
		at = data[next] == 0xff ? next : next + 1;
	}
	return length;
}

/* Copy all but the coded data of scans of detail. */
static bool copy_coarse_scans(struct buf *out, const unsigned char *data, size_t length)
{
	struct jpeg_segment segment;
	size_t at = 2, kept = 0;

	while (jpeg_next_segment(data, length, &at, &segment)) {
		size_t end;

		if (segment.marker == JPEG_END)
			break;
		if (segment.marker != JPEG_SCAN)
			continue;
		end = scan_end(data, length, at);
		if (first_coefficient(&segment) > 0) {
			buf_add(out, data + kept, at - kept);
			kept = end;
		}
		at = end;
	}
	buf_add(out, data + kept, length - kept);
	return true;
}

static bool copy_without_detail(struct buf *out, const unsigned char *data, size_t length,
				const struct jpeg_segment *frame)
{
	if (frame->marker == JPEG_FRAME_PROGRESSIVE)
		return copy_coarse_scans(out, data, length);
	if (frame->marker == JPEG_FRAME_BASELINE || frame->marker == JPEG_FRAME_EXTENDED)
		return jpeg_baseline_means(out, data, length);
	return false;
}

int jpeg_drop_detail(struct jpeg_bytes *bytes, struct err *err)
{
	struct jpeg_segment segment = { 0 };
	struct buf out = BUF_INIT;
	size_t at = 2;
	bool copied;

	while (jpeg_next_segment(bytes->data, bytes->length, &at, &segment))
		if (segment.is_frame || segment.marker == JPEG_SCAN || segment.marker == JPEG_END)
			break;
	if (!segment.is_frame || !is_large(&segment))
		return 0;
	copied = copy_without_detail(&out, bytes->data, bytes->length, &segment);
	if (out.failed || !copied) {
		bool failed = out.failed;

		buf_release(&out);
		return failed ? err_set_memory(err) : 0;
	}
	bytes->length = out.length;
	bytes->data = bytes->owned = (unsigned char *)buf_detach(&out);
	return bytes->owned ? 0 : err_set_memory(err);
}
