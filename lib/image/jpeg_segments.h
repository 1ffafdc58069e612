/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The segments of a JPEG file: FF, a marker, and for most a length of 2 bytes (big endian, its own 2
 * counted) and a body. Coded data follows a scan's header and belongs to no segment.
 *
 *	size_t at = 2;
 *	while (jpeg_next_segment(bytes, length, &at, &segment)) ...
 */
#ifndef TAGSIGHT_IMAGE_JPEG_SEGMENTS_H
#define TAGSIGHT_IMAGE_JPEG_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>

enum jpeg_marker {
	JPEG_FRAME_BASELINE = 0xc0, /* this and the next two by Huffman codes */
	JPEG_FRAME_EXTENDED = 0xc1,
	JPEG_FRAME_PROGRESSIVE = 0xc2,
	JPEG_TABLES = 0xc4, /* of Huffman codes */
	JPEG_END = 0xd9,
	JPEG_SCAN = 0xda,
	JPEG_RESTARTS = 0xdd, /* how far apart */
	JPEG_APP1 = 0xe1
};

struct jpeg_segment {
	int marker;
	bool is_frame; /* SOF0 to SOF15 */
	const unsigned char *body; /* [length]; of the caller's bytes */
	size_t length;
};

/* The segment at or after *at, which then stands behind it; bytes that are no marker are stepped over.
 * False at the end of the file, and where a segment goes beyond it. */
bool jpeg_next_segment(const unsigned char *bytes, size_t length, size_t *at,
		       struct jpeg_segment *segment);

#endif
