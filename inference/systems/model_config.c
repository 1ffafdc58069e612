/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the config of an encoder says: the user's, the model's own, or the one beside it.
 */
#include "inference/core/model_file.h"
#include "inference/systems/model_priv.h"
#include "inference/text/encoder_file.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES ((size_t)1 << 20)

/* Keep the text: a conversion of the model carries it on. */
static int apply(struct model *model, struct encoder_config *config, const char *text, struct err *err)
{
	if (encoder_file_apply(config, text, strlen(text), err) < 0)
		return -1;
	model->encoder_config = arena_copy(&model->arena, text);
	return model->encoder_config ? 0 : err_set_memory(err);
}

static int apply_file(struct model *model, struct encoder_config *config, const char *path,
		      bool must_fit, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = file_read_all(path, &text, CONFIG_BYTES, err);

	if (rc == 0 && (must_fit || encoder_file_fits(config, text.data, text.length)))
		rc = apply(model, config, text.data, err);
	if (rc < 0)
		err_add_file(err, path);
	buf_release(&text);
	return rc;
}

int model_apply_config(struct model *model, struct encoder_config *config, struct err *err)
{
	const char *own = checkpoint_metadata(&model->weights.file, "encoder_config");
	char *beside;
	int rc = 0;

	if (model->options.config)
		return apply_file(model, config, model->options.config, true, err);
	if (own)
		return apply(model, config, own, err);
	beside = model_file_beside(model->weights.path, "config.json");
	if (!beside)
		return err_set_memory(err);
	if (file_exists(beside))
		rc = apply_file(model, config, beside, false, err);
	free(beside);
	return rc;
}
