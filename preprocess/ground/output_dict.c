/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/output.h"

#include "lib/base/checked.h"
#include "preprocess/aux_dict.h"

#include <stdlib.h>
#include <string.h>

struct dict {
	const struct ground_context *context;
	struct aux_dict dict;
};

static int begin(const struct ground_context *context, void **state, struct err *err)
{
	struct dict *dict;

	if (!context->plan->paths.dict)
		return 0;
	dict = checked_calloc(1, sizeof(*dict));
	if (!dict)
		return err_set_memory(err);
	*state = dict;
	dict->context = context;
	aux_dict_init(&dict->dict, context->plan->split->task == TASK_RE ? AUX_KEYS_INTEGER
									 : AUX_KEYS_TEXT);
	dict->dict.form = context->options->legacy ? TORCH_LEGACY : TORCH_ZIP;
	return 0;
}

/* Set the names of a record; where an earlier record of the same tweet has some, these come first
 * and no name twice. */
static int add_record(void *state, const struct ground_result *result, struct err *err)
{
	struct dict *dict = state;
	const struct aux_entry *old = aux_dict_find(&dict->dict, result->key);
	size_t n = old ? old->n : 0, top = dict->context->options->top;
	const char **names = checked_calloc(n + result->n_boxes + 1, sizeof(*names));
	int rc;

	if (!names)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++)
		names[i] = old->names[i];
	for (size_t i = 0; i < result->n_boxes && n < top; i++) {
		const char *name = result->boxes[i].crop;
		size_t k = 0;

		while (k < n && strcmp(names[k], name) != 0)
			k++;
		if (k == n)
			names[n++] = name;
	}
	rc = aux_dict_put(&dict->dict, result->key, names, n, err);
	free(names);
	return rc;
}

static int finish(void *state, struct ground_report *report, struct err *err)
{
	struct dict *dict = state;

	report->without = report->crops = 0;
	for (size_t i = 0; i < dict->dict.n; i++) {
		report->without += dict->dict.entries[i].n == 0;
		report->crops += dict->dict.entries[i].n;
	}
	return aux_dict_write(&dict->dict, dict->context->plan->paths.dict, err);
}

static void release(void *state)
{
	struct dict *dict = state;

	aux_dict_release(&dict->dict);
	free(dict);
}

const struct ground_output ground_dict_output = { begin, add_record, finish, release };
