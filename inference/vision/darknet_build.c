/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet.h"

#include "inference/vision/darknet_priv.h"
#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#define SIDE_MOST 8192
#define FILTERS_MOST 65536
#define NORM_EPSILON 1e-6
#define GREEDY_POWER 0.6f /* of Darknet's greedynms, whatever beta_nms says */

struct build {
	struct darknet_model *model;
	const struct darknet_cfg *cfg;
	const struct darknet_section *section; /* of the layer in hand */
	struct darknet_node *node;             /* and its node, with `from` the one before */
	size_t number;                         /* of the node */
};

static int integer(const struct build *build, const char *key, int fallback, int least, int most, int *out,
		   struct err *err)
{
	return darknet_cfg_integer(build->cfg, build->section, key, fallback, least, most, out, err);
}

static int refuse(const struct build *build, const char *why, struct err *err)
{
	return err_set_at(err, build->cfg->path, build->section->line, 0, "[%.40s]: %s",
			  build->section->name, why);
}

static const struct darknet_node *source_of(const struct build *build, size_t i)
{
	return &build->model->nodes[build->node->from[i]];
}

/* A key that asks for what is not done here, but with the value that means nothing. */
static int refuse_keys(const struct build *build, const char *const *keys, struct err *err)
{
	for (; *keys; keys++) {
		const struct darknet_option *option = darknet_cfg_find(build->section, *keys);

		if (option && strcmp(option->value, "0") != 0 && strcmp(option->value, "none") != 0 &&
		    strcmp(option->value, "1") != 0)
			return err_set_at(err, build->cfg->path, option->line, 0,
					  "%s=%.40s of [%.40s] is not supported", *keys, option->value,
					  build->section->name);
		if (option && strcmp(option->value, "1") == 0 && strcmp(*keys, "dilation") != 0)
			return err_set_at(err, build->cfg->path, option->line, 0,
					  "%s=1 of [%.40s] is not supported", *keys, build->section->name);
	}
	return 0;
}

static int read_activation(struct build *build, const char *fallback, struct err *err)
{
	static const struct {
		const char *name;
		enum darknet_activation activation;
	} known[] = {
		{ "linear", ACTIVATION_LINEAR }, { "relu", ACTIVATION_RELU },
		{ "leaky", ACTIVATION_LEAKY },   { "logistic", ACTIVATION_LOGISTIC },
		{ "mish", ACTIVATION_MISH },     { "swish", ACTIVATION_SWISH },
	};
	const struct darknet_option *option = darknet_cfg_find(build->section, "activation");
	const char *name = option ? option->value : fallback;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].name, name) == 0) {
			build->node->activation = known[i].activation;
			return 0;
		}
	return err_set_at(err, build->cfg->path, option ? option->line : build->section->line, 0,
			  "activation '%.40s' is not supported: linear, relu, leaky, logistic, mish or swish",
			  name);
}

/* The layers that a key lists, negative ones counted back from this one. */
static int read_sources(struct build *build, const char *key, size_t first, struct err *err)
{
	struct darknet_node *node = build->node;
	float list[DARKNET_LIST];
	size_t n;

	if (darknet_cfg_list(build->cfg, build->section, key, list, &n, err) < 0)
		return -1;
	if (n == 0 || n > DARKNET_SOURCES - first)
		return refuse(build, "lists no layers to read, or too many", err);
	for (size_t i = 0; i < n; i++) {
		float layer = list[i] < 0 ? list[i] + (float)(build->number - 1) : list[i];
		const struct darknet_option *option = darknet_cfg_find(build->section, key);

		if (!(layer >= 0 && layer < (float)(build->number - 1)))
			return err_set_at(err, build->cfg->path, option->line, 0,
					  "%s: layer %g is not before this one, number %zu", key, (double)list[i],
					  build->number - 1);
		node->from[first + i] = (size_t)layer + 1;
		if (build->model->nodes[node->from[first + i]].is_head)
			return err_set_at(err, build->cfg->path, option->line, 0,
					  "%s: layer %g is a head, which nothing reads", key, (double)list[i]);
	}
	node->n_from = first + n;
	return 0;
}

static int set_sides(struct build *build, int height, int width, struct err *err)
{
	if (height < 1 || width < 1 || height > SIDE_MOST || width > SIDE_MOST)
		return refuse(build, "its map would have no place, or too many", err);
	build->node->height = (size_t)height;
	build->node->width = (size_t)width;
	return 0;
}

static int build_conv(struct build *build, struct err *err)
{
	static const char *const unsupported[] = { "dilation", "antialiasing", "xnor",       "binary", "bin_output",
						   "flipped",  "dot",          "share_index", "cbn",   "deform",
						   "rotate",   "sway",         "stretch",     "coordconv", "assisted_excitation",
						   NULL };
	struct darknet_node *node = build->node;
	int pad, norm, x, y, height = (int)node->height, width = (int)node->width;

	node->kind = DARKNET_CONV;
	if (refuse_keys(build, unsupported, err) < 0 || read_activation(build, "logistic", err) < 0 ||
	    integer(build, "filters", 1, 1, FILTERS_MOST, &node->filters, err) < 0 ||
	    integer(build, "size", 1, 1, MAP_KERNEL, &node->kernel, err) < 0 ||
	    integer(build, "stride", 1, 1, 64, &node->stride, err) < 0 ||
	    integer(build, "stride_x", node->stride, 1, 64, &x, err) < 0 ||
	    integer(build, "stride_y", node->stride, 1, 64, &y, err) < 0 ||
	    integer(build, "groups", 1, 1, FILTERS_MOST, &node->groups, err) < 0 ||
	    integer(build, "padding", 0, 0, 64, &node->padding, err) < 0 ||
	    integer(build, "pad", 0, 0, 1, &pad, err) < 0 ||
	    integer(build, "batch_normalize", 0, 0, 1, &norm, err) < 0)
		return -1;
	if (x != y)
		return refuse(build, "strides that differ are not supported", err);
	node->stride = x;
	if (pad)
		node->padding = node->kernel / 2;
	node->has_norm = norm;
	if (node->channels % (size_t)node->groups || node->filters % node->groups)
		return refuse(build, "groups divides neither the channels nor the filters", err);
	return set_sides(build, (height + 2 * node->padding - node->kernel) / node->stride + 1,
			 (width + 2 * node->padding - node->kernel) / node->stride + 1, err);
}

static int build_pool(struct build *build, struct err *err)
{
	static const char *const unsupported[] = { "maxpool_depth", "antialiasing", "maxpool_zero_nonmax", NULL };
	struct darknet_node *node = build->node;

	node->kind = DARKNET_POOL;
	if (refuse_keys(build, unsupported, err) < 0 ||
	    integer(build, "stride", 1, 1, 64, &node->stride, err) < 0 ||
	    integer(build, "size", node->stride, 1, 64, &node->kernel, err) < 0 ||
	    integer(build, "padding", node->kernel - 1, 0, 2 * node->kernel - 2, &node->padding, err) < 0)
		return -1;
	return set_sides(build,
			 ((int)node->height + node->padding - node->kernel) / node->stride + 1,
			 ((int)node->width + node->padding - node->kernel) / node->stride + 1, err);
}

static int build_route(struct build *build, struct err *err)
{
	struct darknet_node *node = build->node;
	size_t channels = 0;

	if (read_sources(build, "layers", 0, err) < 0 ||
	    integer(build, "groups", 1, 1, FILTERS_MOST, &node->groups, err) < 0 ||
	    integer(build, "group_id", 0, 0, node->groups - 1, &node->group, err) < 0)
		return -1;
	for (size_t i = 0; i < node->n_from; i++) {
		const struct darknet_node *from = source_of(build, i);

		if (from->channels % (size_t)node->groups)
			return refuse(build, "groups does not divide the channels of what it reads", err);
		if (from->height != source_of(build, 0)->height || from->width != source_of(build, 0)->width)
			return refuse(build, "the maps that it reads have different sides", err);
		channels += from->channels / (size_t)node->groups;
	}
	if (channels > FILTERS_MOST)
		return refuse(build, "more channels than are served", err);
	node->kind = node->n_from == 1 && node->groups == 1 ? DARKNET_SAME : DARKNET_ROUTE;
	node->channels = channels;
	return set_sides(build, (int)source_of(build, 0)->height, (int)source_of(build, 0)->width, err);
}

static int build_shortcut(struct build *build, struct err *err)
{
	static const char *const unsupported[] = { "weights_type", NULL };

	build->node->kind = DARKNET_SHORTCUT;
	if (refuse_keys(build, unsupported, err) < 0 || read_activation(build, "linear", err) < 0 ||
	    read_sources(build, "from", 1, err) < 0)
		return -1;
	for (size_t i = 1; i < build->node->n_from; i++)
		if (source_of(build, i)->height != build->node->height ||
		    source_of(build, i)->width != build->node->width)
			return refuse(build, "the maps that it adds have different sides", err);
	return 0;
}

/* [sam] and [scale_channels]: what is read `from` times the layer before. */
static int build_scaled(struct build *build, enum darknet_kind kind, struct err *err)
{
	static const char *const unsupported[] = { "scale_wh", NULL };
	struct darknet_node *node = build->node;
	const struct darknet_node *from;

	node->kind = kind;
	if (refuse_keys(build, unsupported, err) < 0 || read_activation(build, "linear", err) < 0 ||
	    read_sources(build, "from", 1, err) < 0)
		return -1;
	from = source_of(build, 1);
	if (node->n_from != 2 || from->channels != node->channels ||
	    (kind == DARKNET_SAM && (from->height != node->height || from->width != node->width)) ||
	    (kind == DARKNET_SCALE && (node->height != 1 || node->width != 1)))
		return refuse(build, "the shapes of what it multiplies do not fit", err);
	return set_sides(build, (int)from->height, (int)from->width, err);
}

static int build_upsample(struct build *build, struct err *err)
{
	struct darknet_node *node = build->node;

	node->kind = DARKNET_UPSAMPLE;
	if (integer(build, "stride", 2, 1, 64, &node->stride, err) < 0 ||
	    darknet_cfg_number(build->cfg, build->section, "scale", 1, -1e6f, 1e6f, &node->scale, err) < 0)
		return -1;
	return set_sides(build, (int)node->height * node->stride, (int)node->width * node->stride, err);
}

static int build_reorg(struct build *build, struct err *err)
{
	static const char *const unsupported[] = { "reverse", NULL };
	struct darknet_node *node = build->node;
	size_t stride;

	node->kind = DARKNET_REORG;
	if (refuse_keys(build, unsupported, err) < 0 ||
	    integer(build, "stride", 1, 1, 16, &node->stride, err) < 0)
		return -1;
	stride = (size_t)node->stride;
	if (node->height % stride || node->width % stride || node->channels % (stride * stride) ||
	    node->channels * stride * stride > FILTERS_MOST)
		return refuse(build, "stride does not divide the map, or its square the channels", err);
	node->channels *= stride * stride;
	return set_sides(build, (int)(node->height / stride), (int)(node->width / stride), err);
}

static int build_average(struct build *build, struct err *err)
{
	build->node->kind = DARKNET_AVERAGE;
	return set_sides(build, 1, 1, err);
}

static int build_dropout(struct build *build, struct err *err)
{
	(void)err;
	build->node->kind = DARKNET_SAME;
	return 0;
}

/* The sizes of the head's own anchors, of all that the cfg lists. */
static int read_anchors(const struct build *build, struct darknet_head *head, struct err *err)
{
	float anchors[DARKNET_LIST], mask[DARKNET_LIST];
	size_t n, n_mask;
	int total;

	if (darknet_cfg_list(build->cfg, build->section, "anchors", anchors, &n, err) < 0 ||
	    darknet_cfg_list(build->cfg, build->section, "mask", mask, &n_mask, err) < 0 ||
	    integer(build, "num", 1, 1, DARKNET_ANCHORS, &total, err) < 0)
		return -1;
	if (n_mask == 0 || head->is_region)
		for (n_mask = 0; n_mask < (size_t)total; n_mask++)
			mask[n_mask] = (float)n_mask;
	if (n_mask > DARKNET_ANCHORS)
		return refuse(build, "more anchors than are served", err);
	head->anchors = n_mask;
	for (size_t i = 0; i < n_mask; i++) {
		if (!(mask[i] >= 0 && mask[i] < DARKNET_ANCHORS && (size_t)mask[i] * 2 + 1 < n))
			return refuse(build, "mask or num asks for an anchor that is not listed", err);
		for (size_t side = 0; side < 2; side++) {
			head->sizes[2 * i + side] = anchors[2 * (size_t)mask[i] + side];
			if (!(head->sizes[2 * i + side] > 0 && head->sizes[2 * i + side] < 1e6f))
				return refuse(build, "an anchor is no size", err);
		}
	}
	return 0;
}

/* How boxes are chosen. What iou_thresh says, and thresh of a [region], is for training alone. */
static int read_choice(const struct build *build, struct darknet_head *head, struct err *err)
{
	const char *kind = darknet_cfg_text(build->section, "nms_kind", "default");
	float beta;

	if (darknet_cfg_number(build->cfg, build->section, "beta_nms", GREEDY_POWER, 0.01f, 100, &beta, err) < 0)
		return -1;
	head->centre_power = strcmp(kind, "greedynms") == 0 ? GREEDY_POWER :
			     strcmp(kind, "diounms") == 0 ? beta : 0;
	return head->is_region ? 0 : darknet_cfg_number(build->cfg, build->section, "thresh", 0, 0, 1,
							&head->threshold, err);
}

static int build_head(struct build *build, bool is_region, struct err *err)
{
	static const char *const unsupported[] = { "tree", "map", "classfix", NULL };
	struct darknet_node *node = build->node;
	const struct darknet_node *input = build->model->nodes;
	struct darknet_head *head = &node->head;
	int classes, new_coords, softmax, coords;

	node->kind = DARKNET_SAME;
	node->is_head = true;
	*head = (struct darknet_head){ .is_region = is_region, .layer = build->number - 1,
				       .height = node->height, .width = node->width,
				       .input_height = input->height, .input_width = input->width };
	if (refuse_keys(build, unsupported, err) < 0 || read_anchors(build, head, err) < 0 ||
	    integer(build, "classes", 20, 1, DARKNET_CLASSES, &classes, err) < 0 ||
	    integer(build, "new_coords", 0, 0, 1, &new_coords, err) < 0 ||
	    integer(build, "softmax", 0, 0, 1, &softmax, err) < 0 ||
	    integer(build, "coords", 4, 4, 4, &coords, err) < 0 ||
	    darknet_cfg_number(build->cfg, build->section, "scale_x_y", 1, 0.01f, 100, &head->scale_x_y, err) < 0 ||
	    read_choice(build, head, err) < 0)
		return -1;
	head->classes = (size_t)classes;
	head->new_coords = new_coords;
	head->softmax = softmax;
	if (node->channels != head->anchors * (head->classes + 5))
		return err_set_at(err, build->cfg->path, build->section->line, 0,
				  "[%.40s]: %zu anchors of %zu classes need %zu filters before it, not %zu",
				  build->section->name, head->anchors, head->classes,
				  head->anchors * (head->classes + 5), node->channels);
	if (build->model->n_heads == DARKNET_HEADS)
		return refuse(build, "more heads than are served", err);
	build->model->heads[build->model->n_heads++] = build->number;
	return 0;
}

static int build_yolo(struct build *build, struct err *err)
{
	return build_head(build, false, err);
}

static int build_region(struct build *build, struct err *err)
{
	return build_head(build, true, err);
}

static int build_sam(struct build *build, struct err *err)
{
	return build_scaled(build, DARKNET_SAM, err);
}

static int build_scale_channels(struct build *build, struct err *err)
{
	return build_scaled(build, DARKNET_SCALE, err);
}

static const struct {
	const char *name;
	int (*build)(struct build *build, struct err *err);
} layers[] = {
	{ "convolutional", build_conv }, { "conv", build_conv },
	{ "maxpool", build_pool },       { "max", build_pool },
	{ "route", build_route },        { "shortcut", build_shortcut },
	{ "upsample", build_upsample },  { "sam", build_sam },
	{ "reorg", build_reorg },        { "scale_channels", build_scale_channels },
	{ "avgpool", build_average },    { "avg", build_average },
	{ "dropout", build_dropout },    { "yolo", build_yolo },
	{ "region", build_region },
};

static int build_layer(struct build *build, struct err *err)
{
	const struct darknet_node *before = build->node - 1;

	/* A head passes nothing on: what follows it begins with a route, whose sources are its own. */
	if (before->is_head && strcmp(build->section->name, "route") != 0)
		return refuse(build, "follows a head, which only a [route] can", err);
	*build->node = (struct darknet_node){ .line = build->section->line, .height = before->height,
					      .width = before->width, .channels = before->channels,
					      .from = { build->number - 1 }, .n_from = 1, .groups = 1 };
	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
		if (strcmp(layers[i].name, build->section->name) == 0) {
			if (layers[i].build(build, err) < 0)
				return -1;
			if (build->node->kind == DARKNET_CONV)
				build->node->channels = (size_t)build->node->filters;
			return 0;
		}
	return refuse(build, "a layer of this kind is not supported", err);
}

static int build_input(struct build *build, const struct darknet_options *options, struct err *err)
{
	int height, width, channels, letter_box;

	build->section = build->cfg->sections;
	if (integer(build, "height", 416, 1, SIDE_MOST, &height, err) < 0 ||
	    integer(build, "width", 416, 1, SIDE_MOST, &width, err) < 0 ||
	    integer(build, "channels", 3, 3, 3, &channels, err) < 0 ||
	    integer(build, "letter_box", 0, 0, 1, &letter_box, err) < 0)
		return -1;
	build->model->letter_box = letter_box;
	*build->node = (struct darknet_node){ .kind = DARKNET_INPUT, .line = build->section->line,
					      .channels = 3, .groups = 1 };
	return set_sides(build, options->height > 0 ? options->height : height,
			 options->width > 0 ? options->width : width, err);
}

static int build_nodes(struct build *build, const struct darknet_options *options, struct err *err)
{
	struct darknet_model *model = build->model;

	model->norm_epsilon = options->norm_epsilon > 0 ? options->norm_epsilon : NORM_EPSILON;
	model->path = arena_copy(&model->arena, build->cfg->path);
	model->nodes = arena_alloc(&model->arena, build->cfg->n_sections, sizeof(*model->nodes));
	if (!model->path || !model->nodes)
		return err_set_memory(err);
	build->node = model->nodes;
	if (build_input(build, options, err) < 0)
		return -1;
	for (size_t i = 1; i < build->cfg->n_sections; i++) {
		build->section = &build->cfg->sections[i];
		build->node = &model->nodes[i];
		build->number = i;
		if (build_layer(build, err) < 0)
			return -1;
	}
	model->n_nodes = build->cfg->n_sections;
	return 0;
}

static int want(struct darknet_model *model, const struct darknet_options *options, struct err *err)
{
	for (size_t i = 0; i < options->n_outputs; i++) {
		if (options->outputs[i] + 1 >= model->n_nodes)
			return err_set_at(err, model->path, 0, 0, "has no layer %zu, but %zu layers",
					  options->outputs[i], model->n_nodes - 1);
		model->nodes[options->outputs[i] + 1].wanted = true;
	}
	if (options->n_outputs)
		return 0;
	for (size_t i = 0; i < model->n_heads; i++)
		model->nodes[model->heads[i]].wanted = true;
	if (model->n_heads == 0)
		return err_set_at(err, model->path, 0, 0, "has no [yolo] or [region] layer, so it finds no boxes");
	return 0;
}

struct darknet_model *darknet_new(const struct darknet_cfg *cfg, const struct darknet_options *options,
				  struct err *err)
{
	struct darknet_model *model = checked_calloc(1, sizeof(*model));
	struct build build = { .model = model, .cfg = cfg };

	if (!model) {
		err_set_memory(err);
		return NULL;
	}
	if (build_nodes(&build, options, err) == 0 && want(model, options, err) == 0 &&
	    darknet_plan(model, err) == 0)
		return model;
	darknet_free(model);
	return NULL;
}
