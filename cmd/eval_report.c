/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/eval.h"

#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"

#include <string.h>

#define SUMMARY_WIDTH 27 /* "nervaluate-optimal ent_type" */

void eval_print_summary(FILE *out, const char *name, size_t gold, size_t found, double correct,
			struct ratios ratios)
{
	if (!name)
		fprintf(out, "%*s %9s %9s %9s %9s %9s %9s\n\n", SUMMARY_WIDTH, "", "gold", "found",
			"correct", "precision", "recall", "f1-score");
	else
		fprintf(out, "%*s %9zu %9zu %9.10g %9.4f %9.4f %9.4f\n", SUMMARY_WIDTH, name, gold,
			found, correct, ratios.precision, ratios.recall, ratios.f1);
}

static void print_name(FILE *out, size_t width, const char *name)
{
	size_t length = utf8_count(name, strlen(name));

	fprintf(out, "%*s%s ", length < width ? (int)(width - length) : 0, "", name);
}

static void print_row(FILE *out, size_t width, const char *name, struct ratios ratios,
		      size_t support)
{
	print_name(out, width, name);
	fprintf(out, " %9.4f %9.4f %9.4f %9zu\n", ratios.precision, ratios.recall, ratios.f1,
		support);
}

static size_t name_width(const struct score_table *table)
{
	size_t width = strlen("weighted avg");

	for (size_t i = 0; i < table->n; i++) {
		const char *type = table->scores[i].type;
		size_t length = utf8_count(type, strlen(type));

		width = length > width ? length : width;
	}
	return width;
}

void eval_print_report(FILE *out, const struct score_table *table, const double *accuracy)
{
	struct type_score total = score_table_total(table);
	size_t width = name_width(table);

	fprintf(out, "%*s  %9s %9s %9s %9s\n\n", (int)width, "", "precision", "recall", "f1-score",
		"support");
	for (size_t i = 0; i < table->n; i++)
		print_row(out, width, table->scores[i].type, score_ratios(&table->scores[i]),
			  table->scores[i].gold);
	fputc('\n', out);
	if (accuracy) {
		print_name(out, width, "accuracy");
		fprintf(out, " %9s %9s %9.4f %9zu\n", "", "", *accuracy, total.gold);
	} else {
		print_row(out, width, "micro avg", score_ratios(&total), total.gold);
	}
	print_row(out, width, "macro avg", score_table_macro(table), total.gold);
	print_row(out, width, "weighted avg", score_table_weighted(table), total.gold);
}

void eval_set_ratios(json_t *object, struct ratios ratios)
{
	json_object_set_new(object, "precision", json_real(ratios.precision));
	json_object_set_new(object, "recall", json_real(ratios.recall));
	json_object_set_new(object, "f1", json_real(ratios.f1));
}

static json_t *ratios_json(struct ratios ratios)
{
	json_t *object = json_object();

	eval_set_ratios(object, ratios);
	return object;
}

json_t *eval_table_json(const char *scorer, const struct score_table *table, double accuracy)
{
	struct type_score total = score_table_total(table);
	json_t *object = json_object(), *types = json_object();

	for (size_t i = 0; i < table->n; i++) {
		const struct type_score *score = &table->scores[i];
		json_t *type = json_object(), *key = json_text(score->type);

		eval_set_ratios(type, score_ratios(score));
		json_object_set_new(type, "support", json_integer((json_int_t)score->gold));
		json_object_set_new(types, json_string_value(key), type);
		json_decref(key);
	}
	json_object_set_new(object, "scorer", json_string(scorer));
	eval_set_ratios(object, score_ratios(&total));
	json_object_set_new(object, "accuracy", json_real(accuracy));
	json_object_set_new(object, "support", json_integer((json_int_t)total.gold));
	json_object_set_new(object, "macro", ratios_json(score_table_macro(table)));
	json_object_set_new(object, "weighted", ratios_json(score_table_weighted(table)));
	json_object_set_new(object, "types", types);
	return object;
}

void eval_print_refusal(FILE *out, bool json, const char *scorer, const struct err *err)
{
	char text[1400];

	err_format(err, text, sizeof(text));
	if (json)
		json_line_write(out, json_pack("{ss so}", "scorer", scorer, "error", json_text(text)));
	else
		fprintf(out, "not scored: %s\n", text);
}
