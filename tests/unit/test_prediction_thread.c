/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/prediction_thread.h"
#include "tests/unit/test.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* A predictor that takes its time and can fail. */
struct fake {
	struct predictor predictor;
	unsigned milliseconds; /* a record; it looks at its progress before each */
	size_t fails_at;       /* call; SIZE_MAX: never */
	size_t calls;
};

struct fake_opener {
	struct predictor_opener opener;
	struct fake fake;
	bool fails;
	atomic_int freed;
};

static void rest(unsigned milliseconds)
{
	struct timespec time = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

static int predict(struct predictor *predictor, const struct predict_record *records, size_t n,
		   struct outcome *outcomes, struct prediction_dump *dump, struct arena *arena,
		   struct err *err)
{
	struct fake *fake = (struct fake *)predictor;

	(void)dump;
	if (fake->calls++ == fake->fails_at)
		return err_set(err, ERR_DATA, "the model is broken");
	for (size_t i = 0; i < n; i++) {
		const struct sentence *sentence = records[i].sentence;
		struct prediction *tags = &outcomes[i].tags;

		if (progress_stopped(predictor->progress))
			return err_set(err, ERR_STOPPED, "interrupted");
		rest(fake->milliseconds);
		memset(&outcomes[i], 0, sizeof(outcomes[i]));
		tags->n = sentence->n_tokens;
		tags->tags = tags->raw = arena_alloc(arena, tags->n, sizeof(*tags->tags));
		for (size_t k = 0; k < tags->n; k++)
			tags->tags[k] = arena_format(arena, "B-%s", sentence->tokens[k].word);
	}
	return 0;
}

static void free_fake(struct predictor *predictor)
{
	struct fake_opener *opener = (struct fake_opener *)((char *)predictor -
							     offsetof(struct fake_opener, fake));

	atomic_fetch_add(&opener->freed, 1);
}

static struct predictor *open_fake(struct predictor_opener *base, const struct split *split,
				   struct err *err)
{
	struct fake_opener *opener = (struct fake_opener *)base;

	assert_string_equal(split->name, "train");
	rest(20);
	if (opener->fails) {
		err_set(err, ERR_SYSTEM, "there is no model 'x'");
		return NULL;
	}
	opener->fake.predictor = (struct predictor){ .name = "fake", .model = "x",
						     .predict = predict, .free = free_fake };
	return &opener->fake.predictor;
}

static char train[] = "train";
static const struct split the_split = { .name = train };

static struct prediction_thread *start(struct fake_opener *opener)
{
	struct err err = ERR_INIT;
	struct prediction_thread *thread;

	opener->opener.open = open_fake;
	thread = prediction_thread_start(&opener->opener, &the_split, &err);
	assert_non_null(thread);
	return thread;
}

/* A batch of sentences of one word each, which is gone when the batch is given. */
static struct prediction_batch *make_batch(size_t first, size_t n)
{
	struct prediction_batch *batch = prediction_batch_new();

	assert_non_null(batch);
	for (size_t i = 0; i < n; i++) {
		char word[16];
		struct token token = { .word = word };
		struct sentence sentence = { .tokens = &token, .n_tokens = 1 };

		token.word_length = (size_t)snprintf(word, sizeof(word), "w%zu", first + i);
		assert_int_equal(prediction_batch_add(batch, first + i, &sentence), 0);
	}
	return batch;
}

static enum prediction_thread_state wait_while_loading(struct prediction_thread *thread,
						       struct err *err)
{
	enum prediction_thread_state state;

	while ((state = prediction_thread_state(thread, err)) == PREDICTOR_LOADING) {
		assert_false(prediction_thread_has_room(thread));
		assert_null(prediction_thread_predictor(thread));
		rest(1);
	}
	return state;
}

static void check_batch(const struct prediction_batch *batch, size_t first)
{
	for (size_t i = 0; i < batch->n; i++) {
		char tag[16];

		snprintf(tag, sizeof(tag), "B-w%zu", first + i);
		assert_int_equal(batch->numbers[i], first + i);
		assert_int_equal(batch->outcomes[i].tags.n, 1);
		assert_string_equal(batch->outcomes[i].tags.tags[0], tag);
	}
}

static void test_batches_come_back_in_order(void **state)
{
	struct fake_opener opener = { .fake = { .milliseconds = 1, .fails_at = SIZE_MAX } };
	struct prediction_thread *thread = start(&opener);
	struct err err = ERR_INIT;
	size_t given = 0, taken = 0;

	(void)state;
	assert_int_equal(wait_while_loading(thread, &err), PREDICTOR_READY);
	assert_string_equal(prediction_thread_predictor(thread)->name, "fake");
	while (taken < 20) {
		struct prediction_batch *batch;

		while (given < 20 && prediction_thread_has_room(thread)) {
			assert_true(given - taken < PREDICTION_BATCHES);
			prediction_thread_give(thread, make_batch(10 * given++, 3));
		}
		while ((batch = prediction_thread_take(thread))) {
			check_batch(batch, 10 * taken++);
			prediction_batch_free(batch);
		}
		rest(1);
	}
	prediction_thread_stop(thread);
	assert_int_equal(atomic_load(&opener.freed), 1);
}

static void test_a_copy_is_whole(void **state)
{
	struct token tokens[2] = { { .word = "Paris", .word_length = 5, .tag = "B-LOC",
				     .line_number = 8, .columns = 2 },
				   { .word = "", .line_number = 9, .columns = 1 } };
	struct sentence sentence = { .id = "17", .id_line = 7, .line_number = 8, .record = 3,
				     .tokens = tokens, .n_tokens = 2 };
	struct prediction_batch *batch = prediction_batch_new();
	const struct sentence *copy;

	(void)state;
	assert_int_equal(prediction_batch_add(batch, 3, &sentence), 0);
	assert_int_equal(batch->words, 2);
	copy = batch->records[0].sentence;
	assert_string_equal(copy->id, "17");
	assert_ptr_not_equal(copy->id, sentence.id);
	assert_int_equal(copy->record, 3);
	assert_string_equal(copy->tokens[0].word, "Paris");
	assert_ptr_not_equal(copy->tokens[0].word, tokens[0].word);
	assert_string_equal(copy->tokens[0].tag, "B-LOC");
	assert_int_equal(copy->tokens[1].line_number, 9);
	assert_null(copy->tokens[1].tag);
	prediction_batch_free(batch);
}

static void test_no_model(void **state)
{
	struct fake_opener opener = { .fails = true };
	struct prediction_thread *thread = start(&opener);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(wait_while_loading(thread, &err), PREDICTOR_FAILED);
	assert_string_equal(err.text, "there is no model 'x'");
	assert_false(prediction_thread_has_room(thread));
	prediction_thread_stop(thread);
	assert_int_equal(atomic_load(&opener.freed), 0);
}

static void test_a_failure_keeps_what_was_done(void **state)
{
	struct fake_opener opener = { .fake = { .fails_at = 1 } };
	struct prediction_thread *thread = start(&opener);
	struct err err = ERR_INIT;
	struct prediction_batch *batch;

	(void)state;
	wait_while_loading(thread, &err);
	prediction_thread_give(thread, make_batch(0, 2));
	prediction_thread_give(thread, make_batch(2, 2));
	while (prediction_thread_state(thread, &err) != PREDICTOR_FAILED)
		rest(1);
	assert_string_equal(err.text, "the model is broken");
	batch = prediction_thread_take(thread);
	check_batch(batch, 0);
	prediction_batch_free(batch);
	assert_null(prediction_thread_take(thread));
	assert_false(prediction_thread_has_room(thread));
	prediction_thread_stop(thread);
	assert_int_equal(atomic_load(&opener.freed), 1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Both batches would take over ten seconds. */
static void test_stopping_does_not_wait(void **state)
{
	struct fake_opener opener = { .fake = { .milliseconds = 100, .fails_at = SIZE_MAX } };
	struct prediction_thread *thread = start(&opener);
	struct err err = ERR_INIT;
	double begin;

	(void)state;
	wait_while_loading(thread, &err);
	prediction_thread_give(thread, make_batch(0, PREDICTION_BATCH));
	prediction_thread_give(thread, make_batch(64, PREDICTION_BATCH));
	rest(20);
	begin = now();
	prediction_thread_stop(thread);
	assert_true(now() - begin < 5);
	assert_int_equal(atomic_load(&opener.freed), 1);
}

static void test_stopped_at_once(void **state)
{
	struct fake_opener opener = { .fake = { .fails_at = SIZE_MAX } };

	(void)state;
	prediction_thread_stop(start(&opener));
	assert_int_equal(atomic_load(&opener.freed), 1);
	prediction_thread_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches_come_back_in_order),
		cmocka_unit_test(test_a_copy_is_whole),
		cmocka_unit_test(test_no_model),
		cmocka_unit_test(test_a_failure_keeps_what_was_done),
		cmocka_unit_test(test_stopping_does_not_wait),
		cmocka_unit_test(test_stopped_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
