/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/system.h"
#include "tests/unit/golden_set.h"

#define SLOTS 4
#define LAYERS 12

static const json_t *tweet_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "tweets"), i);
}

static const json_t *golden_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->golden, "tweets"), i);
}

/* A missing picture has a name without a file, so that inf.png must take its place. */
static void place_pictures(struct golden_set *set, size_t i)
{
	const char *whole = golden_shared(set, json_object_get(tweet_of(set, i), "picture"));
	const json_t *files = json_array_get(json_object_get(set->golden, "pictures"), i);
	struct record_pictures *pictures = &set->records[i].pictures;

	pictures->whole = whole ? whole : "none.jpg";
	pictures->fallback = golden_path(set, "input/inf.png");
	for (size_t slot = 1; slot < json_array_size(files); slot++)
		pictures->crops[slot - 1] = arena_format(
			&set->arena, "%s/input/crops/%s", set->folder,
			json_string_value(json_object_get(json_array_get(files, slot), "file")));
}

static struct mention read_mention(const json_t *tweet, const char *key)
{
	const json_t *mention = json_object_get(tweet, key), *place = json_object_get(mention, "pos");

	return (struct mention){ json_string_value(json_object_get(mention, "name")),
				 (long)json_integer_value(json_array_get(place, 0)),
				 (long)json_integer_value(json_array_get(place, 1)) };
}

static struct relation *make_relation(struct golden_set *set, size_t i)
{
	const json_t *tweet = tweet_of(set, i), *words = json_object_get(tweet, "words");
	struct relation *relation = arena_alloc(&set->arena, 1, sizeof(*relation));

	relation->n_words = json_array_size(words);
	relation->words = arena_alloc(&set->arena, relation->n_words, sizeof(*relation->words));
	for (size_t k = 0; k < relation->n_words; k++)
		relation->words[k] = json_string_value(json_array_get(words, k));
	relation->head = read_mention(tweet, "h");
	relation->tail = read_mention(tweet, "t");
	return relation;
}

static void open_set(struct golden_set *set, const char *name)
{
	golden_open(set, name, (const char *const[]){ "spec.tsv", NULL });
	set->n = json_array_size(json_object_get(set->inputs, "tweets"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS - 3);
	for (size_t i = 0; i < set->n; i++)
		place_pictures(set, i);
}

/* A record's gates, [slots, layers, 4] here, by layer and then by slot. */
static void check_gates(const struct golden_set *set, size_t i)
{
	struct dump_entry gates = *golden_dump(set, i, "gates");
	const float *values = gates.values;
	float turned[LAYERS * SLOTS * 4];

	assert_int_equal(gates.elements, LAYERS * SLOTS * 4);
	for (size_t at = 0; at < gates.elements; at++)
		turned[at / 4 % LAYERS * SLOTS * 4 + at / (4 * LAYERS) * 4 + at % 4] = values[at];
	gates.values = turned;
	gates.shape[0] = LAYERS;
	gates.shape[1] = SLOTS;
	golden_check_part(set, "gates", i, &gates, NULL);
}

/* The original's [heads, rows, 64] of a layer's keys or values, which here are [rows, heads * 64]. */
static void check_prefix(const struct golden_set *set, const char *name, size_t i)
{
	struct dump_entry entry = *golden_dump(set, i, name);
	const float *values = entry.values;
	float *turned = malloc(entry.elements * sizeof(*turned));
	size_t rows = entry.shape[0], width = entry.shape[1];

	for (size_t row = 0; row < rows; row++)
		for (size_t c = 0; c < width; c++)
			turned[c / 64 * rows * 64 + row * 64 + c % 64] = values[row * width + c];
	entry.values = turned;
	entry.n_dims = 3;
	memcpy(entry.shape, (const size_t[]){ width / 64, rows, 64 }, 3 * sizeof(size_t));
	golden_check(set, name, &entry, NULL);
	free(turned);
}

static void check_intermediates(const struct golden_set *set)
{
	size_t show = (size_t)json_integer_value(json_object_get(set->inputs, "show"));
	static const char *const maps[] = { "stem", "stage1", "stage2", "stage3", "stage4" };
	static const char *const layers[][2] = { { "embeddings", "bert_embeddings" },
						 { "hidden.0", "bert_layer1" },
						 { "hidden.5", "bert_layer6" },
						 { "hidden.10", "bert_layer11" },
						 { "last_hidden", "bert_layer12" } };
	static const char *const prefixes[] = { "prefix_key.0", "prefix_value.0", "prefix_key.11",
						"prefix_value.11" };

	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		golden_check(set, maps[i], golden_dump(set, show, maps[i]), NULL);
	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
		golden_check(set, layers[i][0], golden_dump(set, show, layers[i][1]), NULL);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		check_prefix(set, prefixes[i], show);
	golden_check(set, "prompt", golden_dump(set, show, "prompt"), NULL);
	for (size_t i = 0; i < set->n; i++)
		check_gates(set, i);
}

static void test_entities(void **state)
{
	struct golden_set set;
	char name[40];

	(void)state;
	open_set(&set, "hvpnet_ner");
	for (size_t i = 0; i < set.n; i++)
		set.records[i].sentence = golden_sentence(&set, json_object_get(tweet_of(&set, i), "words"));
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_string_equal(set.predictor->name, "hvpnet_ner");
	for (size_t i = 0; i < set.n; i++) {
		golden_check_words(&set, i, json_object_get(golden_of(&set, i), "by_word"));
		golden_check_ids(&set, i, json_object_get(tweet_of(&set, i), "input_ids"));
		snprintf(name, sizeof(name), "emissions.%zu", i);
		golden_check(&set, name, golden_dump(&set, i, "emissions"), NULL);
	}
	check_intermediates(&set);
	golden_free_predictor(&set);

	/* The long tweet once more, cut later. */
	set.records[0] = set.records[6];
	set.n = 1;
	golden_predict(&set, (struct system_options){ .max_pieces = 128 });
	golden_check(&set, "emissions128.6", golden_dump(&set, 0, "emissions"), NULL);
	golden_free_predictor(&set);
	golden_close(&set);
}

static void check_relation(const struct golden_set *set, size_t i)
{
	const json_t *wanted = golden_of(set, i);
	const struct relation_prediction *got = &set->outcomes[i].relation;
	double probability = json_real_value(json_object_get(wanted, "probability")), sum = 0;
	const char *label = json_string_value(
		json_array_get(json_object_get(set->inputs, "labels"),
			       (size_t)json_integer_value(json_object_get(wanted, "predicted"))));

	assert_null(set->outcomes[i].fault);
	assert_string_equal(got->relation, label);
	assert_true(fabs((double)got->confidence - probability) < GOLDEN_TOLERANCE);
	for (size_t k = 0; k < set->predictor->n_labels; k++)
		sum += (double)got->probabilities[k];
	assert_true(fabs(sum - 1) < 1e-5);
}

/* No file and no empty slot is looked at twice. */
static void test_looks_once(void **state)
{
	struct sentence empty = { .n_tokens = 0 };
	const struct picture_store *store;
	struct err err = ERR_INIT;
	struct golden_set set;
	const char *inf;

	(void)state;
	golden_open(&set, "hvpnet_ner", (const char *const[]){ "spec.tsv", NULL });
	inf = golden_path(&set, "input/inf.png");
	for (size_t i = 0; i < 4; i++)
		set.records[i].sentence = &empty;
	set.records[0].pictures = (struct record_pictures){ .whole = inf, .crops = { inf } };
	set.records[1].pictures = (struct record_pictures){ .whole = "missing.jpg", .fallback = inf };
	set.records[2].pictures = (struct record_pictures){ .whole = "missing.jpg" };
	set.n = 4;
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	store = &((struct model *)set.predictor)->store;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(set.predictor->predict(set.predictor, set.records, set.n, set.outcomes,
							NULL, &set.arena, &err), 0);
		assert_int_equal(store->paths.n, 3); /* the picture, zeros, the one that is not there */
	}
	assert_null(set.outcomes[0].fault);
	assert_null(set.outcomes[0].replaced);
	assert_null(set.outcomes[1].fault);
	assert_non_null(strstr(set.outcomes[1].replaced, "missing.jpg"));
	assert_true(set.outcomes[1].broken);
	assert_non_null(strstr(set.outcomes[2].fault, "missing.jpg"));
	assert_string_equal(set.outcomes[3].fault, "it has no picture");
	golden_free_predictor(&set);
	golden_close(&set);
}

/* Behind the lines four with a fault each; what comes before must not change. */
static void add_faulty(struct golden_set *set)
{
	static const char *long_words[500];
	size_t n = set->n;
	struct relation *outside = make_relation(set, 0), *marked = make_relation(set, 0);
	struct relation *late = make_relation(set, 0);

	outside->head.begin = 9999;
	marked->words[0] = "<O>";
	for (size_t i = 0; i < 500; i++)
		long_words[i] = "word";
	late->words = long_words;
	late->n_words = 500;
	late->tail.begin = 400;
	for (size_t i = n; i < n + 4; i++)
		set->records[i] = set->records[0];
	set->records[n].pictures.crops[0] = "no-such-crop.png";
	set->records[n + 1].relation = outside;
	set->records[n + 2].relation = marked;
	set->records[n + 3].relation = late;
	set->n += 4;
}

static void test_relations(void **state)
{
	struct golden_set set;
	size_t n;

	(void)state;
	open_set(&set, "hvpnet_re");
	n = set.n;
	for (size_t i = 0; i < n; i++)
		set.records[i].relation = make_relation(&set, i);
	add_faulty(&set);
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_string_equal(set.predictor->name, "hvpnet_re");
	assert_non_null(strstr(set.outcomes[n].fault, "no-such-crop.png"));
	assert_non_null(strstr(set.outcomes[n + 1].fault, "its head begins at word 9999, but it has"));
	assert_non_null(strstr(set.outcomes[n + 2].fault, "the marker of its tail stands 2 times"));
	assert_non_null(strstr(set.outcomes[n + 3].fault, "its tail, at word 400, lies behind its first 80"));
	set.n = n;
	for (size_t i = 0; i < n; i++) {
		check_relation(&set, i);
		golden_check_ids(&set, i, json_object_get(tweet_of(&set, i), "input_ids"));
		golden_check_part(&set, "logits", i, golden_dump(&set, i, "logits"), NULL);
	}
	check_intermediates(&set);
	golden_free_predictor(&set);
	golden_close(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_looks_once),
		cmocka_unit_test(test_relations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
