/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/model_priv.h"

#include "cmd/models.h"
#include "inference/systems/darknet_check.h"
#include "inference/systems/darknet_grounder.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>

bool model_is_darknet(const char *name)
{
	return darknet_grounder_takes(name);
}

static json_t *layers_json(const struct darknet_survey *survey)
{
	json_t *layers = json_array();

	for (size_t i = 0; survey->model && i < darknet_layers(survey->model); i++) {
		struct darknet_shape shape = darknet_shape(survey->model, i);

		json_array_append_new(layers,
				      json_pack("{s:o, s:I, s:[I,I,I], s:I}", "kind",
						json_text(survey->cfg.sections[i + 1].name), "line",
						(json_int_t)survey->cfg.sections[i + 1].line, "shape",
						(json_int_t)shape.height, (json_int_t)shape.width,
						(json_int_t)shape.channels, "numbers", (json_int_t)shape.numbers));
	}
	return layers;
}

static void info_json(FILE *out, const struct darknet_survey *survey)
{
	const struct darknet_weights *weights = &survey->weights;
	const struct darknet_model *model = survey->model;
	json_t *wrong = json_array(), *object;
	char version[48];

	for (size_t i = 0; i < survey->wrong.n; i++)
		json_array_append_new(wrong, json_text(survey->wrong.items[i]));
	snprintf(version, sizeof(version), "%d.%d.%d", (int)weights->major, (int)weights->minor,
		 (int)weights->revision);
	object = json_pack("{s:o, s:I, s:s, s:s, s:I, s:o, s:s, s:s, s:o, s:b, s:I, s:I, s:o}", "file",
			   json_text(weights->path), "bytes", (json_int_t)weights->file.size, "form", "darknet",
			   "version", version, "seen", (json_int_t)weights->seen, "cfg",
			   json_text(survey->cfg_path), "system", "darknet", "why", "its extension says so",
			   "wrong", wrong, "runs", survey->wrong.n == 0, "numbers",
			   (json_int_t)weights->numbers, "numbers_wanted", (json_int_t)survey->numbers, "layers",
			   layers_json(survey));
	if (model) {
		json_object_set_new(object, "input", json_pack("[i,i]", darknet_height(model), darknet_width(model)));
		json_object_set_new(object, "letter_box", json_boolean(darknet_letter_box(model)));
		json_object_set_new(object, "heads", json_integer((json_int_t)darknet_n_heads(model)));
		json_object_set_new(object, "classes", json_integer((json_int_t)darknet_head(model, 0)->classes));
	}
	json_line_write(out, object);
}

static void model_text(FILE *out, const struct darknet_survey *survey)
{
	const struct darknet_model *model = survey->model;

	fprintf(out, "input: %d x %d%s\nheads: %zu, of %zu classes\nlayers: %zu, which ask for %zu numbers\n",
		darknet_width(model), darknet_height(model), darknet_letter_box(model) ? ", in a letterbox" : "",
		darknet_n_heads(model), darknet_head(model, 0)->classes, darknet_layers(model), survey->numbers);
	for (size_t i = 0; i < darknet_layers(model); i++) {
		struct darknet_shape shape = darknet_shape(model, i);

		fprintf(out, "  %-4zu %-14s [%zu, %zu, %zu]", i, survey->cfg.sections[i + 1].name, shape.height,
			shape.width, shape.channels);
		fprintf(out, shape.numbers ? " %zu numbers\n" : "\n", shape.numbers);
	}
}

static void info_text(FILE *out, const struct darknet_survey *survey)
{
	const struct darknet_weights *weights = &survey->weights;

	fprintf(out, "file: %s\nbytes: %zu\nform: darknet\nversion: %d.%d.%d\npictures seen in training: %llu\n",
		weights->path, weights->file.size, (int)weights->major, (int)weights->minor,
		(int)weights->revision, (unsigned long long)weights->seen);
	fprintf(out, "numbers: %zu\ncfg: %s\ntaken for: darknet, as its extension says so; %s\n",
		weights->numbers, survey->cfg_path, survey->wrong.n ? "cannot run" : "has all that it needs");
	for (size_t i = 0; i < survey->wrong.n; i++)
		fprintf(out, "wrong: %s\n", survey->wrong.items[i]);
	if (survey->model)
		model_text(out, survey);
}

static int open_survey(struct darknet_survey *survey, const struct model_options *options, const char *name,
		       struct err *err)
{
	char *path = models_find(name, err);
	int rc = path ? darknet_survey(path, options->config, survey, err) : -1;

	free(path);
	return rc;
}

int model_darknet_info(FILE *out, const struct model_options *options, const char *name, struct err *err)
{
	struct darknet_survey survey;

	if (open_survey(&survey, options, name, err) < 0)
		return -1;
	if (model_is_json(options))
		info_json(out, &survey);
	else
		info_text(out, &survey);
	darknet_survey_release(&survey);
	return 0;
}

int model_darknet_verify(FILE *out, const struct model_options *options, const char *name, struct err *err)
{
	struct model_verdict verdict = { .system = "darknet", .runs = true };
	struct darknet_survey survey;
	int rc = 0;

	if (open_survey(&survey, options, name, err) < 0)
		return -1;
	verdict.path = survey.weights.path;
	verdict.tensors = survey.tensors;
	verdict.numbers = survey.numbers;
	if (survey.wrong.n)
		rc = err_set(err, ERR_DATA, "%s%s", survey.wrong.items[0],
			     survey.model ? "" : "; a cfg is named with --config");
	if (rc == 0)
		rc = darknet_survey_load(&survey, err);
	if (rc == 0)
		rc = sha256_file(verdict.path, verdict.sha256, err);
	if (rc == 0)
		model_verdict_write(out, &verdict, model_is_json(options));
	darknet_survey_release(&survey);
	return rc;
}
