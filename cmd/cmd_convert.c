/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/convert.h"

#include <stdlib.h>
#include <string.h>

struct convert_command {
	struct common_options common;
	const char *from, *to, *columns, *separator, *scheme, *from_scheme, *images, *image_url;
	struct str_list labels, renames;
	const char *voc_base, *boxes;
	int no_final_blank, no_ids, cut_words, predictions, lossy, list;
};

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

/* ---- the list of formats ---- */

static const struct {
	unsigned bit;
	const char *name;
} holds_names[] = {
	{ HOLDS_WORDS, "words" },	  { HOLDS_TEXT, "text" },
	{ HOLDS_SPANS, "entities" },	  { HOLDS_OVERLAPS, "overlaps" },
	{ HOLDS_RELATIONS, "relations" }, { HOLDS_IDS, "ids" },
	{ HOLDS_IMAGES, "images" },	  { HOLDS_BOXES, "boxes" },
	{ HOLDS_SCORES, "scores" },	  { HOLDS_COLUMNS, "columns" },
};

static void list_text(FILE *out, const struct convert_format *format)
{
	const char *direction = !format->write ? " (read only)" : !format->open ? " (write only)" : "";

	fprintf(out, "%-13s %s%s\n              ", format->name, format->summary, direction);
	for (size_t i = 0, n = 0; i < sizeof(holds_names) / sizeof(*holds_names); i++)
		if (format->holds & holds_names[i].bit)
			fprintf(out, "%s%s", n++ ? ", " : "", holds_names[i].name);
	putc('\n', out);
}

static void list_json(FILE *out, const struct convert_format *format)
{
	json_t *holds = json_array();

	for (size_t i = 0; i < sizeof(holds_names) / sizeof(*holds_names); i++)
		if (format->holds & holds_names[i].bit)
			json_array_append_new(holds, json_string(holds_names[i].name));
	json_line_write(out, json_pack("{s:s,s:s,s:b,s:b,s:b,s:o}", "format", format->name, "summary",
				       format->summary, "reads", format->open != NULL, "writes",
				       format->write != NULL, "folder", format->folder, "holds",
				       holds));
}

static int list_formats(const struct command *command, const struct common_options *common)
{
	int status = EXIT_OK;
	struct command_output *output = command_output_open(command, common->output, &status);

	if (!output)
		return status;
	for (size_t i = 0; convert_formats[i]; i++)
		(strcmp(common->format, "json") == 0 ? list_json : list_text)(
			command_output_stream(output), convert_formats[i]);
	return command_output_close(command, output, status);
}

/* ---- the report ---- */

static void report_loss_text(const struct command *command, FILE *out, const struct convert_job *job,
			     const struct convert_losses *losses, enum convert_loss kind)
{
	const char *words = convert_loss_words(kind, losses->n[kind] != 1);
	const char *file = losses->first[kind].file, *record = losses->first[kind].record;

	fprintf(out, "tagsight %s: %s %zu %s%s%s; first ", command->name,
		kind == LOSS_RECORD ? "there are" : "lost:", losses->n[kind], words,
		kind == LOSS_RECORD ? "" : ", by ", kind == LOSS_RECORD ? "" : job->to->name);
	if (file)
		fprintf(out, "%s", file);
	if (losses->first[kind].line)
		fprintf(out, ":%zu", losses->first[kind].line);
	if (record)
		fprintf(out, " (%s)", record);
	fprintf(out, ": %s\n", losses->first[kind].text ? losses->first[kind].text : "");
}

static void report_loss_json(FILE *out, const struct convert_losses *losses, enum convert_loss kind)
{
	json_t *object = json_pack("{s:s,s:I}", "loss", convert_loss_name(kind), "count",
				   (json_int_t)losses->n[kind]);

	if (losses->first[kind].file)
		json_object_set_new(object, "file", json_text(losses->first[kind].file));
	if (losses->first[kind].line)
		json_object_set_new(object, "line", json_integer((json_int_t)losses->first[kind].line));
	if (losses->first[kind].record)
		json_object_set_new(object, "record", json_text(losses->first[kind].record));
	json_object_set_new(object, "message",
			    json_text(losses->first[kind].text ? losses->first[kind].text : ""));
	json_line_write(out, object);
}

static void report_text(const struct command *command, const struct convert_command *options,
			const struct convert_job *job, const struct convert_report *report, FILE *out)
{
	if (report->tags && !options->from_scheme && job->to->holds & HOLDS_SPANS)
		command_note(command, &options->common, "tags are read as %s",
			     scheme_name(report->read));
	command_note(command, &options->common,
		     "%s to %s: %zu records, %zu words, %zu entities, %zu relations, %zu boxes",
		     job->from->name, job->to->name, report->records, report->words, report->spans,
		     report->relations, report->boxes);
	if (report->boxes_left)
		command_note(command, &options->common, "%zu boxes of '%s' are in pictures of no record",
			     report->boxes_left, job->boxes);
	for (int kind = 0; kind < CONVERT_LOSSES; kind++)
		if (report->losses.n[kind])
			report_loss_text(command, out, job, &report->losses, (enum convert_loss)kind);
	if (!report->written)
		fprintf(out, "tagsight %s: nothing was written; --lossy writes without what is lost\n",
			command->name);
}

static void report_json(const struct convert_job *job, const struct convert_report *report, FILE *out)
{
	for (int kind = 0; kind < CONVERT_LOSSES; kind++)
		if (report->losses.n[kind])
			report_loss_json(out, &report->losses, (enum convert_loss)kind);
	json_line_write(out, json_pack("{s:{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:b}}", "summary", "from",
				       job->from->name, "to", job->to->name, "records",
				       (json_int_t)report->records, "words",
				       (json_int_t)report->words, "entities",
				       (json_int_t)report->spans, "relations",
				       (json_int_t)report->relations, "boxes",
				       (json_int_t)report->boxes, "losses",
				       (json_int_t)convert_losses_total(&report->losses), "written",
				       report->written));
}

static int run_job(const struct command *command, const struct convert_command *options,
		   const struct convert_job *job, const struct convert_options *choice)
{
	/* The report goes where the records do not. */
	FILE *out = job->output && strcmp(options->common.format, "json") == 0 ? stdout : stderr;
	struct convert_report report;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (convert_run(job, choice, command_progress(command, &options->common), &report, &err) < 0) {
		status = command_fail(command, &err);
	} else {
		if (strcmp(options->common.format, "json") == 0)
			report_json(job, &report, out);
		else
			report_text(command, options, job, &report, out);
		status = report.written && !report.losses.n[LOSS_RECORD] ? EXIT_OK : EXIT_PROBLEMS;
	}
	convert_report_release(&report);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		err_set_errno(&err, "write", "standard output");
		status = command_fail(command, &err);
	}
	return status;
}

/* ---- what is asked for ---- */

static int choose_formats(const struct convert_command *options, struct convert_job *job,
			  struct err *err)
{
	job->from = options->from ? convert_format_find(options->from)
				  : convert_format_of_input(job->input, err);
	if (!job->from)
		return -1;
	job->to = options->to	  ? convert_format_find(options->to)
		  : job->output ? convert_format_of_name(job->output)
				  : NULL;
	if (!job->to)
		return err_set(err, ERR_USAGE, "say the format of the output with --to");
	if (!job->from->open)
		return err_set(err, ERR_USAGE, "%s can only be written", job->from->name);
	if (!job->to->write)
		return err_set(err, ERR_USAGE, "%s can only be read", job->to->name);
	if ((job->to->folder || job->to->own_file) && !job->output)
		return err_set(err, ERR_USAGE, "%s is no text: name it with -o", job->to->name);
	if (job->from->folder != file_is_folder(job->input))
		return err_set(err, ERR_USAGE, "'%s' is %s folder, which %s is%s", job->name,
			       job->from->folder ? "no" : "a", job->from->name,
			       job->from->folder ? "" : " not");
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

/* Standard input is read twice, so it is kept in a file. */
static char *keep_input(struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char *path = file_join(folder && *folder ? folder : "/tmp", "tagsight-XXXXXX"), buffer[1 << 16];
	int fd = path ? mkstemp(path) : -1;
	FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
	size_t n;

	if (!out) {
		err_set_errno(err, "make", path ? path : "a temporary file");
		free(path);
		return NULL;
	}
	while ((n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
		fwrite(buffer, 1, n, out);
	if (ferror(stdin) || ferror(out) || fclose(out) != 0) {
		err_set_errno(err, "keep", "standard input");
		remove(path);
		free(path);
		return NULL;
	}
	return path;
}

static int convert_path(const struct command *command, const struct convert_command *options,
			const char *path)
{
	struct convert_job job = { .input = path, .name = path, .stream = stdout,
				   .lossy = options->lossy != 0 };
	struct convert_options choice;
	struct err err = ERR_INIT;
	char *kept = NULL;
	int status;

	if (options->common.output && strcmp(options->common.output, "-") != 0)
		job.output = options->common.output;
	if (strcmp(path, "-") == 0) {
		job.input = kept = keep_input(&err);
		job.name = "standard input";
		if (!kept)
			return command_fail(command, &err);
	}
	if (choose_formats(options, &job, &err) < 0 || choose_boxes(options->boxes, &job, &err) < 0 ||
	    fill_choice(options, &choice, &err) < 0)
		status = err.kind == ERR_USAGE ? command_usage(command, "%s", err.text)
					       : command_fail(command, &err);
	else
		status = run_job(command, options, &job, &choice);
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
		status = list_formats(command, &options.common);
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
	{ "tagsight convert --list", "all formats with what each holds" },
	{ NULL, NULL }
};

const struct command cmd_convert = {
	.name = "convert",
	.arguments = "IN",
	.summary = "from one annotation format to another, saying what would be lost",
	.description =
		"IN is a file, a folder, or - for standard input; the output is a file or a folder (-o), "
		"or standard output. IN is read once to count what the output's format cannot hold. "
		"Where that is anything, it is reported, nothing is written and the exit status is 1; "
		"with --lossy the rest is written. White space between columns and between sentences, "
		"line ends and a BOM are not kept.\n\n"
		"In formats that have a text and no words, the words stand with one blank between them, "
		"and a text is split at blanks, tabs and line ends. Offsets are half open and count "
		"code points. With --format json the report is JSON Lines: one object a kind of loss, "
		"then {\"summary\":...}; it goes to standard output when -o names a file, else to "
		"standard error.",
	.options = convert_options,
	.examples = convert_examples,
	.run = convert_main,
};
