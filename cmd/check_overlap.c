/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_overlap.h"
#include "cmd/data_options.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/overlap/overlap.h"

#include <stdlib.h>
#include <string.h>

#define RULE "text-overlap"
#define PICTURE_RULE "image-duplicate"

static const char *const kinds[] = { "exact", "normalised", "near" };

struct report {
	const struct command *command;
	const struct check_overlap_options *options;
	const struct overlap *overlap;
	const struct overlap_side *sides;
	size_t n_sides;
	FILE *out;
	bool pictures; /* some could be read */
};

/* "twitter2015 train"; the file where another side is called so too. */
static const char *side_label(const struct report *report, size_t side, char label[UTF8_SHOWN])
{
	const struct overlap_side *this = &report->sides[side];
	struct buf name = BUF_INIT;

	for (size_t i = 0; i < report->n_sides; i++)
		if (i != side && strcmp(report->sides[i].set, this->set) == 0 &&
		    strcmp(report->sides[i].name, this->name) == 0)
			return utf8_show(this->file, label);
	buf_add_format(&name, "%s%s%s", this->set, *this->name ? " " : "", this->name);
	utf8_show(name.data, label);
	buf_release(&name);
	return label;
}

/* A rule by its name or by that of its group. */
static bool listed(const struct str_list *names, const char *rule)
{
	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->items[i];
		size_t length = strlen(name);

		if (length && name[length - 1] == '-' ? strncmp(name, rule, length) == 0
						      : strcmp(name, rule) == 0)
			return true;
	}
	return false;
}

static size_t matched(struct overlap_count count)
{
	return count.exact + count.normalised + count.near;
}

static size_t matched_all(struct overlap_count count)
{
	return matched(count) + count.same_pictures + count.like_pictures;
}

static double share(const struct report *report, size_t from, struct overlap_count count)
{
	size_t records = report->sides[from].records;

	return records ? (double)matched(count) / (double)records : 0;
}

/* ---- text ---- */

static void write_pair_text(const struct report *report, const struct overlap_pair *pair)
{
	static const char *const same[] = { "the same words stand", "the same text stands",
					    "a like text stands" };
	char shown[UTF8_SHOWN];
	FILE *out = report->out;

	fprintf(out, "%s:%zu: warning: %s in '%s'", report->sides[pair->record.side].file,
		pair->record.line, same[pair->kind],
		pair->other.line ? report->sides[pair->other.side].file
				 : side_label(report, pair->other.side, shown));
	if (pair->other.line)
		fprintf(out, " at line %zu", pair->other.line);
	if (pair->kind == OVERLAP_NEAR)
		fprintf(out, " (similarity %.2f)", pair->similarity);
	fprintf(out, " [%s]\n", RULE);
}

static void write_picture_text(const struct report *report, const struct overlap_picture *picture)
{
	fprintf(report->out, "%s: warning: %s picture stands in '%s' at line %zu as '%s' [%s]\n",
		picture->path, picture->same_bytes ? "the same" : "a like",
		report->sides[picture->other.side].file, picture->other.line, picture->other_path,
		PICTURE_RULE);
}

static int label_width(const struct report *report)
{
	char label[UTF8_SHOWN];
	size_t widest = strlen("stand in");

	for (size_t i = 0; i < report->n_sides; i++) {
		size_t width;

		side_label(report, i, label);
		width = utf8_width(label, strlen(label));
		widest = width > widest ? width : widest;
	}
	return (int)widest;
}

static void write_label(FILE *out, const char *label, int width)
{
	fprintf(out, "%s%*s", label, (int)(width - (int)utf8_width(label, strlen(label))), "");
}

static void write_row_text(const struct report *report, size_t from, size_t in, int width)
{
	struct overlap_count count = overlap_count(report->overlap, from, in);
	char label[UTF8_SHOWN];
	FILE *out = report->out;

	write_label(out, side_label(report, from, label), width);
	fprintf(out, "  %8zu  ", report->sides[from].records);
	write_label(out, side_label(report, in, label), width);
	fprintf(out, "  %8zu  %10zu  %8zu  %6.2f %%", count.exact, count.normalised, count.near,
		100 * share(report, from, count));
	if (report->pictures)
		fprintf(out, "  %8zu  %8zu  %8zu", report->sides[from].pictures, count.same_pictures,
			count.like_pictures);
	fputc('\n', out);
}

static void write_table_text(const struct report *report, size_t n_pairs)
{
	int width = label_width(report);
	FILE *out = report->out;

	if (n_pairs == 0) {
		fputs(report->pictures ? "no record or picture of one split stands in another\n"
				       : "no record of one split stands in another\n",
		      out);
		return;
	}
	write_label(out, "split", width);
	fprintf(out, "  %8s  ", "records");
	write_label(out, "stand in", width);
	fprintf(out, "  %8s  %10s  %8s  %8s", "exact", "normalised", "near", "share");
	fputs(report->pictures ? "  pictures      same      like\n" : "\n", out);
	for (size_t from = 0; from < report->n_sides; from++)
		for (size_t in = 0; in < report->n_sides; in++)
			if (matched_all(overlap_count(report->overlap, from, in)))
				write_row_text(report, from, in, width);
	fprintf(out, "%zu record%s of train splits stand%s in a valid or test split\n",
		overlap_leaks(report->overlap), overlap_leaks(report->overlap) == 1 ? "" : "s",
		overlap_leaks(report->overlap) == 1 ? "s" : "");
}

/* ---- JSON ---- */

static void set_side(json_t *object, const char *prefix, const struct overlap_side *side)
{
	char key[32];

	snprintf(key, sizeof(key), "%sfile", prefix);
	json_object_set_new(object, key, json_text(side->file));
	snprintf(key, sizeof(key), "%sset", prefix);
	json_object_set_new(object, key, json_text(side->set));
	snprintf(key, sizeof(key), "%ssplit", prefix);
	json_object_set_new(object, key, json_text(side->name));
}

static void write_pair_json(const struct report *report, const struct overlap_pair *pair)
{
	json_t *object = json_pack("{ss ss sf}", "rule", RULE, "kind", kinds[pair->kind], "similarity",
				   pair->similarity);

	json_object_set_new(object, "file", json_text(report->sides[pair->record.side].file));
	json_object_set_new(object, "line", json_integer((json_int_t)pair->record.line));
	json_object_set_new(object, "record", json_text(pair->record.name));
	json_object_set_new(object, "other_file", json_text(report->sides[pair->other.side].file));
	if (pair->other.line) {
		json_object_set_new(object, "other_line", json_integer((json_int_t)pair->other.line));
		json_object_set_new(object, "other_record", json_text(pair->other.name));
	} else {
		json_object_set_new(object, "other_set",
				    json_text(report->sides[pair->other.side].set));
	}
	json_line_write(report->out, object);
}

static void write_picture_json(const struct report *report, const struct overlap_picture *picture)
{
	json_t *object = json_pack("{ss ss si}", "rule", PICTURE_RULE, "kind",
				   picture->same_bytes ? "same" : "like", "distance",
				   picture->distance);

	json_object_set_new(object, "file", json_text(report->sides[picture->record.side].file));
	json_object_set_new(object, "line", json_integer((json_int_t)picture->record.line));
	json_object_set_new(object, "record", json_text(picture->record.name));
	json_object_set_new(object, "image", json_text(picture->path));
	json_object_set_new(object, "other_file",
			    json_text(report->sides[picture->other.side].file));
	json_object_set_new(object, "other_line", json_integer((json_int_t)picture->other.line));
	json_object_set_new(object, "other_record", json_text(picture->other.name));
	json_object_set_new(object, "other_image", json_text(picture->other_path));
	json_line_write(report->out, object);
}

static void set_count(json_t *object, const char *key, size_t n)
{
	json_object_set_new(object, key, json_integer((json_int_t)n));
}

static void write_row_json(const struct report *report, size_t from, size_t in)
{
	struct overlap_count count = overlap_count(report->overlap, from, in);
	json_t *object = json_object();

	set_side(object, "", &report->sides[from]);
	set_count(object, "records", report->sides[from].records);
	set_side(object, "other_", &report->sides[in]);
	set_count(object, "exact", count.exact);
	set_count(object, "normalised", count.normalised);
	set_count(object, "near", count.near);
	json_object_set_new(object, "share", json_real(share(report, from, count)));
	if (report->pictures) {
		set_count(object, "pictures", report->sides[from].pictures);
		set_count(object, "same_pictures", count.same_pictures);
		set_count(object, "like_pictures", count.like_pictures);
	}
	json_line_write(report->out, object);
}

static void write_table_json(const struct report *report, size_t n_pairs)
{
	size_t records = 0;

	for (size_t from = 0; from < report->n_sides; from++) {
		records += report->sides[from].records;
		for (size_t in = 0; in < report->n_sides; in++)
			if (matched_all(overlap_count(report->overlap, from, in)))
				write_row_json(report, from, in);
	}
	json_line_write(report->out,
			json_pack("{s{sI sI sI sI sf sf}}", "summary", "splits",
				  (json_int_t)report->n_sides, "records", (json_int_t)records, "pairs",
				  (json_int_t)n_pairs, "leaks",
				  (json_int_t)overlap_leaks(report->overlap), "similarity",
				  report->options->similarity, "recall",
				  overlap_recall(report->overlap)));
}

/* ---- the run ---- */

static size_t write_pictures(const struct report *report, bool json)
{
	struct overlap_picture picture;
	size_t n = 0;

	while (overlap_next_picture(report->overlap, &n, &picture)) {
		if (!report->options->pairs)
			continue;
		if (json)
			write_picture_json(report, &picture);
		else
			write_picture_text(report, &picture);
	}
	return n;
}

static size_t write_pairs(const struct report *report, bool json)
{
	struct overlap_pair pair;
	size_t n = 0;

	while (overlap_next(report->overlap, &n, &pair)) {
		if (!report->options->pairs)
			continue;
		if (json)
			write_pair_json(report, &pair);
		else
			write_pair_text(report, &pair);
	}
	return n;
}

static int write_report(const struct command *command, const struct check_overlap_options *options,
			const struct overlap *overlap)
{
	bool json = strcmp(options->common->format, "json") == 0;
	struct report report = { .command = command, .options = options, .overlap = overlap };
	struct command_output *output;
	int status = EXIT_OK;
	size_t n, n_pictures;

	output = command_output_open(command, options->common->output, &status);
	if (!output)
		return status;
	report.out = command_output_stream(output);
	report.sides = overlap_sides(overlap, &report.n_sides);
	for (size_t i = 0; i < report.n_sides; i++)
		report.pictures |= report.sides[i].pictures > 0;
	n = write_pairs(&report, json);
	n_pictures = write_pictures(&report, json);
	if (json)
		write_table_json(&report, n + n_pictures);
	else
		write_table_text(&report, n + n_pictures);
	if ((n && listed(options->error, RULE)) || (n_pictures && listed(options->error, PICTURE_RULE)))
		status = EXIT_PROBLEMS;
	return command_output_close(command, output, status);
}

static int add_path(const struct command *command, const struct check_overlap_options *options,
		    struct overlap *overlap, const char *path)
{
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (data_options_open(command, options->common, options->data, path, &dataset, &status) < 0)
		return status;
	if (overlap_add(overlap, &dataset, command_progress(command, options->common), &err) < 0)
		status = command_fail(command, &err);
	dataset_release(&dataset);
	return status;
}

static bool wants_pictures(const struct check_overlap_options *options)
{
	if (options->only->n && !listed(options->only, PICTURE_RULE))
		return false;
	return !listed(options->except, PICTURE_RULE);
}

static int compare(const struct command *command, const struct check_overlap_options *options,
		   struct overlap *overlap, int n, char **paths)
{
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (options->hashes && overlap_add_hashes(overlap, options->hashes, &err) < 0)
		return command_fail(command, &err);
	for (int i = 0; i < n && status == EXIT_OK; i++)
		status = add_path(command, options, overlap, paths[i]);
	if (status != EXIT_OK)
		return status;
	if (overlap_match(overlap, command_progress(command, options->common), &err) < 0)
		return command_fail(command, &err);
	command_note(command, options->common,
		     "texts are alike from a similarity of %g; of pairs as far apart as that, %.1f %% are "
		     "seen, of closer ones more",
		     options->similarity, 100 * overlap_recall(overlap));
	return write_report(command, options, overlap);
}

int check_overlap(const struct command *command, const struct check_overlap_options *options, int n,
		  char **paths)
{
	struct overlap_options choice = { .threshold = options->similarity,
					  .seed = (uint64_t)options->common->seed,
					  .jobs = (int)options->common->jobs,
					  .pictures = wants_pictures(options) };
	struct overlap *overlap;
	struct err err = ERR_INIT;
	int status;

	if (strcmp(options->common->format, "sarif") == 0)
		return command_usage(command, "--overlap has the formats text and json");
	if (!(options->similarity > 0 && options->similarity <= 1))
		return command_usage(command, "--similarity is above 0 and at most 1");
	overlap = overlap_new(&choice);
	if (!overlap) {
		err_set_memory(&err);
		return command_fail(command, &err);
	}
	status = compare(command, options, overlap, n, paths);
	overlap_free(overlap);
	return status;
}
