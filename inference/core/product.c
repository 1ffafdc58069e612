/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/product.h"

#include "inference/core/kernels.h"
#include "inference/core/product_priv.h"
#include "lib/base/pool.h"

#include <stdatomic.h>
#include <string.h>

/* Panels that are at hand together in a second-level cache: a tile's rows, in the first-level one, pass by
 * all of them. */
#define BLOCK_PANELS 4
#define CACHE_LINE 16 /* floats */
/* Sums and products that take long enough, about a millisecond, to start threads for. */
#define WORTH_THREADS (size_t)(16 << 20)

static bool always(void)
{
	return true;
}

#if defined(__x86_64__)
static bool have_avx512(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx512f");
}

static bool have_avx2(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

static const struct {
	const struct product_kernel *kernel;
	bool (*supported)(void);
} sets[] = {
#if defined(__x86_64__)
	{ &product_avx512, have_avx512 },
	{ &product_avx2, have_avx2 },
#endif
	{ &product_portable, always },
};

static _Atomic(const struct product_kernel *) chosen;

bool product_choose(const char *name)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (sets[i].supported() && (!name || strcmp(sets[i].kernel->name, name) == 0)) {
			atomic_store(&chosen, sets[i].kernel);
			return true;
		}
	return false;
}

const struct product_kernel *product_kernel(void)
{
	const struct product_kernel *kernel = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (kernel)
		return kernel;
	product_choose(NULL);
	return atomic_load(&chosen);
}

bool product_is_fast(void)
{
	return product_kernel() != &product_portable;
}

const char *product_kernel_name(void)
{
	return product_kernel()->name;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t panels_of(const struct product_kernel *kernel, size_t out)
{
	return (out + kernel->panel - 1) / kernel->panel;
}

size_t product_panel(void)
{
	return product_kernel()->panel;
}

size_t product_packed_size(size_t out, size_t depth)
{
	const struct product_kernel *kernel = product_kernel();

	return panels_of(kernel, out) * kernel->panel * depth;
}

void product_pack(const float *weight, size_t out, size_t depth, float *packed)
{
	const struct product_kernel *kernel = product_kernel();

	for (size_t column = 0; column < out; column += kernel->panel)
		kernel->pack(weight + column * depth, depth, smaller(kernel->panel, out - column), depth,
			     packed + column * depth);
}

/* A part of the depth: whole runs, or a part of one. */
struct part {
	size_t first, runs, run; /* first: among the depth */
	size_t start;            /* of a part of one, from a row's place */
	const size_t *offsets;   /* [runs] */
};

static struct part part_at(const struct product *product, size_t most, size_t first)
{
	static const size_t nothing = 0;
	const size_t *offsets = product->offsets ? product->offsets : &nothing;
	size_t number = first / product->run, within = first % product->run;

	if (product->run <= most)
		return (struct part){ first, smaller(most / product->run, product->runs - number),
				      product->run, 0, offsets + number };
	return (struct part){ first, 1, smaller(most, product->run - within), offsets[number] + within,
			      &nothing };
}

static size_t place_of(const struct product_rows *rows, size_t i)
{
	return rows->places ? rows->places[i] : i * rows->stride;
}

/* Some columns from one part of the depth. */
struct work {
	const struct product *product;
	const struct product_kernel *kernel;
	size_t column, columns; /* first, and how many: at most BLOCK_PANELS panels */
	struct part part;
	bool is_first, is_last; /* of the parts */
	const float *weights;   /* of the panels, `weights_step` apart */
	size_t weights_step;
};

/* The weights, packed in `room` where they are not yet. */
static void set_weights(struct work *work, float *room)
{
	const struct product *product = work->product;
	size_t panel = work->kernel->panel, depth = product->runs * product->run;
	size_t run = work->part.runs * work->part.run;
	size_t stride = product->weight_stride ? product->weight_stride : depth;

	if (product->packed) {
		work->weights = product->packed + work->column * depth + work->part.first * panel;
		work->weights_step = depth * panel;
		return;
	}
	for (size_t at = 0; at < work->columns; at += panel)
		work->kernel->pack(product->weight + (work->column + at) * stride + work->part.first,
				   stride, smaller(panel, work->columns - at), run, room + at * run);
	work->weights = room;
	work->weights_step = run * panel;
}

/* A tile's rows by all panels; `tile` has its rows, with y at the first column. */
static void run_panels(const struct work *work, struct product_tile *tile)
{
	const struct product *product = work->product;
	size_t panel = work->kernel->panel;
	bool is_gelu = product->end == PRODUCT_GELU;
	const float *bias = product->bias ? product->bias + work->column : NULL;
	float *y[PRODUCT_ROWS];

	memcpy(y, tile->y, sizeof(y));
	tile->weight = work->weights;
	for (size_t at = 0; at < work->columns; at += panel, tile->weight += work->weights_step) {
		tile->columns = smaller(panel, work->columns - at);
		tile->bias = bias && work->is_first && !is_gelu ? bias + at : NULL;
		work->kernel->run(tile);
		for (size_t i = 0; i < tile->rows; i++)
			tile->y[i] += panel;
	}
	if (is_gelu && work->is_last)
		for (size_t i = 0; i < tile->rows; i++)
			kernels()->gelu(y[i], bias, 1, work->columns);
}

/* Ask for what the tile after the one in hand reads and writes. */
static void fetch(const float *x, size_t depth, const float *y, size_t columns)
{
	for (size_t i = 0; i < depth; i += CACHE_LINE)
		__builtin_prefetch(x + i);
	for (size_t i = 0; i < columns; i += CACHE_LINE)
		__builtin_prefetch(y + i, 1);
}

static void run_rows(const struct work *work, const float *x, const struct product_rows *x_rows,
		     float *y, const struct product_rows *y_rows)
{
	struct product_tile tile = { .step = work->kernel->panel,
				     .runs = work->part.runs,
				     .run = work->part.run,
				     .offsets = work->part.offsets,
				     .add = work->product->add || !work->is_first,
				     .relu = work->is_last && work->product->end == PRODUCT_RELU,
				     .leaky = work->is_last && work->product->end == PRODUCT_LEAKY,
				     .slope = work->product->slope };

	x += work->part.start;
	y += work->column;
	for (size_t row = 0; row < x_rows->n; row += PRODUCT_ROWS) {
		tile.rows = smaller(PRODUCT_ROWS, x_rows->n - row);
		for (size_t i = 0; i < tile.rows; i++) {
			tile.x[i] = x + place_of(x_rows, row + i);
			tile.y[i] = y + place_of(y_rows, row + i);
		}
		for (size_t i = row + PRODUCT_ROWS; i < row + 2 * PRODUCT_ROWS && i < x_rows->n; i++)
			fetch(x + place_of(x_rows, i), work->part.run, y + place_of(y_rows, i),
			      work->columns);
		run_panels(work, &tile);
	}
}

/* One call. */
struct call {
	const struct product *product;
	const struct product_kernel *kernel;
	const float *x;
	const struct product_rows *x_rows;
	float *y;
	const struct product_rows *y_rows;
};

/* Block number `number` of the columns. */
static void run_block(void *context, size_t number, int thread)
{
	static _Thread_local _Alignas(64) float room[BLOCK_PANELS * PRODUCT_PANEL_FLOATS];
	const struct call *call = context;
	const struct product *product = call->product;
	size_t depth = product->runs * product->run, most = BLOCK_PANELS * call->kernel->panel;
	struct work work = { .product = product, .kernel = call->kernel, .column = number * most };

	(void)thread;
	work.columns = smaller(most, product->out - work.column);
	for (size_t at = 0; at < depth; at += work.part.runs * work.part.run) {
		work.part = part_at(product, work.kernel->depth, at);
		work.is_first = at == 0;
		work.is_last = at + work.part.runs * work.part.run == depth;
		set_weights(&work, room);
		run_rows(&work, call->x, call->x_rows, call->y, call->y_rows);
	}
}

static _Thread_local int threads = 1;

void product_set_threads(int wanted)
{
	threads = wanted > 1 ? wanted : 1;
}

void product_run(const struct product *product, const float *x, const struct product_rows *x_rows,
		 float *y, const struct product_rows *y_rows)
{
	struct call call = { product, product_kernel(), x, x_rows, y, y_rows };
	size_t columns = BLOCK_PANELS * call.kernel->panel;
	size_t n = (product->out + columns - 1) / columns;

	if (threads > 1 && product->runs * product->run * product->out * x_rows->n >= WORTH_THREADS)
		pool_run(threads, n, run_block, &call);
	else
		for (size_t i = 0; i < n; i++)
			run_block(&call, i, 0);
}

/* Columns that a panel lacks are zeros. */
static void widen(const float *weight, size_t stride, size_t depth, size_t columns, size_t panel,
		  float *out)
{
	for (size_t k = 0; k < depth; k++, weight += stride, out += panel) {
		memcpy(out, weight, columns * sizeof(*out));
		memset(out + columns, 0, (panel - columns) * sizeof(*out));
	}
}

/* The columns of a panel from a part of the depth that is no longer than the kernel's. */
static void multiply_panel(const float *x, size_t x_stride, size_t rows, size_t depth,
			   const float *weight, size_t weight_stride, size_t columns, bool add,
			   float *y, size_t y_stride)
{
	static const size_t nothing = 0;
	const struct product_kernel *kernel = product_kernel();
	_Alignas(64) float room[PRODUCT_PANEL_FLOATS];
	struct product_tile tile = { .columns = columns,
				     .weight = weight,
				     .step = weight_stride,
				     .runs = 1,
				     .run = depth,
				     .offsets = &nothing,
				     .add = add };

	if (columns < kernel->panel) {
		widen(weight, weight_stride, depth, columns, kernel->panel, room);
		tile.weight = room;
		tile.step = kernel->panel;
	}
	for (size_t row = 0; row < rows; row += PRODUCT_ROWS) {
		tile.rows = smaller(PRODUCT_ROWS, rows - row);
		for (size_t i = 0; i < tile.rows; i++) {
			tile.x[i] = x + (row + i) * x_stride;
			tile.y[i] = y + (row + i) * y_stride;
		}
		kernel->run(&tile);
	}
}

void product_multiply(const float *x, size_t x_stride, size_t rows, size_t depth, const float *weight,
		      size_t weight_stride, size_t columns, bool add, float *y, size_t y_stride)
{
	const struct product_kernel *kernel = product_kernel();

	for (size_t first = 0; first < depth; first += kernel->depth) {
		size_t run = smaller(kernel->depth, depth - first);

		for (size_t column = 0; column < columns; column += kernel->panel)
			multiply_panel(x + first, x_stride, rows, run,
				       weight + first * weight_stride + column, weight_stride,
				       smaller(kernel->panel, columns - column), add || first > 0,
				       y + column, y_stride);
	}
}
