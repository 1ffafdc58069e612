/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_check.h"

#include "inference/systems/model_priv.h"
#include "inference/systems/onestage.h"
#include "inference/vision/nanodet.h"

#include <string.h>

/* The detector tags no sentences and opens its own file. */
static int check_detector(const struct weights *weights, struct model_survey *survey)
{
	struct err wrong = ERR_INIT;
	struct nanodet_model *model = nanodet_model_new(weights->path, &wrong);

	if (!model)
		return str_list_add(&survey->wrong, wrong.text);
	nanodet_model_free(model);
	survey->runs = true;
	return 0;
}

/* The vocabulary is read after the tensors, which are all that is asked for here; a counter that PyTorch keeps
 * beside each batch norm tells nobody anything. */
static bool is_told(const char *name)
{
	static const char counter[] = "num_batches_tracked";
	size_t length = strlen(name), end = strlen(counter);

	return strcmp(name, VOCABULARY_TENSOR) != 0 &&
	       (length < end || strcmp(name + length - end, counter) != 0);
}

static int note_left_over(const struct weights *weights, struct model_survey *survey)
{
	for (size_t i = 0; i < weights->file.n; i++) {
		const char *name = weights->file.tensors[i].name;

		if (!weights->used[i] && is_told(name) &&
		    str_list_add(&survey->left_over, name) < 0)
			return -1;
	}
	return 0;
}

/* `system` NULL: one-stage grounding, which tags no sentences either. */
static int check_system(struct weights *weights, const struct system *system,
			struct model_survey *survey)
{
	struct weights_survey missing = WEIGHTS_SURVEY_INIT;
	struct err wrong = ERR_INIT;
	int rc;

	weights->survey = &missing;
	rc = system ? model_check_tensors(weights, system, &wrong) : onestage_check_tensors(weights, &wrong);
	weights->survey = NULL;
	survey->runs = rc == 0 && missing.wrong.n == 0;
	survey->wrong = missing.wrong;
	missing.wrong = (struct str_list)STR_LIST_INIT;
	weights_survey_release(&missing);
	if (rc < 0 && str_list_add(&survey->wrong, wrong.text) < 0)
		return -1;
	return note_left_over(weights, survey);
}

int model_survey(struct weights *weights, const char *name, struct model_survey *survey,
		 struct err *err)
{
	const char *named = checkpoint_metadata(&weights->file, "system");
	const struct system *system;
	bool onestage = false;
	int rc = 0;

	*survey = (struct model_survey){ .why = "it was said to be" };
	system = name ? system_find(name) : system_of(weights, &survey->why);
	if (name && !system)
		return err_set(err, ERR_USAGE, "there is no system '%.60s' that tags sentences", name);
	if (system) {
		named = system->name;
	} else if (!named && (survey->why = onestage_recognise(weights)) != NULL) {
		onestage = true;
		named = "onestage";
	}
	snprintf(survey->system, sizeof(survey->system), "%s", named ? named : "");
	if (system || onestage)
		rc = check_system(weights, system, survey);
	else if (named && strcmp(named, "nanodet") == 0)
		rc = check_detector(weights, survey);
	if (rc == 0)
		return 0;
	model_survey_release(survey);
	return err_set_memory(err);
}

void model_survey_release(struct model_survey *survey)
{
	str_list_release(&survey->wrong);
	str_list_release(&survey->left_over);
}
