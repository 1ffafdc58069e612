/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/checkpoint_priv.h"

#include "lib/base/checked.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where trainers put the state dict, and how deep they nest it. */
static const char *const holders[] = { "state_dict", "model_state_dict", "model", "net", "weights" };
#define HOLDER_DEPTH 5

static const int types[TORCH_DTYPES] = {
	[TORCH_FLOAT32] = TENSOR_F32,	[TORCH_FLOAT64] = TENSOR_F64, [TORCH_FLOAT16] = TENSOR_F16,
	[TORCH_BFLOAT16] = TENSOR_BF16, [TORCH_INT64] = TENSOR_I64,   [TORCH_INT32] = TENSOR_I32,
	[TORCH_INT16] = TENSOR_I16,	[TORCH_INT8] = TENSOR_I8,     [TORCH_UINT8] = TENSOR_U8,
	[TORCH_BOOL] = TENSOR_BOOL,	[TORCH_COMPLEX64] = -1,	      [TORCH_COMPLEX128] = -1,
};

/* The tensor under a key that can be a tensor's name, of a type that a model can have; or NULL. */
static const struct torch_tensor *named_tensor(const struct pickle_value *key,
					       const struct pickle_value *value)
{
	const struct torch_tensor *tensor = torch_tensor_of(value);

	if (!tensor || key->kind != PICKLE_TEXT || key->length == 0 ||
	    memchr(key->text, '\0', key->length) || types[tensor->storage->dtype] < 0)
		return NULL;
	return tensor;
}

static bool has_tensors(const struct pickle_value *dict)
{
	for (size_t i = 0; i + 1 < dict->n; i += 2)
		if (named_tensor(dict->items[i], dict->items[i + 1]))
			return true;
	return false;
}

/* The dict of tensors at or below `value`, where trainers put it. */
static const struct pickle_value *find_held(const struct pickle_value *value, int depth)
{
	if (value->kind != PICKLE_DICT || depth == 0)
		return NULL;
	for (size_t i = 0; i < sizeof(holders) / sizeof(*holders); i++) {
		const struct pickle_value *held = pickle_get(value, holders[i]);
		const struct pickle_value *found = held ? find_held(held, depth - 1) : NULL;

		if (found)
			return found;
	}
	return has_tensors(value) ? value : NULL;
}

/* The one dict of tensors that the top level holds under a name of its own. */
static const struct pickle_value *find_only(const struct pickle_value *root)
{
	const struct pickle_value *found = NULL;

	for (size_t i = 0; root->kind == PICKLE_DICT && i + 1 < root->n; i += 2) {
		const struct pickle_value *held = find_held(root->items[i + 1], HOLDER_DEPTH);

		if (held && found)
			return NULL;
		if (held)
			found = held;
	}
	return found;
}

static int note_extra(struct checkpoint *checkpoint, const struct pickle_value *key,
		      const struct pickle_value *value, struct err *err)
{
	char text[160];

	if (checkpoint->extras.n >= CHECKPOINT_EXTRAS)
		return 0;
	if (key->kind == PICKLE_TEXT)
		snprintf(text, sizeof(text), "%.100s (%s)", key->text, pickle_kind_name(value->kind));
	else
		snprintf(text, sizeof(text), "%s as a key (%s)", pickle_kind_name(key->kind),
			 pickle_kind_name(value->kind));
	return str_list_add(&checkpoint->extras, text) < 0 ? err_set_memory(err) : 0;
}

static int add_tensor(struct checkpoint *checkpoint, const char *name,
		      const struct torch_tensor *from, struct err *err)
{
	struct checkpoint_tensor *tensor = checkpoint_add(checkpoint, err);
	size_t size = torch_dtype_size(from->storage->dtype), dense = 1;

	if (!tensor)
		return -1;
	tensor->name = name;
	tensor->type = (enum tensor_type)types[from->storage->dtype];
	tensor->n_dims = from->n_dims;
	tensor->contiguous = true;
	tensor->elements = 1;
	for (size_t k = from->n_dims; k-- > 0;) {
		tensor->shape[k] = from->shape[k];
		tensor->stride[k] = from->stride[k];
		if (from->shape[k] != 1 && from->stride[k] != dense)
			tensor->contiguous = false;
		/* Without an element, sizes of other dimensions may be anything. */
		if (!size_multiply(tensor->elements, from->shape[k], &tensor->elements))
			tensor->elements = 0;
		dense = tensor->elements;
	}
	for (size_t k = 0; k < from->n_dims; k++)
		if (from->shape[k] == 0)
			tensor->elements = 0;
	tensor->data = from->storage->data + from->offset * size;
	return 0;
}

static int add_state(struct checkpoint *checkpoint, const struct pickle_value *state,
		     struct err *err)
{
	for (size_t i = 0; i + 1 < state->n; i += 2) {
		const struct pickle_value *key = state->items[i], *value = state->items[i + 1];
		const struct torch_tensor *tensor = named_tensor(key, value);

		if (tensor ? add_tensor(checkpoint, key->text, tensor, err) < 0
			   : note_extra(checkpoint, key, value, err) < 0)
			return -1;
	}
	return 0;
}

/* One label more, which flair keeps as bytes; -1 for what is none. */
static int add_label(json_t *labels, const struct pickle_value *label)
{
	if (label->kind != PICKLE_BYTES && label->kind != PICKLE_TEXT)
		return -1;
	return json_array_append_new(labels, json_stringn(label->text, label->length));
}

/* The labels that flair saves with a tagger: a dictionary object, whose idx2item lists them. */
static int note_labels(struct checkpoint *checkpoint, const struct pickle_value *root,
		       const char *name, struct err *err)
{
	const struct pickle_value *object = pickle_get(root, "tag_dictionary");
	const struct pickle_value *list =
		object && object->state ? pickle_get(object->state, "idx2item") : NULL;
	json_t *labels;
	char *text;
	int rc = 0;

	if (!list || list->kind != PICKLE_LIST || checkpoint->labels)
		return 0;
	labels = json_array();
	for (size_t i = 0; i < list->n && rc == 0; i++)
		if (add_label(labels, list->items[i]) < 0)
			rc = err_set_at(err, name, 0, 0, "label %zu of its tag_dictionary is no text", i);
	text = rc == 0 ? json_dumps(labels, JSON_COMPACT) : NULL;
	checkpoint->labels = text ? arena_copy(&checkpoint->arena, text) : NULL;
	if (rc == 0 && !checkpoint->labels)
		rc = err_set_memory(err);
	free(text);
	json_decref(labels);
	return rc;
}

int checkpoint_add_torch(struct checkpoint *checkpoint, const struct torch_file *file,
			 const char *name, struct err *err)
{
	const struct pickle_value *root = file->root, *state = find_held(root, HOLDER_DEPTH);

	if (!state)
		state = find_only(root);
	if (!state)
		return err_set_at(err, name, 0, 0,
				  "it holds %s%s%.150s, but no one dict of named tensors: save "
				  "model.state_dict()",
				  pickle_kind_name(root->kind),
				  root->kind == PICKLE_OBJECT ? " of " : "",
				  root->kind == PICKLE_OBJECT ? root->text : "");
	for (size_t i = 0; state != root && i + 1 < root->n; i += 2)
		if (find_held(root->items[i + 1], HOLDER_DEPTH) != state &&
		    note_extra(checkpoint, root->items[i], root->items[i + 1], err) < 0)
			return -1;
	return note_labels(checkpoint, root, name, err) < 0 ? -1 : add_state(checkpoint, state, err);
}
