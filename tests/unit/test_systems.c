/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each system on tweets and pictures of this repository against what its original gave, see
 * tests/oracle/make_system_fixture.py. Needs nothing but the repository.
 */
#include "tests/unit/golden_set.h"

#define FOLDER "tests/oracle/systems"
#define FEATURES 4096 /* of an object, for MEGA */
#define ROW 10        /* numbers of a line of structural weights */

#ifdef __SANITIZE_ADDRESS__
#define SLOW 1 /* full-size ResNets take minutes */
#else
#define SLOW 0
#endif

/* A fixture, and the system whose checkpoint it is. */
struct fixture {
	const char *name, *system;
	bool heavy; /* left out where all is slow */
};

static const struct fixture bert_crf = { "bert_crf", "bert_crf", false };
static const struct fixture hvpnet_ner = { "hvpnet_ner", "hvpnet_ner", true };
static const struct fixture hvpnet_re = { "hvpnet_re", "hvpnet_re", true };
static const struct fixture umt = { "umt", "umt", true };
static const struct fixture maf = { "maf", "maf", true };
static const struct fixture umgf = { "umgf", "umgf", true };
static const struct fixture rpbert = { "rpbert", "rpbert", true };
static const struct fixture rpbert_linear = { "rpbert_linear", "rpbert", true };
static const struct fixture mega = { "mega", "mega", false };

/* A set, and files that go with it. */
struct run {
	struct golden_set set;
	uint64_t seed;
	char *vocabulary;
	char *made[2 * GOLDEN_RECORDS]; /* [n_made] */
	size_t n_made;
};

static const json_t *record_of(const struct run *run, size_t i)
{
	return json_array_get(json_object_get(run->set.inputs, "records"), i);
}

static void add_model(struct run *run, const json_t *parts)
{
	static const char *const all[] = { "", NULL };
	char *path = temporary_text("");
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);
	const json_t *part;
	size_t i;

	assert_non_null(writer);
	json_array_foreach(parts, i, part)
		generated_spec(writer, golden_path(&run->set, json_string_value(json_array_get(part, 0))),
			       json_string_value(json_array_get(part, 1)), all, run->seed);
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);
	buf_add_format(&run->set.models, run->set.models.length ? ",%s" : "%s", path);
	free(path);
}

/* The default tagger's. */
static char *make_vocabulary(void)
{
	struct safetensors tagger;
	struct err err = ERR_INIT;
	const struct tensor *pieces;
	char *path;

	assert_int_equal(safetensors_open(&tagger, "inference/models/tagger.safetensors", &err), 0);
	pieces = safetensors_find(&tagger, "vocab");
	assert_non_null(pieces);
	path = temporary_file(pieces->data, pieces->elements);
	safetensors_close(&tagger);
	return path;
}

static void open_run(struct run *run, const char *name)
{
	struct golden_set *set = &run->set;
	struct err err = ERR_INIT;
	const json_t *parts;
	size_t i;

	memset(run, 0, sizeof(*run));
	snprintf(set->folder, sizeof(set->folder), FOLDER);
	set->inputs = golden_json(set, arena_format(&set->arena, "%s.json", name));
	set->golden = json_incref(set->inputs);
	assert_int_equal(safetensors_open(&set->tensors,
					  golden_path(set, arena_format(&set->arena, "%s.safetensors", name)),
					  &err), 0);
	run->seed = (uint64_t)json_integer_value(json_object_get(set->inputs, "seed"));
	run->vocabulary = make_vocabulary();
	json_array_foreach(json_object_get(set->inputs, "models"), i, parts)
		add_model(run, parts);
	prediction_dump_init(&set->dump, true);
	set->n = json_array_size(json_object_get(set->inputs, "records"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS);
}

static void close_run(struct run *run)
{
	golden_free_predictor(&run->set);
	golden_close(&run->set);
	for (size_t i = 0; i < run->n_made; i++)
		temporary_remove(run->made[i]);
	temporary_remove(run->vocabulary);
}

static struct mention read_mention(const json_t *place)
{
	return (struct mention){ .begin = (long)json_integer_value(json_array_get(place, 0)),
				 .end = (long)json_integer_value(json_array_get(place, 1)) };
}

static struct relation *make_relation(struct run *run, const json_t *record)
{
	const json_t *words = json_object_get(record, "words");
	struct relation *relation = arena_alloc(&run->set.arena, 1, sizeof(*relation));

	relation->n_words = json_array_size(words);
	relation->words = arena_alloc(&run->set.arena, relation->n_words, sizeof(*relation->words));
	for (size_t i = 0; i < relation->n_words; i++)
		relation->words[i] = json_string_value(json_array_get(words, i));
	relation->head = read_mention(json_object_get(record, "head"));
	relation->tail = read_mention(json_object_get(record, "tail"));
	return relation;
}

/* A file of MEGA's: some lines, then generated numbers. */
static const char *make_numbers(struct run *run, struct generated_tensor *tensor, struct buf *text,
				size_t columns, char separator)
{
	float *values = malloc((tensor->elements + 1) * sizeof(*values));

	assert_non_null(values);
	assert_true(run->n_made < sizeof(run->made) / sizeof(*run->made));
	generate_floats(tensor, run->seed, values);
	for (size_t i = 0; i < tensor->elements; i++)
		buf_add_format(text, "%.9g%c", (double)values[i], (i + 1) % columns ? separator : '\n');
	free(values);
	run->made[run->n_made] = temporary_file(text->data, text->length);
	buf_release(text);
	return run->made[run->n_made++];
}

static void make_features(struct run *run, const json_t *record, struct predict_record *out)
{
	size_t n = (size_t)json_integer_value(json_object_get(record, "objects"));
	size_t rows = (size_t)json_integer_value(json_object_get(record, "rows"));
	const char *id = json_string_value(json_object_get(record, "id"));
	struct generated_tensor objects = { .elements = n * FEATURES, .mean = 0.5F, .scale = 0.5F };
	struct generated_tensor structure = { .elements = rows * ROW, .scale = 0.1F };
	struct buf text = BUF_INIT;

	snprintf(objects.name, sizeof(objects.name), "%s.objects", id);
	snprintf(structure.name, sizeof(structure.name), "%s.structure", id);
	buf_add_string(&text, "objects\n");
	for (size_t i = 0; i < n; i++)
		buf_add_format(&text, "thing%c", i + 1 < n ? '\t' : '\n');
	buf_add_string(&text, n ? "" : "\n\n");
	out->objects = make_numbers(run, &objects, &text, objects.elements + !n, '\t');
	text = (struct buf)BUF_INIT;
	buf_add_string(&text, "weights\n");
	out->structure = make_numbers(run, &structure, &text, ROW, ' ');
}

static void make_record(struct run *run, size_t i)
{
	const json_t *record = record_of(run, i), *crops = json_object_get(record, "crops");
	const char *whole = json_string_value(json_object_get(record, "picture"));
	struct predict_record *out = &run->set.records[i];

	if (json_object_get(record, "head"))
		out->relation = make_relation(run, record);
	else
		out->sentence = golden_sentence(&run->set, json_object_get(record, "words"));
	out->pictures.whole = whole ? whole : "none.jpg";
	out->pictures.fallback = json_string_value(json_object_get(run->set.inputs, "fallback"));
	for (size_t k = 0; k < json_array_size(crops) && k < RECORD_CROPS; k++)
		out->pictures.crops[k] = json_string_value(json_array_get(crops, k));
	if (json_object_get(record, "rows"))
		make_features(run, record, out);
}

/* The tensors of the fixture are named RECORD.NAME; columns beyond theirs are not in it. */
static void check_tensors(const struct run *run)
{
	const struct safetensors *tensors = &run->set.tensors;

	for (size_t i = 0; i < tensors->n; i++) {
		const struct tensor *wanted = &tensors->tensors[i];
		char *name;
		size_t record = strtoul(wanted->name, &name, 10);
		struct dump_entry got = *golden_dump(&run->set, record, name + 1);

		if (got.n_dims < wanted->n_dims) { /* one row */
			memmove(got.shape + 1, got.shape, got.n_dims * sizeof(*got.shape));
			got.shape[0] = 1;
			got.n_dims++;
		}
		assert_int_equal(got.n_dims, wanted->n_dims);
		assert_int_equal(got.shape[0], wanted->shape[0]);
		golden_check(&run->set, wanted->name, &got, NULL);
	}
}

static void check_record(const struct run *run, size_t i)
{
	const json_t *record = record_of(run, i);
	const struct outcome *outcome = &run->set.outcomes[i];
	const char *relation = json_string_value(json_object_get(record, "predicted"));
	double confidence = json_number_value(json_object_get(record, "confidence"));

	if (outcome->fault)
		fail_msg("record %zu: %s", i, outcome->fault);
	golden_check_ids(&run->set, i, json_object_get(record, "ids"));
	if (!relation) {
		golden_check_words(&run->set, i, json_object_get(record, "labels"));
		return;
	}
	assert_string_equal(outcome->relation.relation, relation);
	assert_true(fabs((double)outcome->relation.confidence - confidence) < GOLDEN_TOLERANCE);
}

static void test_fixture(void **state)
{
	const struct fixture *fixture = *state;
	struct run run;

	if (SLOW && fixture->heavy) {
		printf("skip: full-size systems with pictures take minutes under ASan\n");
		skip();
	}
	open_run(&run, fixture->name);
	for (size_t i = 0; i < run.set.n; i++)
		make_record(&run, i);
	golden_predict(&run.set, (struct system_options){ .jobs = 2, .vocabulary = run.vocabulary });
	assert_string_equal(run.set.predictor->name, fixture->system);
	for (size_t i = 0; i < run.set.n; i++)
		check_record(&run, i);
	check_tensors(&run);
	close_run(&run);
}

#define FIXTURE(system) { #system, test_fixture, NULL, NULL, (void *)(uintptr_t)&(system) }

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE(bert_crf), FIXTURE(hvpnet_ner), FIXTURE(hvpnet_re),     FIXTURE(umt),  FIXTURE(maf),
		FIXTURE(umgf),     FIXTURE(rpbert),     FIXTURE(rpbert_linear), FIXTURE(mega),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
