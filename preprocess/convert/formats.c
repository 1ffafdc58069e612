/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/format.h"

#include "lib/base/file.h"
#include "preprocess/layout_text.h"

#include <stdlib.h>
#include <string.h>

extern const struct convert_format convert_conll;
extern const struct convert_format convert_hf;
extern const struct convert_format convert_doccano;
extern const struct convert_format convert_automm_csv;
extern const struct convert_format convert_brat;
extern const struct convert_format convert_spacy;
extern const struct convert_format convert_automm;
extern const struct convert_format convert_label_studio;
extern const struct convert_format convert_voc;
extern const struct convert_format convert_coco;
extern const struct convert_format convert_manifest;
extern const struct convert_format convert_img2crop;
extern const struct convert_format convert_hvpnet;
extern const struct convert_format convert_umgf;
extern const struct convert_format convert_mnre;

const struct convert_format *const convert_formats[] = {
	&convert_conll,	   &convert_hf,	    &convert_doccano, &convert_label_studio, &convert_brat,
	&convert_spacy,	   &convert_automm, &convert_hvpnet,  &convert_umgf,	     &convert_mnre,
	&convert_automm_csv, &convert_voc,	   &convert_coco,   &convert_manifest, &convert_img2crop,    NULL,
};

const struct convert_format *convert_format_find(const char *name)
{
	for (size_t i = 0; convert_formats[i]; i++)
		if (strcmp(convert_formats[i]->name, name) == 0)
			return convert_formats[i];
	return NULL;
}

/* The names of the files that a folder itself has, a line each, as many as the head of a file has bytes. */
static int read_listing(const char *path, struct buf *head, struct err *err)
{
	struct str_list files = STR_LIST_INIT;
	int rc = file_walk(path, &files, (size_t)4 << 20, err);

	for (size_t i = 0; rc == 0 && i < files.n && head->length < LAYOUT_HEAD; i++) {
		if (strchr(files.items[i], '/'))
			continue;
		buf_add_string(head, files.items[i]);
		buf_add_char(head, '\n');
	}
	str_list_release(&files);
	return rc;
}

static int read_head(const char *path, struct buf *head, struct err *err)
{
	FILE *stream = fopen(path, "rbe");

	if (!stream)
		return err_set_errno(err, "open", path);
	if (buf_reserve(head, 8 * LAYOUT_HEAD) == 0)
		head->length = fread(head->data, 1, 8 * LAYOUT_HEAD, stream);
	head->data[head->length] = '\0';
	fclose(stream);
	return 0;
}

const struct convert_format *convert_format_of_input(const char *path, struct err *err)
{
	bool folder = file_is_folder(path);
	const struct convert_format *best = NULL;
	struct buf head = BUF_INIT;
	int best_sure = 0, rc;

	rc = folder ? read_listing(path, &head, err) : read_head(path, &head, err);
	for (size_t i = 0; rc == 0 && convert_formats[i]; i++) {
		const struct convert_format *format = convert_formats[i];
		int sure = 0;

		if (format->recognise && format->folder == folder)
			sure = format->recognise(head.data, head.length);
		if (sure > best_sure) {
			best = format;
			best_sure = sure;
		}
	}
	buf_release(&head);
	if (rc == 0 && !best)
		err_set(err, ERR_USAGE, "cannot tell the format of '%s': say it with --from", path);
	return best;
}

/* The name of a format as a word in a file's name. */
static bool speaks_of(const char *name, const char *word)
{
	const char *at = strcasestr(name, word);

	return at && (at == name || !((at[-1] | 32) >= 'a' && (at[-1] | 32) <= 'z'));
}

const struct convert_format *convert_format_of_name(const char *path)
{
	static const struct {
		const char *extension, *format;
	} extensions[] = {
		{ "txt", "conll" },   { "conll", "conll" }, { "bio", "conll" }, { "iob", "conll" },
		{ "iob2", "conll" },  { "tsv", "conll" },   { "pth", "img2crop" },
	};
	const char *name = file_base_name(path), *extension = file_extension(path);

	if (strcasecmp(extension, "csv") == 0)
		return convert_format_find("automm-csv");
	for (size_t i = 0; convert_formats[i]; i++)
		if (convert_formats[i]->write && speaks_of(name, convert_formats[i]->name))
			return convert_formats[i];
	if (speaks_of(name, "label_studio") || speaks_of(name, "labelstudio"))
		return convert_format_find("label-studio");
	if (speaks_of(name, "boxes"))
		return convert_format_find("manifest");
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
		if (strcasecmp(extension, extensions[i].extension) == 0)
			return convert_format_find(extensions[i].format);
	return NULL;
}
