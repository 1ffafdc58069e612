/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/encoder_file.h"

#include <jansson.h>
#include <string.h>

#define HEADS 256 /* at most */

static bool is_number(const json_t *object, const char *key, size_t number)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) && json_integer_value(value) == (json_int_t)number;
}

static bool fits(const struct encoder_config *config, const json_t *object)
{
	return is_number(object, "hidden_size", config->hidden) &&
	       is_number(object, "num_hidden_layers", config->layers);
}

bool encoder_file_fits(const struct encoder_config *config, const char *text, size_t size)
{
	json_t *object = json_loadb(text, size, 0, NULL);
	bool rc = fits(config, object);

	json_decref(object);
	return rc;
}

/* A key that is there must have this value. */
static int expect(const json_t *object, const char *key, const char *value, struct err *err)
{
	const json_t *found = json_object_get(object, key);

	if (!found || (json_is_string(found) && strcmp(json_string_value(found), value) == 0))
		return 0;
	return err_set(err, ERR_DATA, "the config's '%s' is '%.60s', but only '%s' is known", key,
		       json_is_string(found) ? json_string_value(found) : "no text", value);
}

static int apply(struct encoder_config *config, const json_t *object, struct err *err)
{
	const json_t *heads = json_object_get(object, "num_attention_heads");
	const json_t *eps = json_object_get(object, "layer_norm_eps");

	if (!fits(config, object))
		return err_set(err, ERR_DATA,
			       "the config is of another model: this one is %zu wide and has %zu layers",
			       config->hidden, config->layers);
	if (expect(object, "hidden_act", "gelu", err) < 0 ||
	    expect(object, "position_embedding_type", "absolute", err) < 0)
		return -1;
	if (heads) {
		json_int_t n = json_integer_value(heads);

		if (n < 1 || n > HEADS || config->hidden % (size_t)n)
			return err_set(err, ERR_DATA,
				       "the config's 'num_attention_heads' does not divide %zu units",
				       config->hidden);
		config->heads = (size_t)n;
	}
	if (eps) {
		if (!(json_number_value(eps) > 0 && json_number_value(eps) < 1))
			return err_set(err, ERR_DATA,
				       "the config's 'layer_norm_eps' is not between 0 and 1");
		config->eps = (float)json_number_value(eps);
	}
	return 0;
}

int encoder_file_apply(struct encoder_config *config, const char *text, size_t size, struct err *err)
{
	json_error_t error;
	json_t *object = json_loadb(text, size, 0, &error);
	int rc;

	if (!json_is_object(object))
		rc = err_set(err, ERR_DATA, "the config is no JSON object%s%.100s", object ? "" : ": ",
			     object ? "" : error.text);
	else
		rc = apply(config, object, err);
	json_decref(object);
	return rc;
}
