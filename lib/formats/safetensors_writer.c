/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/safetensors.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct safetensors_writer {
	struct file_writer file;
	FILE *data; /* has no name any more: goes when it is closed */
	json_t *header;
	size_t size; /* of the data so far */
};

static void writer_free(struct safetensors_writer *writer)
{
	file_writer_abort(&writer->file);
	if (writer->data)
		fclose(writer->data);
	json_decref(writer->header);
	free(writer);
}

/* Beside the result, as the folder of temporary files may be small. */
static FILE *open_data(const char *path)
{
	struct buf name = BUF_INIT;
	FILE *stream = NULL;
	int fd = -1;

	buf_add_format(&name, "%s.XXXXXX", path);
	if (!name.failed)
		fd = mkstemp(name.data);
	if (fd >= 0) {
		unlink(name.data);
		stream = fdopen(fd, "w+b");
		if (!stream)
			close(fd);
	}
	buf_release(&name);
	return stream;
}

struct safetensors_writer *safetensors_writer_new(const char *path, struct err *err)
{
	struct safetensors_writer *writer = calloc(1, sizeof(*writer));

	if (!writer) {
		err_set_memory(err);
		return NULL;
	}
	writer->header = json_object();
	writer->data = open_data(path);
	if (!writer->header)
		err_set_memory(err);
	else if (!writer->data)
		err_set_errno(err, "make a temporary file for", path);
	else if (file_writer_open(&writer->file, path, err) == 0)
		return writer;
	writer_free(writer);
	return NULL;
}

static json_t *header_entry(enum tensor_type type, size_t n_dims, const size_t *shape,
			    size_t begin, size_t end)
{
	json_t *sizes = json_array();

	for (size_t i = 0; i < n_dims; i++)
		json_array_append_new(sizes, json_integer((json_int_t)shape[i]));
	return json_pack("{s:s, s:o, s:[I, I]}", "dtype", tensor_type_name(type), "shape", sizes,
			 "data_offsets", (json_int_t)begin, (json_int_t)end);
}

int safetensors_add(struct safetensors_writer *writer, const char *name, enum tensor_type type,
		    size_t n_dims, const size_t *shape, const void *data, struct err *err)
{
	size_t size = tensor_type_size(type), end;
	json_t *entry;

	if (json_object_get(writer->header, name))
		return err_set(err, ERR_USAGE, "tensor '%s' was written before", name);
	for (size_t i = 0; i < n_dims; i++)
		if (!size_multiply(size, shape[i], &size))
			return err_set(err, ERR_USAGE, "tensor '%s' is too large", name);
	if (!size_add(writer->size, size, &end))
		return err_set(err, ERR_USAGE, "tensor '%s' is too large", name);
	entry = header_entry(type, n_dims, shape, writer->size, end);
	if (json_object_set_new(writer->header, name, entry) < 0)
		return err_set_memory(err);
	if (size && fwrite(data, 1, size, writer->data) != size)
		return err_set_errno(err, "write the temporary file of", writer->file.path);
	writer->size = end;
	return 0;
}

int safetensors_add_metadata(struct safetensors_writer *writer, const char *key, const char *value,
			     struct err *err)
{
	json_t *metadata = json_object_get(writer->header, "__metadata__");

	if (!metadata) {
		metadata = json_object();
		if (json_object_set_new(writer->header, "__metadata__", metadata) < 0)
			return err_set_memory(err);
	}
	if (json_object_set_new(metadata, key, json_string(value)) < 0)
		return err_set(err, ERR_DATA, "the value of '%s' cannot be written as JSON", key);
	return 0;
}

/* The header, filled up with blanks so that the data starts at a cache line. */
static int write_header(struct safetensors_writer *writer, struct err *err)
{
	char *text = json_dumps(writer->header, JSON_COMPACT | JSON_PRESERVE_ORDER);
	size_t length = text ? strlen(text) : 0, padded = (length + 8 + 63) / 64 * 64 - 8;

	if (!text)
		return err_set_memory(err);
	if (padded > SAFETENSORS_HEADER_LIMIT) {
		free(text);
		return err_set(err, ERR_USAGE,
			       "too many tensors for one file: split the work with --shard");
	}
	for (int i = 0; i < 8; i++)
		fputc((int)((uint64_t)padded >> (8 * i) & 255), writer->file.stream);
	fprintf(writer->file.stream, "%s%*s", text, (int)(padded - length), "");
	free(text);
	return 0;
}

static int copy_data(struct safetensors_writer *writer, struct err *err)
{
	char block[1 << 16];
	size_t got;

	if (fflush(writer->data) != 0 || fseek(writer->data, 0, SEEK_SET) != 0)
		return err_set_errno(err, "write the temporary file of", writer->file.path);
	while ((got = fread(block, 1, sizeof(block), writer->data)) > 0)
		if (fwrite(block, 1, got, writer->file.stream) != got)
			return err_set_errno(err, "write", writer->file.path);
	return ferror(writer->data) ? err_set_errno(err, "read the temporary file of",
						    writer->file.path)
				    : 0;
}

int safetensors_writer_commit(struct safetensors_writer *writer, struct err *err)
{
	int rc = write_header(writer, err);

	if (rc == 0)
		rc = copy_data(writer, err);
	if (rc == 0)
		rc = file_writer_commit(&writer->file, err);
	writer_free(writer);
	return rc;
}

void safetensors_writer_abort(struct safetensors_writer *writer)
{
	if (writer)
		writer_free(writer);
}
