/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/model_priv.h"
#include "cmd/models.h"

#include "inference/systems/model_check.h"
#include "lib/base/sha256.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/safetensors.h"

#include <stdlib.h>
#include <string.h>

static const struct option_spec model_options[] = {
	COMMON_OPTIONS(struct model_options, "text|json"),
	{ 0, "system", OPT_STRING, offsetof(struct model_options, system), "NAME",
	  "try a file that does not say as this system", NULL },
	{ 0, "vocab", OPT_STRING, offsetof(struct model_options, vocabulary), "FILE",
	  "convert: the vocabulary to put in (default: the one beside the model)", NULL },
	{ 0, "labels", OPT_STRING, offsetof(struct model_options, labels), "LIST",
	  "convert: the labels to put in, as for predict (default: the system's)", NULL },
	{ 0, "config", OPT_STRING, offsetof(struct model_options, config), "FILE",
	  "convert: the config.json of the encoder, as for predict; info, verify: the cfg of Darknet weights "
	  "(default: beside them)", NULL },
	{ 0, "max-seq", OPT_INT, offsetof(struct model_options, max_seq), "N",
	  "convert: word pieces read of a tweet, as for predict", NULL },
	{ 0, "variant", OPT_STRING, offsetof(struct model_options, variant), "NAME",
	  "convert: the variant of the system, as for predict", NULL },
	{ 0, "precision", OPT_STRING, offsetof(struct model_options, precision), "TYPE",
	  "convert: store large matrices as fp32, bf16 or int8 with a scale a row (default: as they are)",
	  NULL },
	OPTION_END
};

static const struct command_example model_examples[] = {
	{ "tagsight model list", "the models that are found without a path" },
	{ "tagsight model info tagger", "what the default tagger holds" },
	{ "tagsight model info best_model.pth", "which system a checkpoint is of, and why" },
	{ "tagsight model verify my.safetensors", "whether every number of a file can be used" },
	{ "tagsight model verify yolov4.weights --config yolov4.cfg",
	  "whether Darknet weights are those of a cfg" },
	{ "tagsight model convert best_model.pth --vocab vocab.txt -o mine.safetensors",
	  "one file that needs no options" },
	{ NULL, NULL }
};

static json_t *shape_json(const struct checkpoint_tensor *tensor)
{
	json_t *shape = json_array();

	for (size_t i = 0; i < tensor->n_dims; i++)
		json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i]));
	return shape;
}

static size_t tensor_bytes(const struct checkpoint_tensor *tensor)
{
	return tensor->elements * tensor_type_size(tensor->type);
}

static size_t file_bytes(const struct checkpoint *file)
{
	size_t bytes = 0;

	for (size_t i = 0; i < file->n_files; i++)
		bytes += file->files[i].map.size;
	return bytes;
}

static json_t *list_json(const struct str_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_text(list->items[i]));
	return array;
}

/* An opened model and what is known of it. */
struct model {
	struct weights weights;
	struct model_survey survey;
};

static int model_open(struct model *model, const struct model_options *options, const char *name,
		      struct err *err)
{
	char *path = models_find(name, err);
	int rc = path ? weights_open(&model->weights, path, err) : -1;

	free(path);
	if (rc < 0)
		return -1;
	if (model_survey(&model->weights, options->system, &model->survey, err) == 0)
		return 0;
	weights_close(&model->weights);
	return -1;
}

static void model_close(struct model *model)
{
	model_survey_release(&model->survey);
	weights_close(&model->weights);
}

static void info_json(FILE *out, const struct model *model)
{
	const struct checkpoint *file = &model->weights.file;
	const struct model_survey *survey = &model->survey;
	const struct safetensors *first = &file->files[0].safetensors;
	json_t *metadata = json_object(), *tensors = json_array();

	for (size_t i = 0; i < first->n_metadata; i++)
		json_object_set_new(metadata, first->metadata[i].key,
				    json_text(first->metadata[i].value));
	for (size_t i = 0; i < file->n; i++) {
		const struct checkpoint_tensor *tensor = &file->tensors[i];

		json_array_append_new(
			tensors,
			json_pack("{s:o, s:s, s:o, s:I}", "name", json_text(tensor->name), "dtype",
				  tensor_type_name(tensor->type), "shape", shape_json(tensor), "bytes",
				  (json_int_t)tensor_bytes(tensor)));
	}
	json_line_write(out, json_pack("{s:o, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}",
				       "file", json_text(model->weights.path), "bytes",
				       (json_int_t)file_bytes(file), "form", file->files[0].form,
				       "prefix", file->prefix, "metadata", metadata, "system",
				       json_text(survey->system), "why",
				       survey->why ? json_text(survey->why) : json_null(), "wrong",
				       list_json(&survey->wrong), "runs", survey->runs, "left_over",
				       list_json(&survey->left_over), "stepped_over",
				       list_json(&file->extras), "tensors", tensors));
}

static void list_text(FILE *out, const char *title, const struct str_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		fprintf(out, "%s: %s\n", title, list->items[i]);
}

static void survey_text(FILE *out, const struct model_survey *survey)
{
	if (!*survey->system)
		fprintf(out, "system: not named and not recognised; try one with --system\n");
	else if (survey->why)
		fprintf(out, "taken for: %s, as %s; %s\n", survey->system, survey->why,
			survey->runs ? "has all that it needs" : "cannot run");
	else
		fprintf(out, "taken for: nothing that runs here\n");
	list_text(out, "wrong", &survey->wrong);
	list_text(out, "left over", &survey->left_over);
}

static void info_text(FILE *out, const struct model *model)
{
	const struct checkpoint *file = &model->weights.file;
	const struct safetensors *first = &file->files[0].safetensors;

	fprintf(out, "file: %s\nbytes: %zu\nform: %s\n", model->weights.path, file_bytes(file),
		file->files[0].form);
	if (*file->prefix)
		fprintf(out, "before all names: %s\n", file->prefix);
	for (size_t i = 0; i < first->n_metadata; i++)
		fprintf(out, "%s: %s\n", first->metadata[i].key, first->metadata[i].value);
	survey_text(out, &model->survey);
	list_text(out, "stepped over", &file->extras);
	fprintf(out, "tensors: %zu\n", file->n);
	for (size_t i = 0; i < file->n; i++) {
		const struct checkpoint_tensor *tensor = &file->tensors[i];

		fprintf(out, "  %-8s %s [", tensor_type_name(tensor->type), tensor->name);
		for (size_t k = 0; k < tensor->n_dims; k++)
			fprintf(out, k ? ", %zu" : "%zu", tensor->shape[k]);
		fputs("]\n", out);
	}
}

static int model_info(FILE *out, const struct model_options *options, const char *name,
		      struct err *err)
{
	struct model model = { 0 };

	if (model_is_darknet(name))
		return model_darknet_info(out, options, name, err);
	if (model_open(&model, options, name, err) < 0)
		return -1;
	if (model_is_json(options))
		info_json(out, &model);
	else
		info_text(out, &model);
	model_close(&model);
	return 0;
}

/* The SHA-256 of a model in one file; "" of one in several. */
static int model_hash(const struct model *model, char hex[SHA256_HEX], struct err *err)
{
	hex[0] = '\0';
	return model->weights.file.n_files == 1 ? sha256_file(model->weights.path, hex, err) : 0;
}

void model_verdict_write(FILE *out, const struct model_verdict *verdict, bool json)
{
	if (json)
		json_line_write(out, json_pack("{s:o, s:s, s:o, s:b, s:I, s:I}", "file",
					       json_text(verdict->path), "sha256", verdict->sha256,
					       "system", json_text(verdict->system), "loads",
					       verdict->runs, "tensors", (json_int_t)verdict->tensors,
					       "numbers", (json_int_t)verdict->numbers));
	else
		fprintf(out, "%s: ok, %zu tensors, %zu numbers, all finite; system %s%s\n", verdict->path,
			verdict->tensors, verdict->numbers, *verdict->system ? verdict->system : "not named",
			verdict->runs ? ", loads" : ", not one that this program runs");
	if (!json && *verdict->sha256)
		fprintf(out, "sha256 %s\n", verdict->sha256);
}

static int model_verify(FILE *out, const struct model_options *options, const char *name,
			struct err *err)
{
	struct model model = { 0 };
	struct model_verdict verdict;
	int rc;

	if (model_is_darknet(name))
		return model_darknet_verify(out, options, name, err);
	if (model_open(&model, options, name, err) < 0)
		return -1;
	rc = weights_check_finite(&model.weights, &verdict.numbers, err);
	if (rc == 0 && model.survey.wrong.n)
		rc = err_set_at(err, model.weights.path, 0, 0, "%s%s", model.survey.wrong.items[0],
				model.survey.wrong.n > 1 ? "; `model info` lists more" : "");
	if (rc == 0)
		rc = model_hash(&model, verdict.sha256, err);
	verdict.path = model.weights.path;
	verdict.system = model.survey.system;
	verdict.runs = model.survey.runs;
	verdict.tensors = model.weights.file.n;
	if (rc == 0)
		model_verdict_write(out, &verdict, model_is_json(options));
	model_close(&model);
	return rc;
}

static const struct model_action {
	const char *name;
	bool takes_file;
	bool writes_file; /* -o names the result, not a report */
	int (*run)(FILE *out, const struct model_options *options, const char *name,
		   struct err *err);
} actions[] = {
	{ "list", false, false, model_list },
	{ "info", true, false, model_info },
	{ "verify", true, false, model_verify },
	{ "convert", true, true, model_convert_file },
};

static const struct model_action *find_action(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

/* Run an action whose result goes to the output; one that writes a file reports to stdout. */
static int run_action(const struct command *command, const struct model_action *action,
		      const struct model_options *options, const char *name)
{
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	output = command_output_open(command, action->writes_file ? NULL : options->common.output, &status);
	if (!output)
		return status;
	if (action->run(command_output_stream(output), options, name, &err) < 0)
		status = command_fail(command, &err);
	return command_output_close(command, output, status);
}

static int model_run(const struct command *command, int argc, char **argv)
{
	struct model_options options = { .common = COMMON_OPTIONS_INIT };
	const struct model_action *action;
	int status = EXIT_OK, n;

	n = command_parse(command, &options, &options.common, argc, argv, &status);
	if (n < 0)
		return status;
	action = n > 0 ? find_action(argv[0]) : NULL;
	if (!action)
		return command_usage(command, "say list, info FILE, verify FILE or convert FILE");
	if (n != (action->takes_file ? 2 : 1))
		return command_usage(command, "'%s' takes %s", action->name,
				     action->takes_file ? "one FILE" : "no argument");
	if (action->writes_file && !options.common.output)
		return command_usage(command, "'%s' writes a file: name it with -o", action->name);
	if (options.max_seq < 0)
		return command_usage(command, "--max-seq takes a number above 0");
	return run_action(command, action, &options, n > 1 ? argv[1] : NULL);
}

const struct command cmd_model = {
	.name = "model",
	.arguments = "list | info FILE | verify FILE | convert FILE -o OUT",
	.summary = "look into model files, and convert them",
	.description =
		"list: the models found without a path, and where; then the systems whose checkpoints run, with "
		"what each reads and what it takes by default, and the kinds of model that find boxes. info: metadata, tensors, types and "
		"shapes, the system that the file is taken for and why, what that system misses and what "
		"is left over. verify: whether the header agrees with the file, every number is finite and "
		"the system accepts its tensors; gives its SHA-256 if it is one file. convert: one safetensors "
		"file that holds the tensors its system uses, labels, vocabulary, limits and the hash of what it was made of; it needs "
		"no further options and starts at once.\n\n"
		"FILE is a safetensors file or one of PyTorch's (.pth, .pt, .bin, .pth.tar), or the name of "
		"a model that list shows, or Darknet's weights (.weights), whose layers info shows; a model in several files is named with commas between them, one in shards "
		"by its index (.json).",
	.options = model_options,
	.examples = model_examples,
	.run = model_run,
};
