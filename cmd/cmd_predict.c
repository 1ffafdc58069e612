/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/predict.h"
#include "cmd/shard.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

struct predict_options {
	struct common_options common;
	struct layout_options data;
	const char *model, *system, *variant, *vocabulary, *labels, *config;
	const char *dict, *objects, *structure, *crop, *context, *dump, *shard;
	long max_seq;
	int dump_all, detect, ocr, probabilities;
};

static const struct option_spec predict_options[] = {
	COMMON_OPTIONS(struct predict_options, "conll|json"),
	{ 'm', "model", OPT_STRING, offsetof(struct predict_options, model), "FILE",
	  "model file or files, or the name of one that is installed (default: tagger)", NULL },
	{ 0, "system", OPT_STRING, offsetof(struct predict_options, system), "NAME",
	  "read the model as this system, where it does not say", NULL },
	{ 0, "variant", OPT_STRING, offsetof(struct predict_options, variant), "NAME",
	  "the variant of the system that the model is of, see `model list`", NULL },
	{ 0, "vocab", OPT_STRING, offsetof(struct predict_options, vocabulary), "FILE",
	  "vocab.txt or sentencepiece.bpe.model of a checkpoint (default: the one beside it)", NULL },
	{ 0, "labels", OPT_STRING, offsetof(struct predict_options, labels), "LIST",
	  "labels of a checkpoint in the order of their numbers, with commas, or a file with one a "
	  "line or a rel2id.json (default: the system's)", NULL },
	{ 0, "config", OPT_STRING, offsetof(struct predict_options, config), "FILE",
	  "config.json of a checkpoint's encoder (default: the one beside it, if it fits)", NULL },
	{ 0, "max-seq", OPT_INT, offsetof(struct predict_options, max_seq), "N",
	  "word pieces read of a tweet by a checkpoint's system (default: as published, bert_crf 80, umt 128)",
	  NULL },
	{ 0, "dump", OPT_STRING, offsetof(struct predict_options, dump), "FILE",
	  "also write word pieces and emissions of each record to a safetensors file", NULL },
	{ 0, "dump-all", OPT_FLAG, offsetof(struct predict_options, dump_all), NULL,
	  "with --dump, the intermediates too", NULL },
	{ 0, "probabilities", OPT_FLAG, offsetof(struct predict_options, probabilities), NULL,
	  "in JSON, also the probabilities of all labels for each word, which `check --suspect` reads", NULL },
	{ 0, "shard", OPT_STRING, offsetof(struct predict_options, shard), "I/N",
	  "only part I of N of the records", NULL },
	DATA_OPTIONS(struct predict_options),
	{ 0, "dict", OPT_STRING, offsetof(struct predict_options, dict), "FILE",
	  "names the crops of each record, for systems that read pictures (default: the split's)", NULL },
	{ 0, "crop", OPT_CHOICE, offsetof(struct predict_options, crop), "PLACE",
	  "which 224 x 224 pixels umt and maf read of a picture: the centre, or a random place by --seed, as "
	  "their own scripts do (default: center)", "center|random" },
	{ 0, "objects", OPT_STRING, offsetof(struct predict_options, objects), "DIR",
	  "features of detected objects, for MEGA: a file with each picture's name", NULL },
	{ 0, "structure", OPT_STRING, offsetof(struct predict_options, structure), "DIR",
	  "structural weights, for MEGA: a file with each picture's name, of any extension", NULL },
	{ 0, "context", OPT_STRING, offsetof(struct predict_options, context), "FILE",
	  "texts about the pictures, for systems that read them: a line a name, a tab and a text, or JSON "
	  "with id, captions, objects, ocr (default: the split's SPLIT_captions.tsv)", NULL },
	{ 0, "detect", OPT_FLAG, offsetof(struct predict_options, detect), NULL,
	  "for such systems, also name the objects that the default detector sees in the pictures", NULL },
	{ 0, "ocr", OPT_FLAG, offsetof(struct predict_options, ocr), NULL,
	  "for such systems, also read the text in the pictures with Tesseract", NULL },
	OPTION_END
};

static const struct command_example predict_examples[] = {
	{ "tagsight predict valid.txt | tagsight eval -", "score the default tagger" },
	{ "tagsight predict --format json data/NER_data", "fill the predictions that review shows" },
	{ "printf 'Obama\\nin\\nParis\\n' | tagsight predict -", "tag one tweet, a word a line" },
	{ "tagsight predict test.txt --model best_model.pth --vocab vocab.txt",
	  "run a BERT-CRF checkpoint" },
	{ NULL, NULL }
};

/* What a run works with. */
struct predict_run {
	const struct command *command;
	const struct predict_options *options;
	struct dataset dataset;
	struct predictor *predictor;
	struct predict_settings settings;
	struct predict_counts counts;
	struct progress *progress;
};

static size_t count_splits(const struct predict_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->dataset.n_splits; i++)
		n += predict_serves(run->predictor, run->dataset.splits[i].task);
	return n;
}

/* Each split of the model's task to `out`, or to the dataset's own files when that is NULL. */
static int predict_splits(struct predict_run *run, FILE *out, struct err *err)
{
	int rc = 0;

	progress_begin(run->progress, "predict", "tweets", 0);
	for (size_t i = 0; i < run->dataset.n_splits && rc == 0; i++) {
		const struct split *split = &run->dataset.splits[i];

		if (!predict_serves(run->predictor, split->task))
			progress_note(run->progress, "left out '%s': the model is for %s", split->text,
				      split->task == TASK_RE ? "sentences" : "relations");
		else if (out)
			rc = predict_split(run->predictor, split, out, &run->settings, &run->counts,
					   run->progress, err);
		else
			rc = predict_split_file(run->predictor, &run->dataset, split, &run->settings,
						&run->counts, run->progress, err);
	}
	progress_end(run->progress);
	return rc;
}

/* The splits must be of the model's task, and one where a dump of record numbers or a dict is named. */
static int check_splits(const struct predict_run *run, struct err *err)
{
	size_t n = count_splits(run);

	if (n == 0)
		return err_set(err, ERR_USAGE, "the data have no %s, for which the model is",
			       run->predictor->relates ? "relations" : "tagged sentences");
	if (n > 1 && (run->options->dump || run->options->dict))
		return err_set(err, ERR_USAGE, "--dump and --dict take one split: choose it with --split");
	return 0;
}

/* Files that the model would not look at were named for another one. */
static int check_sources(const struct predict_run *run, struct err *err)
{
	const struct predict_options *options = run->options;
	const struct {
		const char *option;
		bool given;
		unsigned part; /* enum record_parts */
	} sources[] = {
		{ "--dict", options->dict, READS_CROPS },
		{ "--objects", options->objects, READS_OBJECTS },
		{ "--structure", options->structure, READS_OBJECTS },
		{ "--context", options->context, READS_CONTEXTS },
		{ "--detect", options->detect, READS_CONTEXTS },
		{ "--ocr", options->ocr, READS_CONTEXTS },
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		if (sources[i].given && !(run->predictor->reads & sources[i].part))
			return err_set(err, ERR_USAGE,
				       "the system %s reads nothing that %s gives; `model list` says what it reads",
				       run->predictor->name, sources[i].option);
	return 0;
}

static int open_dump(struct predict_run *run, struct err *err)
{
	if (!run->options->dump)
		return 0;
	run->settings.dump = safetensors_writer_new(run->options->dump, err);
	return run->settings.dump ? 0 : -1;
}

static int close_dump(struct predict_run *run, int rc, struct err *err)
{
	struct safetensors_writer *dump = run->settings.dump;

	if (rc < 0)
		safetensors_writer_abort(dump);
	else if (dump)
		rc = safetensors_writer_commit(dump, err);
	return rc;
}

static int predict_dataset(struct predict_run *run, FILE *out)
{
	struct err err = ERR_INIT;
	const struct system_options options = { .jobs = (int)run->options->common.jobs,
						.vocabulary = run->options->vocabulary,
						.labels = run->options->labels,
						.config = run->options->config,
						.max_pieces = (size_t)run->options->max_seq,
						.variant = run->options->variant,
						.random_crop = strcmp(run->options->crop, "random") == 0,
						.seed = (uint64_t)run->options->common.seed };
	int rc = -1;

	run->predictor = predict_open(run->options->model, run->options->system, &options, &err);
	if (run->predictor)
		run->predictor->all_labels = run->options->probabilities;
	if (run->predictor && check_splits(run, &err) == 0 &&
	    check_sources(run, &err) == 0 && open_dump(run, &err) == 0) {
		rc = predict_splits(run, out, &err);
		rc = close_dump(run, rc, &err);
	}
	if (run->predictor)
		run->predictor->free(run->predictor);
	if (rc < 0)
		return command_fail(run->command, &err);
	return run->counts.skipped || run->counts.broken ? EXIT_PROBLEMS : EXIT_OK;
}

static int predict_data(const struct command *command, struct predict_options *options,
			const char *path)
{
	struct predict_run run = { .command = command, .options = options,
				   .dataset = DATASET_INIT, .settings = PREDICT_SETTINGS_INIT };
	bool own_files = file_is_folder(path) && !options->common.output;
	struct command_output *output = NULL;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	run.settings.sources = (struct record_sources){ options->dict, options->objects,
							options->structure };
	run.settings.contexts =
		(struct context_sources){ options->context, options->detect, options->ocr };
	run.settings.dump_all = options->dump_all;
	if (strcmp(options->common.format, "conll") == 0)
		run.settings.format = PREDICT_CONLL;
	if (options->shard &&
	    shard_parse(options->shard, &run.settings.shard, &run.settings.shards, &err) < 0)
		return command_fail(command, &err);
	if (data_options_open(command, &options->common, &options->data, path, &run.dataset,
			      &status) < 0)
		return status;
	run.progress = command_progress(command, &options->common);
	if (!own_files) {
		output = command_output_open(command, options->common.output, &status);
		if (!output)
			goto out;
	}
	status = predict_dataset(&run, output ? command_output_stream(output) : NULL);
	status = command_output_close(command, output, status);
out:
	dataset_release(&run.dataset);
	return status;
}

static int predict_run(const struct command *command, int argc, char **argv)
{
	struct predict_options options = { .common = COMMON_OPTIONS_INIT, .crop = "center" };
	int status = EXIT_OK, n;

	options.common.format = "conll";
	n = command_parse(command, &options, &options.common, argc, argv, &status);
	if (n < 0)
		return status;
	if (options.max_seq < 0)
		return command_usage(command, "--max-seq takes a number above 0");
	if (options.dump_all && !options.dump)
		return command_usage(command, "--dump-all goes with --dump FILE");
	if (n != 1)
		return command_usage(command, n ? "one DATA at a time" : "which DATA?");
	if (options.probabilities && strcmp(options.common.format, "json") != 0 &&
	    (options.common.output || !file_is_folder(argv[0])))
		return command_usage(command, "--probabilities goes with --format json");
	return predict_data(command, &options, argv[0]);
}

const struct command cmd_predict = {
	.name = "predict",
	.arguments = "DATA",
	.summary = "tag tweets with a model, with confidences",
	.description =
		"Reads a CoNLL file, standard input or a folder, UMGF's my_data with three files a tweet too. "
		"The conll format is the input's lines "
		"with the predicted tag as a further last column, so that the last two columns are gold "
		"and guess. The json format is one object a tweet: id, tokens, gold, tags, raw, "
		"confidence; a confidence is the posterior probability of the word's tag. --probabilities adds "
		"labels, and for each word a row of probabilities in their order (null for a word that the "
		"model did not see). Relations are "
		"always written as json: id, head, tail, gold, relation, confidence, probabilities.\n\n"
		"Systems that read pictures take them from the folder of pictures. One that is missing or "
		"broken is replaced by the system's own stand-in there: inf.png for hvpnet; "
		"17_06_4705.jpg for umt and maf, which also replace pictures below 224 pixels. hvpnet takes up "
		"to three crops of each record, which the dict names, from the folder of crops. umgf reads four "
		"crops of each record there, ID/crop_person_ID.jpg and so on for miscellaneous, location and "
		"organization. mega reads no picture, but files made of it: --objects and --structure name their "
		"folders, which may hold one folder for each split (train, val, test).\n\n"
		"Systems that read texts about pictures (ita) join them to the tweet: captions, objects, the "
		"text that is seen. Words behind <EOS> in a tweet, as ITA's prepared files have them, are such "
		"texts too.\n\n"
		"A tag spells its type as the data do (OTHER where they have it for the model's MISC); raw "
		"is the model's own label.\n\n"
		"A model is a safetensors file or one of PyTorch's (.pth, .pt, .bin, .pth.tar); one in "
		"several files is named with commas between them, one in shards by its index (.json). Which "
		"system a checkpoint belongs to is "
		"seen from its tensors, see `tagsight model info`. A word that a checkpoint's system cuts "
		"off, or that has no word pieces, is O with the raw label \"\" and confidence 0.\n\n"
		"A file's predictions go to standard output or -o. A folder's go to its own "
		"tagsight/SET-SPLIT.predictions.jsonl, unless -o is given.\n\n"
		"Records that cannot be read are reported and skipped, also for a picture that is missing or broken "
		"where nothing stands in for it; pictures that are replaced are reported too. The exit status is "
		"then 1, but for pictures that are merely too small.",
	.options = predict_options,
	.examples = predict_examples,
	.run = predict_run,
};
