/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/mega_features.h"
#include "tests/unit/golden_set.h"

#define OTHERS 5 /* faulty records behind the instances */

static const json_t *instance_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "instances"), i);
}

static const char *picture_of(const struct golden_set *set, size_t i)
{
	return json_string_value(json_object_get(instance_of(set, i), "img_id"));
}

static struct mention read_mention(const json_t *instance, const char *key)
{
	const json_t *mention = json_object_get(instance, key), *place = json_object_get(mention, "pos");

	return (struct mention){ json_string_value(json_object_get(mention, "name")),
				 (long)json_integer_value(json_array_get(place, 0)),
				 (long)json_integer_value(json_array_get(place, 1)) };
}

static struct relation *make_relation(struct golden_set *set, size_t i)
{
	const json_t *instance = instance_of(set, i), *words = json_object_get(instance, "token");
	struct relation *relation = arena_alloc(&set->arena, 1, sizeof(*relation));

	relation->n_words = json_array_size(words);
	relation->words = arena_alloc(&set->arena, relation->n_words, sizeof(*relation->words));
	for (size_t k = 0; k < relation->n_words; k++)
		relation->words[k] = json_string_value(json_array_get(words, k));
	relation->head = read_mention(instance, "h");
	relation->tail = read_mention(instance, "t");
	return relation;
}

/* Values of inputs.tsv: false when it has no tensor of this name. */
static bool find_input(const struct golden_set *set, const char *kind, const char *picture,
		       struct generated_tensor *tensor, float **values)
{
	char wanted[200], path[600], line[400];
	bool found = false;
	FILE *stream;

	snprintf(wanted, sizeof(wanted), "input.%s.%s", kind, picture);
	snprintf(path, sizeof(path), "%s/inputs.tsv", set->folder);
	stream = fopen(path, "r");
	assert_non_null(stream);
	while (!found && fgets(line, sizeof(line), stream))
		found = generated_parse(line, tensor) && strcmp(tensor->name, wanted) == 0;
	fclose(stream);
	if (!found)
		return false;
	*values = malloc(tensor->elements * sizeof(**values));
	assert_non_null(*values);
	generate_floats(tensor, 1, *values);
	return true;
}

/* A file in the original's form. `columns`: numbers of a line, 0 for all. */
static const char *write_numbers(struct golden_set *set, const char *head, const float *values, size_t n,
				 size_t columns, char separator)
{
	struct buf text = BUF_INIT;
	const char *path;
	char *file;

	buf_add_string(&text, head);
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n || (columns && (i + 1) % columns == 0);

		buf_add_format(&text, "%.9g%c", (double)values[i], last ? '\n' : separator);
	}
	file = temporary_file(text.data, text.length);
	path = arena_copy(&set->arena, file);
	free(file);
	buf_release(&text);
	return path;
}

static const char *write_objects(struct golden_set *set, const char *picture)
{
	struct generated_tensor tensor;
	struct buf head = BUF_INIT;
	const char *path;
	float *values;

	if (!find_input(set, "objects", picture, &tensor, &values))
		return write_numbers(set, "none\n\n\n", NULL, 0, 0, '\t');
	buf_add_string(&head, "some\n");
	for (size_t i = 0; i < tensor.shape[0]; i++)
		buf_add_format(&head, "a thing%c", i + 1 < tensor.shape[0] ? '\t' : '\n');
	path = write_numbers(set, head.data, values, tensor.elements, 0, '\t');
	buf_release(&head);
	free(values);
	return path;
}

static const char *write_weights(struct golden_set *set, const char *picture)
{
	struct generated_tensor tensor;
	const char *path;
	float *values;

	assert_true(find_input(set, "weights", picture, &tensor, &values));
	path = write_numbers(set, "first\n", values, tensor.elements, tensor.shape[1], ' ');
	free(values);
	return path;
}

static void open_set(struct golden_set *set)
{
	golden_open(set, "mega", (const char *const[]){ "spec.tsv", NULL });
	set->n = json_array_size(json_object_get(set->inputs, "instances"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS - OTHERS);
	for (size_t i = 0; i < set->n; i++) {
		set->records[i].relation = make_relation(set, i);
		set->records[i].objects = write_objects(set, picture_of(set, i));
		set->records[i].structure = write_weights(set, picture_of(set, i));
	}
}

static void close_set(struct golden_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		unlink(set->records[i].objects);
		unlink(set->records[i].structure);
	}
	golden_close(set);
}

static void add_faulty(struct golden_set *set)
{
	size_t n = set->n;
	struct relation *outside = make_relation(set, 0), *turned = make_relation(set, 0);

	for (size_t i = n; i < n + OTHERS; i++)
		set->records[i] = set->records[0];
	outside->tail.end = 9999;
	set->records[n].relation = outside;
	turned->head = (struct mention){ "turned", 3, 2 };
	set->records[n + 1].relation = turned;
	set->records[n + 2].objects = NULL;
	set->records[n + 3].structure = NULL;
	set->records[n + 4].structure = set->records[0].objects;
	set->n += OTHERS;
}

static void check_faulty(struct golden_set *set)
{
	static const char *const faults[OTHERS] = { "within its 16 words", "within its 16 words",
						    "no objects", "no structural weights",
						    "':2:1: 'a' is no number" };
	size_t n = set->n -= OTHERS;

	for (size_t i = 0; i < OTHERS; i++) {
		assert_non_null(set->outcomes[n + i].fault);
		if (!strstr(set->outcomes[n + i].fault, faults[i]))
			fail_msg("'%s' is not '%s'", set->outcomes[n + i].fault, faults[i]);
	}
}

/* The same picture comes twice: the original then starts from the weights of the first. */
static bool is_first(const struct golden_set *set, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(picture_of(set, k), picture_of(set, i)) == 0)
			return false;
	return true;
}

static void check_instance(const struct golden_set *set, size_t i)
{
	static const struct {
		const char *name, *entry;
		size_t step; /* between the golden's columns */
	} goldens[] = { { "hidden", "bert_layer12", 48 }, { "linear_hidden", "linear_hidden", 96 },
			{ "linear_pic", "linear_pic", 48 }, { "attention", "attention", 48 },
			{ "weights", "weights", 1 }, { "objects_sum", "objects_sum", 0 },
			{ "final", "final", 0 }, { "logits", "logits", 0 } };
	char name[40];

	for (size_t k = 0; k < sizeof(goldens) / sizeof(*goldens); k++) {
		snprintf(name, sizeof(name), "t%zu.%s", i, goldens[k].name);
		golden_check(set, name, golden_dump(set, i, goldens[k].entry),
			     goldens[k].step ? (const size_t[]){ 1, goldens[k].step } : NULL);
	}
	golden_check_ids(set, i, json_object_get(instance_of(set, i), "input_ids"));
	if (!is_first(set, i))
		return;
	golden_check_part(set, "batch.weights", i, golden_dump(set, i, "weights"), NULL);
	golden_check_part(set, "batch.logits", i, golden_dump(set, i, "logits"), NULL);
}

static void check_relation(const struct golden_set *set, size_t i)
{
	const json_t *wanted = json_array_get(json_object_get(set->golden, "instances"), i);
	const struct relation_prediction *got = &set->outcomes[i].relation;
	double probability = json_real_value(json_object_get(wanted, "probability"));

	assert_null(set->outcomes[i].fault);
	assert_string_equal(got->relation, json_string_value(json_object_get(wanted, "relation")));
	assert_true(fabs((double)got->confidence - probability) < GOLDEN_TOLERANCE);
}

static void test_instances(void **state)
{
	struct system_options cut = { .max_pieces = 80 };
	struct err err = ERR_INIT;
	struct golden_set set;

	(void)state;
	open_set(&set);
	cut.vocabulary = golden_path(&set, "../wordpiece/vocab.txt");
	assert_null(predictor_open(set.models.data, NULL, &cut, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	add_faulty(&set);
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_string_equal(set.predictor->name, "mega");
	check_faulty(&set);
	for (size_t i = 0; i < set.n; i++) {
		check_instance(&set, i);
		check_relation(&set, i);
	}
	golden_free_predictor(&set);
	close_set(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_instances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
