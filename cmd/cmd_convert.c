/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/convert.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SCHEME_NAMES "IOB1|IOB2|IOE1|IOE2|IOBES|BILOU"
#define CONVERT_OPTION(name, kind, field, argument, help, choices) \
	{ 0, name, kind, offsetof(struct convert_command, field), argument, help, choices }

static const struct option_spec convert_options[] = {
	CONVERT_OPTION("from", OPT_CHOICE, from, "FORMAT", "format of IN (default: by its content)", CONVERT_FORMAT_NAMES),
	CONVERT_OPTION("to", OPT_CHOICE, to, "FORMAT", "format of the output (default: by its name)", CONVERT_FORMAT_NAMES),
	CONVERT_OPTION("lossy", OPT_FLAG, lossy, NULL, "write though something is lost, and say what", NULL),
	CONVERT_OPTION("list", OPT_FLAG, list, NULL, "list the formats with what each holds", NULL),
	CONVERT_OPTION("scheme", OPT_CHOICE, scheme, "SCHEME", "write tags in this scheme", SCHEME_NAMES),
	CONVERT_OPTION("from-scheme", OPT_CHOICE, from_scheme, "SCHEME", "read tags by this scheme (default: the one that fits)", SCHEME_NAMES),
	CONVERT_OPTION("columns", OPT_STRING, columns, "NAMES", "columns of a CoNLL file: word, tag, - for one to leave out, any other name for one to keep", NULL),
	CONVERT_OPTION("separator", OPT_CHOICE, separator, "WHAT", "between columns of CoNLL output", "tab|blank"),
	CONVERT_OPTION("no-final-blank", OPT_FLAG, no_final_blank, NULL, "no blank line behind the last sentence of CoNLL output", NULL),
	CONVERT_OPTION("no-ids", OPT_FLAG, no_ids, NULL, "leave the ids of records out", NULL),
	CONVERT_OPTION("map", OPT_LIST, renames, "OLD=NEW", "rename types of entities", NULL),
	CONVERT_OPTION("labels", OPT_LIST, labels, "TAG", "tags in the order of the numbers that stand for them (hf)", NULL),
	CONVERT_OPTION("images", OPT_STRING, images, "DIR", "folder of the pictures, for their names and sizes", NULL),
	CONVERT_OPTION("image-url", OPT_STRING, image_url, "PREFIX", "what stands in front of a picture's name (label-studio) or a crop's (img2crop)", NULL),
	CONVERT_OPTION("boxes", OPT_STRING, boxes, "PATH", "boxes for the pictures of IN: VOC files, COCO, Label Studio or a manifest of ground", NULL),
	CONVERT_OPTION("voc-base", OPT_CHOICE, voc_base, "N", "number of the first pixel in VOC files (default 1)", "0|1"),
	CONVERT_OPTION("predictions", OPT_FLAG, predictions, NULL, "write entities and boxes as a model's, for an annotator to confirm (label-studio)", NULL),
	CONVERT_OPTION("cut-words", OPT_FLAG, cut_words, NULL, "cut a word in which an entity begins or ends", NULL),
	COMMON_OPTIONS(struct convert_command, "text|json"),
	OPTION_END
};

/* ---- what is asked for ---- */

/* Of a folder that is no format by itself *is_dataset is set, and the format of the input is left open. */
static int choose_input(const struct convert_command *options, struct convert_job *job,
			bool *is_dataset, struct err *err)
{
	bool folder = file_is_folder(job->input);

	job->from = options->from ? convert_format_find(options->from)
				  : convert_format_of_input(job->input, err);
	*is_dataset = !job->from && folder;
	if (!job->from)
		return folder ? 0 : -1;
	if (!job->from->open)
		return err_set(err, ERR_USAGE, "%s can only be written", job->from->name);
	if (job->from->folder != folder)
		return err_set(err, ERR_USAGE, "'%s' is %s folder, which %s is%s", job->name,
			       folder ? "a" : "no", job->from->name, folder ? " not" : "");
	return 0;
}

static int choose_output(const struct convert_command *options, struct convert_job *job,
			 bool is_dataset, struct err *err)
{
	job->to = options->to	  ? convert_format_find(options->to)
		  : job->output ? convert_format_of_name(job->output)
				  : NULL;
	if (!job->to)
		return err_set(err, ERR_USAGE, "say the format of the output with --to");
	if (!job->to->write)
		return err_set(err, ERR_USAGE, "%s can only be read", job->to->name);
	if (is_dataset && !job->output)
		return err_set(err, ERR_USAGE, "'%s' is a folder of texts: name one for the output with -o",
			       job->name);
	if ((job->to->folder || job->to->own_file) && !job->output)
		return err_set(err, ERR_USAGE, "%s is no text: name it with -o", job->to->name);
	return 0;
}

static int choose_boxes(const char *path, struct convert_job *job, struct err *err)
{
	if (!path)
		return 0;
	job->boxes = path;
	job->boxes_from = convert_format_of_input(path, err);
	if (!job->boxes_from)
		return -1;
	if (!(job->boxes_from->holds & HOLDS_BOXES))
		return err_set(err, ERR_USAGE, "'%s' is %s, which has no boxes", path,
			       job->boxes_from->name);
	return 0;
}

static int fill_choice(const struct convert_command *options, struct convert_options *choice,
		       struct err *err)
{
	*choice = (struct convert_options){
		.columns = options->columns,
		.blanks = options->separator && strcmp(options->separator, "blank") == 0,
		.no_final_blank = options->no_final_blank,
		.labels = options->labels,
		.renames = options->renames,
		.images = options->images,
		.image_url = options->image_url ? options->image_url : "",
		.no_ids = options->no_ids,
		.predictions = options->predictions,
		.cut_words = options->cut_words,
	};
	choice->voc_from_zero = options->voc_base && strcmp(options->voc_base, "0") == 0;
	if (options->scheme)
		choice->has_scheme = scheme_from_name(options->scheme, &choice->scheme);
	if (options->from_scheme)
		choice->has_from_scheme = scheme_from_name(options->from_scheme, &choice->from_scheme);
	for (size_t i = 0; i < options->renames.n; i++)
		if (!strchr(options->renames.items[i], '='))
			return err_set(err, ERR_USAGE, "--map takes OLD=NEW, not '%s'",
				       options->renames.items[i]);
	return 0;
}

/* What cannot be read twice: standard input, a pipe. */
static bool is_stream(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 ||
	       (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

static int copy_stream(const char *path, FILE *out, struct err *err)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	char buffer[1 << 16];
	int rc = 0;
	size_t n;

	if (!in)
		return err_set_errno(err, "open", path);
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	if (ferror(in) || ferror(out))
		rc = err_set_errno(err, "keep", strcmp(path, "-") == 0 ? "standard input" : path);
	if (in != stdin)
		fclose(in);
	return rc;
}

/* Keep it in a file; the path is on the heap. */
static char *keep_stream(const char *path, struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char *kept = file_join(folder && *folder ? folder : "/tmp", "tagsight-XXXXXX");
	int fd = kept ? mkstemp(kept) : -1, rc = -1;
	FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;

	if (!out) {
		err_set_errno(err, "make", kept ? kept : "a temporary file");
	} else {
		rc = copy_stream(path, out, err);
		if (fclose(out) != 0 && rc == 0)
			rc = err_set_errno(err, "write", kept);
		if (rc < 0)
			remove(kept);
	}
	if (rc == 0)
		return kept;
	free(kept);
	return NULL;
}

static int convert_path(const struct command *command, const struct convert_command *options,
			const char *path)
{
	struct convert_job job = { .input = path, .name = path, .stream = stdout,
				   .lossy = options->lossy != 0 };
	struct convert_options choice;
	struct err err = ERR_INIT;
	bool is_dataset = false;
	char *kept = NULL;
	int status;

	if (options->common.output && strcmp(options->common.output, "-") != 0)
		job.output = options->common.output;
	if (is_stream(path)) {
		job.input = kept = keep_stream(path, &err);
		if (strcmp(path, "-") == 0)
			job.name = "standard input";
		if (!kept)
			return command_fail(command, &err);
	}
	if (choose_input(options, &job, &is_dataset, &err) < 0 ||
	    choose_output(options, &job, is_dataset, &err) < 0 || choose_boxes(options->boxes, &job, &err) < 0 ||
	    fill_choice(options, &choice, &err) < 0)
		status = err.kind == ERR_USAGE ? command_usage(command, "%s", err.text)
					       : command_fail(command, &err);
	else if (is_dataset)
		status = convert_dataset(command, options, &job, &choice);
	else
		status = convert_run_job(command, options, &job, &choice);
	if (kept)
		remove(kept);
	free(kept);
	return status;
}

static int convert_main(const struct command *command, int argc, char **argv)
{
	struct convert_command options = { .common = COMMON_OPTIONS_INIT };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n >= 0 && options.list)
		status = convert_list_formats(command, &options.common);
	else if (n >= 0 && n != 1)
		status = command_usage(command, "give one IN");
	else if (n >= 0)
		status = convert_path(command, &options, argv[0]);
	str_list_release(&options.labels);
	str_list_release(&options.renames);
	return status;
}

static const struct command_example convert_examples[] = {
	{ "tagsight convert train.txt -o train.jsonl --to doccano", "for annotators who use doccano" },
	{ "tagsight convert train.jsonl --from doccano -o train.txt", "and back, to the byte" },
	{ "tagsight convert train.txt --scheme IOBES -o train.iobes.txt --to conll", "the same entities in another scheme" },
	{ "tagsight convert train.txt --boxes xml --images images -o tasks.json --to label-studio", "tweets with the boxes in their pictures" },
	{ "tagsight convert twitter2015 --to hf -o twitter2015-hf", "all splits of a dataset's folder" },
	{ "tagsight convert --list", "all formats with what each holds" },
	{ NULL, NULL }
};

const struct command cmd_convert = {
	.name = "convert",
	.arguments = "IN",
	.summary = "from one annotation format to another, saying what would be lost",
	.description =
		"IN is a file, a folder, or - for standard input; the output is a file or a folder (-o), "
		"or standard output. Of a dataset's folder every text is converted, to SPLIT.EXTENSION in "
		"the output's folder. IN is read once to count what the output's format cannot hold. "
		"Where that is anything, it is reported, nothing is written and the exit status is 1; "
		"with --lossy the rest is written. White space between columns and between sentences, "
		"line ends and a BOM are not kept.\n\n"
		"In formats that have a text and no words, the words stand with one blank between them, "
		"and a text is split at blanks, tabs and line ends. Offsets are half open and count "
		"code points. Label Studio's configuration has to call its labels 'label', to 'text', and its "
		"boxes 'box', to 'image'.\n\n"
		"With --format json the report is JSON Lines: one object a kind of loss, "
		"then {\"summary\":...}; it goes to standard output when -o names a file, else to "
		"standard error.",
	.options = convert_options,
	.examples = convert_examples,
	.run = convert_main,
};
