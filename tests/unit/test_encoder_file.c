/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/encoder_file.h"
#include "tests/unit/test.h"

#include <string.h>

static struct encoder_config some_config(void)
{
	return (struct encoder_config){ .layers = 6, .hidden = 256, .heads = 4, .eps = 1e-12f };
}

static void test_heads_and_eps(void **state)
{
	static const char text[] = "{\"hidden_size\": 256, \"num_hidden_layers\": 6, \"hidden_act\": \"gelu\", "
				   "\"num_attention_heads\": 8, \"layer_norm_eps\": 1e-05}";
	struct encoder_config config = some_config();
	struct err err = ERR_INIT;

	(void)state;
	assert_true(encoder_file_fits(&config, text, strlen(text)));
	assert_int_equal(encoder_file_apply(&config, text, strlen(text), &err), 0);
	assert_int_equal(config.heads, 8);
	assert_float_equal(config.eps, 1e-5f, 0);
}

static void test_what_is_not_said_stays(void **state)
{
	static const char text[] = "{\"hidden_size\": 256, \"num_hidden_layers\": 6}";
	struct encoder_config config = some_config();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(encoder_file_apply(&config, text, strlen(text), &err), 0);
	assert_int_equal(config.heads, 4);
	assert_float_equal(config.eps, 1e-12f, 0);
}

static void assert_refused(const char *text, const char *reason)
{
	struct encoder_config config = some_config();
	struct err err = ERR_INIT;

	assert_int_equal(encoder_file_apply(&config, text, strlen(text), &err), -1);
	if (!strstr(err.text, reason))
		fail_msg("'%s' instead of '%s'", err.text, reason);
}

#define SIZES "{\"hidden_size\": 256, \"num_hidden_layers\": 6, "

static void test_what_does_not_fit(void **state)
{
	struct encoder_config config = some_config();

	(void)state;
	assert_refused("", "no JSON object");
	assert_refused("[1]", "no JSON object");
	assert_refused("{}", "of another model");
	assert_refused("{\"hidden_size\": 768, \"num_hidden_layers\": 6}", "of another model");
	assert_refused(SIZES "\"num_attention_heads\": 3}", "does not divide 256");
	assert_refused(SIZES "\"num_attention_heads\": 0}", "does not divide 256");
	assert_refused(SIZES "\"num_attention_heads\": \"8\"}", "does not divide 256");
	assert_refused(SIZES "\"layer_norm_eps\": 1}", "'layer_norm_eps'");
	assert_refused(SIZES "\"layer_norm_eps\": null}", "'layer_norm_eps'");
	assert_refused(SIZES "\"hidden_act\": \"relu\"}", "'relu', but only 'gelu'");
	assert_refused(SIZES "\"position_embedding_type\": \"relative_key\"}", "only 'absolute'");
	assert_false(encoder_file_fits(&config, "{\"architectures\": []}", 21));
	assert_false(encoder_file_fits(&config, "nonsense", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads_and_eps),
		cmocka_unit_test(test_what_is_not_said_stays),
		cmocka_unit_test(test_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
