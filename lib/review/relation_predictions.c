/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a model says about a relation line, out of the JSON that lib/corpus/prediction.h describes.
 */
#include "lib/review/relations.h"
#include "lib/review/review_priv.h"

#include <stdlib.h>
#include <string.h>

#define CANDIDATE_LIMIT 1024

static bool same_mention(const json_t *object, const struct mention *mention)
{
	const json_t *place = json_object_get(object, "pos");

	return strcmp(json_get_string(object, "name", ""), mention->name) == 0 &&
	       json_array_size(place) == 2 &&
	       json_integer_value(json_array_get(place, 0)) == mention->begin &&
	       json_integer_value(json_array_get(place, 1)) == mention->end;
}

/* Head and tail are predicted as they stand in the file. */
static bool is_about(const json_t *object, const struct review_record *record)
{
	const struct review_relation *relation = record->relation;
	const char *id = json_get_string(object, "id", NULL);

	if (id && record->sentence.id && strcmp(id, record->sentence.id) != 0)
		return false;
	return same_mention(json_object_get(object, "head"),
			    relation->flipped ? &relation->tail : &relation->head) &&
	       same_mention(json_object_get(object, "tail"),
			    relation->flipped ? &relation->head : &relation->tail);
}

static bool is_probability(const json_t *value)
{
	double number = json_number_value(value);

	return json_is_number(value) && number >= 0 && number <= 1;
}

/* The most probable first, then by name. */
static int compare(const void *a, const void *b)
{
	const struct review_candidate *x = a, *y = b;

	if (x->probability != y->probability)
		return x->probability < y->probability ? 1 : -1;
	return strcmp(x->relation, y->relation);
}

/* Copy the candidates that can stand in a file, with the predicted one among them. -1 when memory is
 * out. */
static int read_candidates(struct review_relation *relation, json_t *probabilities,
			   struct arena *arena)
{
	size_t most = json_object_size(probabilities), n = 0;
	struct review_candidate *candidates;
	bool has_predicted = false;
	const char *name;
	json_t *value;

	if (most > CANDIDATE_LIMIT)
		most = CANDIDATE_LIMIT;
	candidates = arena_alloc(arena, most + 1, sizeof(*candidates));
	if (!candidates)
		return -1;
	json_object_foreach(probabilities, name, value) {
		if (n == most || !is_probability(value) || !relation_name_is_valid(name))
			continue;
		candidates[n].relation = arena_copy(arena, name);
		candidates[n].probability = (float)json_number_value(value);
		if (!candidates[n].relation)
			return -1;
		has_predicted |= strcmp(name, relation->predicted) == 0;
		n++;
	}
	if (!has_predicted)
		candidates[n++] = (struct review_candidate){ relation->predicted,
							     relation->confidence };
	qsort(candidates, n, sizeof(*candidates), compare);
	relation->candidates = candidates;
	relation->n_candidates = n;
	return 0;
}

bool review_relation_predict(const struct review *review, const json_t *object,
			     struct review_slot *slot)
{
	struct review_relation *relation =
		(struct review_relation *)(uintptr_t)slot->value.relation;
	const char *predicted = json_get_string(object, "relation", NULL);
	const json_t *confidence = json_object_get(object, "confidence");

	(void)review;
	if (!is_about(object, &slot->value) || !relation_name_is_valid(predicted) ||
	    !is_probability(confidence))
		return false;
	relation->predicted = arena_copy(&slot->arena, predicted);
	relation->confidence = (float)json_number_value(confidence);
	if (relation->predicted &&
	    read_candidates(relation, json_object_get(object, "probabilities"), &slot->arena) == 0)
		return true;
	relation->predicted = NULL;
	return false;
}
