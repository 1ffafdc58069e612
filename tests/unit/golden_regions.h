/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of UMT and MAF share, whose goldens have one form.
 */
#ifndef TAGSIGHT_TESTS_UNIT_GOLDEN_REGIONS_H
#define TAGSIGHT_TESTS_UNIT_GOLDEN_REGIONS_H

#include "tests/unit/golden_set.h"

static inline const json_t *regions_tweet(const struct golden_set *set, size_t i)
{
	return json_array_get(json_object_get(set->inputs, "tweets"), i);
}

/* All tweets with their pictures and the fallback, so that one that is too small is replaced. */
static inline void regions_place(struct golden_set *set)
{
	const char *fallback = golden_shared(set, json_object_get(set->inputs, "fallback_picture"));

	set->n = json_array_size(json_object_get(set->inputs, "tweets"));
	assert_in_range(set->n, 1, GOLDEN_RECORDS);
	for (size_t i = 0; i < set->n; i++) {
		const json_t *tweet = regions_tweet(set, i);
		struct predict_record *record = &set->records[i];

		record->sentence = golden_sentence(set, json_object_get(tweet, "tokens"));
		record->pictures.whole = golden_shared(set, json_object_get(tweet, "image"));
		record->pictures.fallback = fallback;
	}
}

/* The goldens of this name and their model, which the first call makes, with all tweets. */
static inline void regions_need(struct golden_set *set, const char *name)
{
	if (!set->inputs)
		golden_open(set, name, (const char *const[]){ "spec.tsv", "spec-encoder.tsv", NULL });
	regions_place(set);
}

/* Word pieces, raw labels, emissions, BERT and the maps of every tweet. */
static inline void regions_check_common(const struct golden_set *set)
{
	static const char *const maps[] = { "stem", "stage1", "stage2", "stage3" };
	static const size_t steps[][3] = { { 1, 8, 8 }, { 1, 8, 8 }, { 1, 4, 4 }, { 1, 2, 2 } };

	for (size_t i = 0; i < set->n; i++) {
		const json_t *golden = json_array_get(json_object_get(set->golden, "tweets"), i);

		golden_check_ids(set, i, json_object_get(regions_tweet(set, i), "input_ids"));
		golden_check_words(set, i, json_object_get(golden, "word_tags"));
		golden_check_joined(set, "emissions", i, golden_dump(set, i, "emissions"));
		golden_check_part(set, "image", i, golden_dump(set, i, "image"), NULL);
		for (size_t k = 0; k < 4; k++)
			golden_check_part(set, maps[k], i, golden_dump(set, i, maps[k]), steps[k]);
		golden_check_part(set, "regions", i, golden_dump(set, i, "regions"), NULL);
		golden_check_part(set, "vismap", i, golden_dump(set, i, "vismap"), NULL);
	}
}

/* The mean over all channels of each region. */
static inline void regions_check_mean(const struct golden_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct dump_entry mean = *golden_dump(set, i, "regions");
		size_t channels = mean.shape[1];
		const float *regions = mean.values;
		float means[49] = { 0 };

		assert_int_equal(mean.shape[0], 49);
		for (size_t k = 0; k < 49 * channels; k++)
			means[k / channels] += regions[k] / (float)channels;
		mean.n_dims = 1;
		mean.values = means;
		golden_check_part(set, "regions_mean", i, &mean, NULL);
	}
}

/* The first rows of an entry that has more than the tweet has pieces. */
static inline struct dump_entry regions_rows(const struct golden_set *set, size_t record,
					     const char *name)
{
	struct dump_entry entry = *golden_dump(set, record, name);

	entry.shape[0] = golden_dump(set, record, "ids")->shape[0];
	entry.elements = entry.shape[0] * entry.shape[1];
	return entry;
}

static inline void regions_check_bert(const struct golden_set *set)
{
	static const char *const names[] = { "bert_embeddings", "bert_layer1", "bert_layer6",
					     "bert_layer12" };

	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++) {
			struct dump_entry entry = regions_rows(set, i, names[k]);

			golden_check_joined(set, names[k], i, &entry);
		}
}

/* That the golden file has no tensor but these, of which each was compared. */
static inline void regions_check_names(const struct golden_set *set, const char *const *own)
{
	static const char *const common[] = { "offsets", "emissions", "image", "stem", "stage1", "stage2",
					      "stage3", "regions", "regions_mean", "vismap",
					      "bert_embeddings", "bert_layer1", "bert_layer6",
					      "bert_layer12" };
	size_t n = sizeof(common) / sizeof(*common);

	for (; *own; own++)
		n++;
	assert_int_equal(set->tensors.n, n);
}

#endif
