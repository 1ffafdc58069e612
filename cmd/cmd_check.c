/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_fix.h"
#include "cmd/check_overlap.h"
#include "cmd/check_pieces.h"
#include "cmd/check_print.h"
#include "cmd/check_rules.h"
#include "cmd/check_suspect.h"
#include "cmd/data_options.h"

#include "lib/base/file.h"
#include "preprocess/check/check.h"

#include <string.h>

struct check_command {
	struct common_options common;
	struct layout_options data;
	struct suspect_choice suspect;
	struct str_list only, except, error, types, loaders;
	const char *objects, *structure, *vocabulary;
	struct check_pieces pieces;
	const char *explain;
	long max_per_rule;
	int rules;
	const char *fix_policy;
	int fix, fix_unsafe, fix_rename, dry_run;
	const char *hashes;
	double similarity;
	int overlap, pairs;
};

static const struct option_spec check_options[] = {
	{ 0, "only", OPT_LIST, offsetof(struct check_command, only), "RULE",
	  "only these rules; 'tag-' is all of that group", NULL },
	{ 0, "except", OPT_LIST, offsetof(struct check_command, except), "RULE",
	  "not these rules", NULL },
	{ 0, "error", OPT_LIST, offsetof(struct check_command, error), "RULE",
	  "make findings of these rules errors", NULL },
	{ 0, "types", OPT_LIST, offsetof(struct check_command, types), "TYPE",
	  "entity types besides PER, LOC, ORG, MISC and OTHER", NULL },
	{ 0, "loader", OPT_LIST, offsetof(struct check_command, loaders), "NAME",
	  "also tell what this loader makes of the data: hvpnet, umt, umgf, mkgformer, gmner or mega", NULL },
	{ 0, "vocab", OPT_STRING, offsetof(struct check_command, vocabulary), "FILE",
	  "the vocab.txt with which loaders count word pieces (default: the fewest there can be)", NULL },
	{ 0, "objects", OPT_STRING, offsetof(struct check_command, objects), "DIR",
	  "for MEGA's loader: features of detected objects", NULL },
	{ 0, "structure", OPT_STRING, offsetof(struct check_command, structure), "DIR",
	  "for MEGA's loader: structural weights", NULL },
	{ 0, "max-per-rule", OPT_INT, offsetof(struct check_command, max_per_rule), "N",
	  "show at most N findings of a rule", NULL },
	{ 0, "rules", OPT_FLAG, offsetof(struct check_command, rules), NULL,
	  "list the rules with their levels", NULL },
	{ 0, "explain", OPT_STRING, offsetof(struct check_command, explain), "RULE",
	  "explain one rule", NULL },
	{ 0, "fix", OPT_FLAG, offsetof(struct check_command, fix), NULL,
	  "mend what is safe to mend; with --rules, list it", NULL },
	{ 0, "dry-run", OPT_FLAG, offsetof(struct check_command, dry_run), NULL,
	  "with --fix: change nothing, write a diff for patch -p0", NULL },
	{ 0, "fix-unsafe", OPT_FLAG, offsetof(struct check_command, fix_unsafe), NULL,
	  "mend what is not safe too: remove records and tokens, change entities", NULL },
	{ 0, "fix-rename", OPT_FLAG, offsetof(struct check_command, fix_rename), NULL,
	  "with --fix-unsafe: rename pictures of another format than their name's", NULL },
	{ 0, "fix-policy", OPT_CHOICE, offsetof(struct check_command, fix_policy), "POLICY",
	  "what a tag that goes on with no entity of its type becomes", CHECK_FIX_POLICIES },
	SUSPECT_OPTIONS(struct check_command),
	{ 0, "overlap", OPT_FLAG, offsetof(struct check_command, overlap), NULL,
	  "only say whose texts stand in other splits, of all DATA", NULL },
	{ 0, "pairs", OPT_FLAG, offsetof(struct check_command, pairs), NULL,
	  "with --overlap: each record and its place in the other split", NULL },
	{ 0, "similarity", OPT_DOUBLE, offsetof(struct check_command, similarity), "S",
	  "with --overlap: texts are alike from this on (default: 0.7)", NULL },
	{ 0, "hashes", OPT_STRING, offsetof(struct check_command, hashes), "FILE",
	  "with --overlap: hashes of tests that are not at hand", NULL },
	DATA_OPTIONS(struct check_command),
	COMMON_OPTIONS(struct check_command, CHECK_FORMATS),
	OPTION_END
};

static const struct command_example check_examples[] = {
	{ "tagsight check data", "all that is wrong with a dataset folder" },
	{ "tagsight check --only tag- --format json train.txt", "what is wrong with the tags, as JSON Lines" },
	{ "tagsight check --error text-overlap data", "fail when a tweet stands in two splits" },
	{ "tagsight check --format sarif -o found.sarif data", "for a code review site" },
	{ "tagsight check --fix --dry-run data | patch -p0", "mend all that is safe, as a patch" },
	{ "tagsight check --fix -o mended data", "mended copies of the files that need it" },
	{ "tagsight check --suspect predictions.jsonl train.txt", "labels that a model doubts, worst first" },
	{ "tagsight check --overlap twitter2015 twitter2017 mnre", "whose tweets stand in whose splits" },
	{ "tagsight check --explain conll-no-final-blank", "what a rule means and what to do" },
	{ NULL, NULL }
};

static void add_summary(struct check_summary *total, const struct check_summary *summary)
{
	total->files += summary->files;
	total->records += summary->records;
	total->errors += summary->errors;
	total->warnings += summary->warnings;
	total->notes += summary->notes;
	total->suppressed += summary->suppressed;
}

static int check_path(const struct command *command, const struct check_command *options,
		      const char *path, struct check_printer *printer, struct check_summary *total)
{
	struct check_options choice = { .only = &options->only,
					.except = &options->except,
					.error = &options->error,
					.types = &options->types,
					.loaders = &options->loaders,
					.pieces = options->vocabulary ? &options->pieces.counter : NULL,
					.objects = options->objects,
					.structure = options->structure,
					.max_per_rule = (size_t)options->max_per_rule,
					.jobs = (int)options->common.jobs,
					.images_given = options->data.images != NULL,
					.whole = file_is_folder(path) && !options->data.split,
					.suppressed = check_printer_suppressed };
	struct dataset dataset = DATASET_INIT;
	struct check_summary summary;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (data_options_open(command, &options->common, &options->data, path, &dataset,
				    &status) < 0)
		return status;
	if (options->suspect.predictions)
		status = check_suspect(command, &options->common, &options->suspect, &choice, &dataset,
				       printer, &summary);
	else if (check_run(&choice, &dataset, &printer->sink, &summary,
		      command_progress(command, &options->common), &err) < 0)
		status = command_fail(command, &err);
	if (status == EXIT_OK)
		add_summary(total, &summary);
	dataset_release(&dataset);
	return status;
}

static int check_paths(const struct command *command, const struct check_command *options, int n,
		       char **paths)
{
	struct check_summary total = { 0, 0, 0, 0, 0, 0 };
	struct command_output *output;
	struct check_printer printer;
	int status = EXIT_OK;
	FILE *out;

	output = command_output_open(command, options->common.output, &status);
	if (!output)
		return status;
	out = command_output_stream(output);
	check_printer_open(&printer, options->common.format, out,
			   command_color(&options->common, out));
	for (int i = 0; i < n && status == EXIT_OK; i++)
		status = check_path(command, options, paths[i], &printer, &total);
	check_printer_close(&printer, status == EXIT_OK ? &total : NULL);
	if (status == EXIT_OK && total.errors)
		status = EXIT_PROBLEMS;
	return command_output_close(command, output, status);
}

static int fix_paths(const struct command *command, const struct check_command *options, int n,
		     char **paths)
{
	struct check_fix_options fix = { .common = &options->common,
					 .data = &options->data,
					 .only = &options->only,
					 .except = &options->except,
					 .policy = options->fix_policy,
					 .max_per_rule = (size_t)options->max_per_rule,
					 .unsafe = options->fix_unsafe,
					 .rename = options->fix_rename,
					 .dry_run = options->dry_run };

	return check_fix(command, &fix, n, paths);
}

static int overlap_paths(const struct command *command, const struct check_command *options, int n,
			 char **paths)
{
	struct check_overlap_options overlap = { .common = &options->common,
						 .data = &options->data,
						 .only = &options->only,
						 .except = &options->except,
						 .error = &options->error,
						 .hashes = options->hashes,
						 .similarity = options->similarity,
						 .pairs = options->pairs };

	return check_overlap(command, &overlap, n, paths);
}

static int check_main(const struct command *command, int argc, char **argv)
{
	struct check_command options = { .common = COMMON_OPTIONS_INIT,
					 .suspect = SUSPECT_CHOICE_INIT,
					 .pieces = CHECK_PIECES_INIT,
					 .similarity = CHECK_OVERLAP_SIMILARITY };
	struct err err = ERR_INIT;
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		goto out;
	if (options.vocabulary && check_pieces_open(&options.pieces, options.vocabulary, &err) < 0) {
		status = command_fail(command, &err);
		goto out;
	}
	options.fix |= options.fix_unsafe;
	if (options.fix && options.rules)
		status = check_fix_rules(command, &options.common);
	else if ((options.rules || options.explain) && strcmp(options.common.format, "sarif") == 0)
		status = command_usage(command, "rules are written as text or json");
	else if (options.rules || options.explain)
		status = check_rules_list(command, &options.common, options.explain);
	else if (n == 0)
		status = command_usage(command, "no data is named");
	else if (options.max_per_rule < 0)
		status = command_usage(command, "--max-per-rule must not be negative");
	else if (options.overlap)
		status = overlap_paths(command, &options, n, argv);
	else if (options.pairs || options.hashes)
		status = command_usage(command, "--pairs and --hashes go with --overlap");
	else if (options.fix)
		status = fix_paths(command, &options, n, argv);
	else if (options.dry_run || options.fix_policy)
		status = command_usage(command, "--dry-run and --fix-policy go with --fix");
	else if (options.suspect.predictions && n > 1)
		status = command_usage(command, "--suspect takes one DATA at a time");
	else
		status = check_paths(command, &options, n, argv);
out:
	str_list_release(&options.only);
	str_list_release(&options.except);
	str_list_release(&options.error);
	str_list_release(&options.types);
	str_list_release(&options.loaders);
	check_pieces_close(&options.pieces);
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.arguments = "DATA...",
	.summary = "find what is wrong with texts, tags, relations and pictures",
	.description =
		"Reads every text of DATA (a file, a folder, or - for standard input), its dicts of crops and "
		"boxes, and decodes every picture that its records name. The rules load-NAME say what the "
		"loader of the data's layout makes of each record; --loader asks others. A finding is written as FILE:LINE:COLUMN: LEVEL: "
		"MESSAGE [RULE], which editors jump to, or as one JSON object a line; the last line sums "
		"up. --format sarif writes SARIF 2.1.0, the form that code review sites show beside the "
		"lines.\n\n"
		"An error stops a public loader or loses data in it, a warning is doubtful, a note is "
		"for your information. The exit status is 1 when there is an error, 0 when there is "
		"none; --error makes a rule's findings errors.\n\n"
		"--fix mends what no reader of words and entities can tell from the original, except that "
		"it no longer stumbles: conlleval counts the same entities before and after. The original "
		"is kept beside the mended file as NAME.orig (or, with -o DIR, mended copies of the files "
		"that need it go below DIR), and each change is a line of tagsight/repairs.jsonl in the "
		"folder of the data (or DIR): {\"rule\",\"file\",\"line\",\"column\",\"record\",\"before\","
		"\"after\"}. A tag that goes on with no entity of its type begins one (--fix-policy begin); "
		"with --fix-unsafe it may take the type before it (previous) or become O (outside). "
		"--fix --rules lists what is mended. Mending twice changes nothing the second time.\n\n"
		"A JPEG that Exif says to turn is turned for good where no value is lost and there are no crops "
		"or boxes; a picture whose name tells another format is, with --fix-unsafe, written anew in that "
		"format, for the name is what loaders open, or renamed (--fix-rename). "
		"--dry-run exits with 1 when there is something to mend.\n\n"
		"--overlap looks for the records of each split in all other splits, of all DATA: word for "
		"word, the same when normalised (without links, user names, RT, HTML entities, case, "
		"accents, signs, emoji and blanks, and with no letter more than twice in a row), or alike (the "
		"share of runs of five characters of the normalised texts that both have). It writes a "
		"table of who stands where, each record under the closest kind, and with --pairs each "
		"place. Texts of less than 12 letters count only word for word. Pictures that records name "
		"are compared too, by their bytes and by what they show (--except image- leaves them out). "
		"The findings are of text-overlap and image-duplicate; with --error RULE the exit status is "
		"1 when there is one. --hashes takes lines SET, exact or loose, and the first 16 hexadecimal "
		"digits of the SHA-256 of a test's words joined by blanks, or of their letters and digits in "
		"lower case without links, user names and RT.\n\n"
		"--suspect reads predictions of the same tweets, JSON Lines of tagsight predict or objects "
		"of tokens, labels and probabilities (or relations'), and ranks the labels to which they give little, "
		"scored as cleanlab does (rule label-suspect); the other rules do not run. The predictions "
		"should come from models that were not trained on these labels. Written as json to "
		"FILE.findings.jsonl, they are what tagsight review FILE shows.",
	.options = check_options,
	.examples = check_examples,
	.run = check_main,
};
