/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/darknet_check.h"

#include "inference/systems/darknet_names.h"

#define MESSAGE 1400 /* as err_format() needs */

static int note(struct darknet_survey *survey, const struct err *wrong)
{
	char text[MESSAGE];

	return str_list_add(&survey->wrong, err_format(wrong, text, sizeof(text)));
}

static int compare_sizes(struct darknet_survey *survey)
{
	struct err wrong = ERR_INIT;

	for (size_t i = 0; i < darknet_layers(survey->model); i++) {
		struct darknet_shape shape = darknet_shape(survey->model, i);

		survey->tensors += shape.tensors;
		survey->numbers += shape.numbers;
	}
	if (survey->numbers == survey->weights.numbers)
		return 0;
	err_set_at(&wrong, survey->weights.path, 0, 0, "holds %zu numbers, but the cfg asks for %zu",
		   survey->weights.numbers, survey->numbers);
	return note(survey, &wrong);
}

static int look(struct darknet_survey *survey)
{
	struct err wrong = ERR_INIT;

	if (darknet_cfg_read(&survey->cfg, survey->cfg_path, &survey->arena, &wrong) < 0)
		return note(survey, &wrong);
	survey->model = darknet_new(&survey->cfg, &(struct darknet_options){ 0 }, &wrong);
	return survey->model ? compare_sizes(survey) : note(survey, &wrong);
}

int darknet_survey(const char *path, const char *cfg, struct darknet_survey *survey, struct err *err)
{
	const char *copy;

	*survey = (struct darknet_survey){ .wrong = STR_LIST_INIT };
	arena_init(&survey->arena);
	copy = arena_copy(&survey->arena, path);
	survey->cfg_path = cfg ? arena_copy(&survey->arena, cfg) : darknet_beside(&survey->arena, path, "cfg");
	if (!copy || !survey->cfg_path) {
		arena_release(&survey->arena);
		return err_set_memory(err);
	}
	if (darknet_weights_open(&survey->weights, copy, err) < 0) {
		arena_release(&survey->arena);
		return -1;
	}
	if (look(survey) == 0)
		return 0;
	darknet_survey_release(survey);
	return err_set_memory(err);
}

void darknet_survey_release(struct darknet_survey *survey)
{
	darknet_free(survey->model);
	darknet_weights_close(&survey->weights);
	str_list_release(&survey->wrong);
	arena_release(&survey->arena);
}

int darknet_survey_load(struct darknet_survey *survey, struct err *err)
{
	return darknet_load_file(survey->model, survey->weights.path, err);
}
