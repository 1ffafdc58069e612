/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/rpbert_words.h"
#include "inference/systems/system.h"
#include "tests/unit/golden_set.h"

#define LIMIT 463

static const char *const everything[] = { "", NULL };
static const char *const text_only[] = { "encoder_t.", "aux_head.", "rnn.", "head.", "crf.", NULL };

static const json_t *tweet_of(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "tweets"), i);
}

/* The folder with a model of these tensors of a spec. */
static void open_set(struct golden_set *set, const char *spec, const char *const *prefixes)
{
	char *model;

	golden_open(set, "rpbert", (const char *const[]){ NULL });
	model = generated_weights(golden_path(set, spec), prefixes, 1);
	buf_add_string(&set->models, model);
	free(model);
	set->n = json_array_size(json_object_get(set->inputs, "tweets"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS - 3);
	for (size_t i = 0; i < set->n; i++) {
		set->records[i].sentence = golden_sentence(set, json_object_get(tweet_of(set, i), "tokens"));
		set->records[i].pictures.whole =
			golden_shared(set, json_object_get(tweet_of(set, i), "image"));
	}
}

/* Predict, and hold the logits NAME of each tweet and the tags of a variant against the goldens. */
static void check_variant(struct golden_set *set, struct system_options options, const char *variant,
			  const char *name)
{
	const json_t *golden = json_object_get(set->golden, "tweets");
	char full[60];

	golden_predict(set, options);
	assert_string_equal(set->predictor->name, "rpbert");
	for (size_t i = 0; i < set->n; i++) {
		const json_t *wanted = json_object_get(json_array_get(golden, i), variant);

		golden_check_words(set, i, json_object_get(wanted, "tags"));
		golden_check_ids(set, i, json_object_get(tweet_of(set, i), "input_ids"));
		snprintf(full, sizeof(full), "t%zu.%s", i, name);
		golden_check(set, full, golden_dump(set, i, "emissions"), NULL);
	}
}

static void check_named(const struct golden_set *set, size_t i, const char *name, const char *dumped,
			const size_t *steps)
{
	char full[60];

	snprintf(full, sizeof(full), "t%zu.%s", i, name);
	golden_check(set, full, golden_dump(set, i, dumped), steps);
}

/* The first row of the first run's states. */
static void check_cls(const struct golden_set *set, size_t i)
{
	struct dump_entry entry = *golden_dump(set, i, "pass1");
	char full[60];

	entry.n_dims = 1;
	entry.shape[0] = entry.elements = entry.shape[1];
	snprintf(full, sizeof(full), "t%zu.pass1_cls", i);
	golden_check(set, full, &entry, NULL);
}

static void check_intermediates(const struct golden_set *set, size_t i)
{
	size_t step = i == 0 ? 8 : 32;

	check_named(set, i, "pixels", "pixels", (const size_t[]){ 1, step, step });
	check_named(set, i, "regions", "regions", NULL);
	check_named(set, i, "visual", "visual", NULL);
	check_named(set, i, "pass1", "pass1", NULL);
	check_cls(set, i);
	check_named(set, i, "gate_logits", "gate_logits", NULL);
	check_named(set, i, "gate", "gate", NULL);
	check_named(set, i, "pass2", "bert_layer12", NULL);
	check_named(set, i, "words", "words", NULL);
	check_named(set, i, "rnn", "rnn", (const size_t[]){ 1, 8 });
	check_named(set, i, "relation_logits", "relation_logits", NULL);
}

/* In the original's batch the longest tweet has no padding, so that it is as alone. */
static void check_longest_of_batch(const struct golden_set *set)
{
	size_t longest = 0, most;
	const struct dump_entry *emissions;

	for (size_t i = 1; i < set->n; i++)
		if (golden_dump(set, i, "ids")->elements > golden_dump(set, longest, "ids")->elements)
			longest = i;
	emissions = golden_dump(set, longest, "emissions");
	most = safetensors_find(&set->tensors, "batch.logits")->shape[1];
	golden_check_block(set, "batch.logits", longest * most * emissions->shape[1], emissions->shape,
			   emissions, NULL);
	golden_check_part(set, "batch.gate_logits", longest, golden_dump(set, longest, "gate_logits"), NULL);
	golden_check_block(set, "batch.gate", longest, (const size_t[]){ 1 },
			   golden_dump(set, longest, "gate"), NULL);
}

static void check_relation(const struct golden_set *set, size_t i)
{
	const json_t *tweet = json_array_get(json_object_get(set->golden, "tweets"), i);
	const float *logits = golden_dump(set, i, "relation_logits")->values;

	assert_int_equal(logits[1] > logits[0], json_integer_value(json_object_get(tweet, "relation")));
}

/* One record as it was, and three with a fault each. */
static void make_faulty(struct golden_set *set)
{
	struct sentence *refused = golden_sentence(set, json_object_get(tweet_of(set, 0), "tokens"));
	struct sentence *longer = arena_alloc(&set->arena, 1, sizeof(*longer));

	refused->tokens[2].word = "\xe2\x80\x8e";
	longer->n_tokens = LIMIT - 1;
	longer->tokens = arena_alloc(&set->arena, longer->n_tokens, sizeof(*longer->tokens));
	for (size_t i = 0; i < longer->n_tokens; i++)
		longer->tokens[i].word = "a";
	set->n = 4;
	for (size_t i = 1; i < set->n; i++)
		set->records[i] = set->records[0];
	set->records[1].sentence = refused;
	set->records[2].sentence = longer;
	set->records[3].pictures.whole = "no-such-picture.jpg";
}

static void test_full(void **state)
{
	struct golden_set set;

	(void)state;
	open_set(&set, "spec.tsv", everything);
	check_variant(&set, (struct system_options){ .jobs = 2 }, "full", "logits");
	for (size_t i = 0; i < set.n; i++) {
		check_intermediates(&set, i);
		check_relation(&set, i);
	}
	check_longest_of_batch(&set);
	golden_free_predictor(&set);

	check_variant(&set, (struct system_options){ .jobs = 1, .variant = "nogate" }, "nogate",
		      "nogate.logits");
	assert_null(prediction_dump_find(&set.dump, 0, "gate"));
	golden_free_predictor(&set);

	make_faulty(&set);
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	assert_null(set.outcomes[0].fault);
	assert_string_equal(set.outcomes[1].fault, "word 3, 'U+200E', has no word pieces: take it out");
	assert_string_equal(set.outcomes[2].fault,
			    "it has 464 word pieces, of which the model reads at most 463");
	assert_non_null(strstr(set.outcomes[3].fault, "no-such-picture.jpg"));
	golden_free_predictor(&set);
	golden_close(&set);
}

static void test_text_alone(void **state)
{
	struct golden_set set;

	(void)state;
	open_set(&set, "spec.tsv", text_only);
	check_variant(&set, (struct system_options){ .jobs = 2 }, "textonly", "textonly.logits");
	assert_int_equal(set.predictor->reads, 0);
	golden_free_predictor(&set);
	golden_close(&set);
}

static void test_without_lstm(void **state)
{
	struct golden_set set;

	(void)state;
	open_set(&set, "spec_linear.tsv", everything);
	check_variant(&set, (struct system_options){ .jobs = 2 }, "linear", "linear.logits");
	golden_free_predictor(&set);
	golden_close(&set);
}

/* Without a CRF each word's best label stands alone. */
static void test_without_crf(void **state)
{
	static const char *const parts[] = { "encoder_t.", "head.", NULL };
	struct golden_set set;

	(void)state;
	open_set(&set, "spec_linear.tsv", parts);
	set.n = 2;
	golden_predict(&set, (struct system_options){ .jobs = 2 });
	for (size_t i = 0; i < set.n; i++) {
		const struct dump_entry *entry = golden_dump(&set, i, "emissions");
		const float *emissions = entry->values;

		for (size_t word = 0; word < entry->shape[0]; word++, emissions += entry->shape[1]) {
			size_t best = 0;
			double sum = 0;

			for (size_t k = 0; k < entry->shape[1]; k++)
				best = emissions[k] > emissions[best] ? k : best;
			for (size_t k = 0; k < entry->shape[1]; k++)
				sum += exp((double)emissions[k] - (double)emissions[best]);
			assert_string_equal(set.outcomes[i].tags.raw[word], set.predictor->labels[best]);
			assert_true(fabs((double)set.outcomes[i].tags.confidence[word] - 1 / sum) < 1e-6);
		}
	}
	golden_free_predictor(&set);
	golden_close(&set);
}

/* A small model whose LSTM, or linear layer where there is none, reads more than BERT gives. */
static void check_refused(const char *lstm, const char *head, const char *wanted)
{
	static const char bert[] = "encoder_t.embeddings.word_embeddings.weight\tf32\t9,64\t0\t1\n"
				   "encoder_t.embeddings.position_embeddings.weight\tf32\t60,64\t0\t1\n"
				   "encoder_t.embeddings.token_type_embeddings.weight\tf32\t2,64\t0\t1\n"
				   "encoder_t.encoder.layer.0.intermediate.dense.weight\tf32\t8,64\t0\t1\n";
	struct weights weights;
	struct weights_survey survey = WEIGHTS_SURVEY_INIT;
	struct buf spec = BUF_INIT;
	struct err err = ERR_INIT;
	char *path, *model;

	buf_add_format(&spec, "%s%s%s", bert, lstm, head);
	path = temporary_text(spec.data);
	model = generated_weights(path, everything, 1);
	assert_int_equal(weights_open(&weights, model, &err), 0);
	weights.survey = &survey;
	assert_int_equal(model_check_tensors(&weights, &system_rpbert, &err), -1);
	assert_non_null(strstr(err.text, wanted));
	weights.survey = NULL;
	weights_survey_release(&survey);
	weights_close(&weights);
	temporary_remove(path);
	temporary_remove(model);
	buf_release(&spec);
}

static void test_refuses_flair(void **state)
{
	(void)state;
	check_refused("", "head.weight\tf32\t9,100\t0\t1\n", "vectors of 100, not of BERT's 64");
	check_refused("rnn.weight_ih_l0\tf32\t8,90\t0\t1\n", "head.weight\tf32\t9,4\t0\t1\n",
		      "vectors of 90, not of BERT's 64");
}

struct cutter {
	struct file_map map;
	struct wordpiece *wordpiece;
	struct piece_text text;
	struct arena arena;
	struct piece_rules rules;
};

static void open_cutter(struct cutter *cutter)
{
	const struct wordpiece_rules rules = { .lower_case = true, .fast = true };
	struct err err = ERR_INIT;
	char *path = file_join(shared_folder(), "oracle/wordpiece/vocab.txt");

	*cutter = (struct cutter){ .text = PIECE_TEXT_INIT, .arena = ARENA_INIT };
	assert_int_equal(file_map_open(&cutter->map, path, &err), 0);
	cutter->wordpiece = wordpiece_new((const char *)cutter->map.data, cutter->map.size, &rules, &err);
	assert_non_null(cutter->wordpiece);
	cutter->rules = (struct piece_rules){ cutter->wordpiece, wordpiece_id(cutter->wordpiece, "[CLS]"),
					      wordpiece_id(cutter->wordpiece, "[SEP]"), 0 };
	free(path);
}

static void close_cutter(struct cutter *cutter)
{
	wordpiece_free(cutter->wordpiece);
	piece_text_release(&cutter->text);
	arena_release(&cutter->arena);
	file_map_close(&cutter->map);
}

/* The fault of a sentence, or NULL. A word with a NUL is, as the reader gives it, what stands behind. */
static const char *cut(struct cutter *cutter, struct token *tokens, size_t n)
{
	const struct sentence sentence = { .tokens = tokens, .n_tokens = n };
	const char *fault = NULL;
	struct err err = ERR_INIT;

	piece_text_clear(&cutter->text);
	assert_int_equal(rpbert_add_words(&cutter->text, &cutter->rules, LIMIT, &sentence, &cutter->arena,
					  &fault, &err), 0);
	return fault;
}

static void check_word(struct cutter *cutter, const json_t *item)
{
	const json_t *word = json_object_get(item, "word"), *ids = json_object_get(item, "ids");
	struct token tokens[] = { { .word = "Hello" }, { .word = json_string_value(word) },
				  { .word = "World" } };
	const char *fault;
	size_t n = json_array_size(ids);

	tokens[1].line = tokens[1].word;
	tokens[1].line_length = json_string_length(word);
	fault = cut(cutter, tokens, 3);
	if (!json_is_true(json_object_get(item, "accepted"))) {
		assert_non_null(fault);
		assert_non_null(strstr(fault, "word 2, 'U+"));
		return;
	}
	if (fault)
		fail_msg("'%s': %s", tokens[1].word, fault);
	assert_int_equal(cutter->text.pieces.n, n + 4);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(cutter->text.pieces.ids[2 + i],
				 json_integer_value(json_array_get(ids, i)));
	assert_int_equal(cutter->text.n_anchors, 3);
	assert_int_equal(cutter->text.anchors[2], n + 2);
}

static void test_words(void **state)
{
	struct token first[] = { { .word = "\xe2\x80\x8b" "foo" }, { .word = "bar" } };
	struct cutter cutter;
	json_t *words, *item;
	char *path = file_join(shared_folder(), "oracle/rpbert/words.json");
	size_t i;

	(void)state;
	open_cutter(&cutter);
	words = json_load_file(path, JSON_ALLOW_NUL, NULL);
	assert_int_not_equal(json_array_size(words), 0);
	json_array_foreach(words, i, item)
		check_word(&cutter, item);
	/* What begins a tweet begins a word. */
	assert_null(cut(&cutter, first, 2));
	json_decref(words);
	free(path);
	close_cutter(&cutter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_text_alone),
		cmocka_unit_test(test_without_lstm),
		cmocka_unit_test(test_without_crf),
		cmocka_unit_test(test_refuses_flair),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
