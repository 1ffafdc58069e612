/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/picture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOKED_AT 16000000 /* pixels; a larger picture is taken for a photograph */

static int refuse(struct picture_facts *facts, enum decode_fault fault, struct err *err,
		  const char *text)
{
	facts->fault = fault;
	return err_set(err, ERR_DATA, "%s", text);
}

static int refuse_errno(struct picture_facts *facts, struct err *err, const char *action,
			const char *path)
{
	facts->fault = DECODE_SYSTEM;
	return err_set_errno(err, action, path);
}

/* Open a regular file without waiting for whoever writes to a pipe. */
static int open_regular(const char *path, struct stat *status, struct picture_facts *facts,
			struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return refuse_errno(facts, err, "open", path);
	if (fstat(fd, status) < 0)
		refuse_errno(facts, err, "stat", path);
	else if (S_ISDIR(status->st_mode))
		refuse(facts, DECODE_NOT_IMAGE, err, "this is a folder, not a picture");
	else if (!S_ISREG(status->st_mode))
		refuse(facts, DECODE_NOT_IMAGE, err, "this is a pipe or a device, not a picture");
	else
		return fd;
	close(fd);
	return -1;
}

/* All bytes of a file that is not larger than `limits` allow; *length may fall short of what was
 * told where the file shrinks meanwhile. NULL on failure. */
static unsigned char *read_bytes(int fd, const struct stat *status, const char *path,
				 struct picture_facts *facts, size_t *length, struct err *err)
{
	const struct decode_limits limits = DECODE_LIMITS_INIT;
	size_t size = (size_t)status->st_size;
	unsigned char *bytes;

	*length = 0;
	if ((uint64_t)status->st_size > limits.bytes) {
		refuse(facts, DECODE_TOO_LARGE, err, "the file has more bytes than are read (1 GiB)");
		return NULL;
	}
	bytes = malloc(size + 1);
	if (!bytes) {
		facts->fault = DECODE_SYSTEM;
		err_set_memory(err);
		return NULL;
	}
	while (*length < size) {
		ssize_t got = read(fd, bytes + *length, size - *length);

		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			refuse_errno(facts, err, "read", path);
			free(bytes);
			return NULL;
		}
		*length += (size_t)got;
	}
	return bytes;
}

/* Look at the whole picture where the small one might be of a drawing. */
static int look_closer(const unsigned char *bytes, size_t length, const struct image *small,
		       struct picture_facts *facts, struct err *err)
{
	uint64_t pixels = (uint64_t)facts->width * (uint64_t)facts->height;
	struct image whole = IMAGE_INIT;
	bool is_whole = small->width == facts->width && small->height == facts->height, may;
	int rc = -1;

	if (image_may_be_drawn(small, &may, err) < 0)
		return -1;
	if (pixels > LOOKED_AT || !may)
		return 0;
	if (is_whole || image_decode(&whole, bytes, length, NULL, NULL, err) == 0)
		rc = image_measure(&facts->measures, is_whole ? small : &whole, err);
	if (rc == 0)
		facts->kind = image_kind(&facts->measures);
	image_release(&whole);
	return rc;
}

static int read_picture(const unsigned char *bytes, size_t length, struct picture_facts *facts,
			struct err *err)
{
	struct image image = IMAGE_INIT;
	struct image_info info;
	int rc;

	fingerprint_bytes(&facts->print, bytes, length);
	rc = image_decode_small(&image, bytes, length, NULL, &info, err);
	facts->format = info.format;
	facts->fault = info.fault;
	facts->width = info.width;
	facts->height = info.height;
	facts->orientation = info.orientation;
	if (rc == 0 && (fingerprint_picture(&facts->print, &image, err) < 0 ||
			look_closer(bytes, length, &image, facts, err) < 0)) {
		facts->fault = DECODE_SYSTEM;
		rc = -1;
	}
	image_release(&image);
	return rc;
}

int picture_file_read(const char *path, struct picture_facts *facts, struct err *err)
{
	unsigned char *bytes;
	struct stat status;
	size_t length;
	int fd, rc;

	*facts = (struct picture_facts){ .orientation = 1 };
	fd = open_regular(path, &status, facts, err);
	if (fd < 0)
		return -1;
	bytes = read_bytes(fd, &status, path, facts, &length, err);
	close(fd);
	if (!bytes)
		return -1;
	rc = read_picture(bytes, length, facts, err);
	free(bytes);
	return rc;
}
