/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/model_priv.h"

#include "cmd/models.h"
#include "inference/systems/model_convert.h"
#include "inference/systems/registry.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>

static int read_precision(const char *name, enum model_precision *out, struct err *err)
{
	static const char *const names[] = { NULL, "fp32", "bf16", "int8" };

	*out = PRECISION_KEEP;
	if (!name)
		return 0;
	for (enum model_precision i = PRECISION_FP32; i <= PRECISION_INT8; i++)
		if (strcmp(names[i], name) == 0) {
			*out = i;
			return 0;
		}
	return err_set(err, ERR_USAGE, "--precision takes fp32, bf16 or int8, not '%.60s'", name);
}

static void report(FILE *out, const struct model_options *options, const struct predictor *predictor)
{
	const char *path = options->common.output;
	long long size = (long long)file_size(path);

	if (model_is_json(options))
		json_line_write(out, json_pack("{s:o, s:s, s:I}", "file", json_text(path), "system",
					       predictor->name, "bytes", (json_int_t)size));
	else
		fprintf(out, "%s: a model of %s, %lld bytes\n", path, predictor->name, size);
}

int model_convert_file(FILE *out, const struct model_options *options, const char *name,
		       struct err *err)
{
	const struct system_options system = { .jobs = (int)options->common.jobs,
					       .vocabulary = options->vocabulary,
					       .labels = options->labels,
					       .config = options->config,
					       .max_pieces = (size_t)options->max_seq,
					       .variant = options->variant };
	enum model_precision precision;
	struct predictor *predictor;
	char *path;
	int rc = -1;

	if (model_is_darknet(name))
		return err_set(err, ERR_USAGE, "'%.200s' are Darknet weights, which ground takes as they are", name);
	if (read_precision(options->precision, &precision, err) < 0)
		return -1;
	path = models_find(name, err);
	predictor = path ? predictor_open(path, options->system, &system, err) : NULL;
	if (predictor) {
		rc = model_convert(predictor, precision, options->common.output, err);
		if (rc == 0)
			report(out, options, predictor);
		predictor->free(predictor);
	}
	free(path);
	return rc;
}
