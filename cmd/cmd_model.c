/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/models.h"

#include "inference/systems/model_check.h"
#include "lib/base/sha256.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/safetensors.h"

#include <stdlib.h>
#include <string.h>

struct model_options {
	struct common_options common;
};

static const struct option_spec model_options[] = {
	COMMON_OPTIONS(struct model_options, "text|json"),
	OPTION_END
};

static const struct command_example model_examples[] = {
	{ "tagsight model list", "the models that are found without a path" },
	{ "tagsight model info tagger", "what the default tagger holds" },
	{ "tagsight model verify my.safetensors", "whether every number of a file can be used" },
	{ NULL, NULL }
};

static bool is_json(const struct model_options *options)
{
	return strcmp(options->common.format, "json") == 0;
}

static const char *metadata_or(const struct safetensors *file, const char *key, const char *missing)
{
	const char *value = safetensors_metadata(file, key);

	return value ? value : missing;
}

static void list_model(FILE *out, const char *path, const struct safetensors *file, bool json)
{
	char *name = strdup(file_base_name(path));
	const char *system = metadata_or(file, "system", "");

	if (name && strlen(name) > strlen(".safetensors"))
		name[strlen(name) - strlen(".safetensors")] = '\0';
	if (json)
		json_line_write(out, json_pack("{s:o, s:s, s:o}", "name", json_text(name ? name : ""),
					       "system", system, "file", json_text(path)));
	else
		fprintf(out, "%-16s %-12s %s\n", name ? name : "", system, path);
	free(name);
}

/* The models of one folder; a folder that is not there has none. */
static void list_folder(FILE *out, const char *folder, bool json)
{
	struct str_list names = STR_LIST_INIT;
	struct err err = ERR_INIT;

	if (!file_is_folder(folder) || file_walk(folder, &names, 100000, &err) < 0)
		goto out;
	for (size_t i = 0; i < names.n; i++) {
		struct safetensors file;
		char *path;

		if (strchr(names.items[i], '/') ||
		    strcmp(file_extension(names.items[i]), "safetensors") != 0)
			continue;
		path = file_join(folder, names.items[i]);
		if (path && safetensors_open(&file, path, &err) == 0) {
			list_model(out, path, &file, json);
			safetensors_close(&file);
		}
		free(path);
	}
out:
	str_list_release(&names);
}

static int model_list(FILE *out, const struct model_options *options, const char *name,
		      struct err *err)
{
	struct str_list folders = STR_LIST_INIT;
	int rc = models_folders(&folders, err);

	(void)name;
	for (size_t i = 0; i < folders.n && rc == 0; i++)
		list_folder(out, folders.items[i], is_json(options));
	str_list_release(&folders);
	return rc;
}

static json_t *shape_json(const struct tensor *tensor)
{
	json_t *shape = json_array();

	for (size_t i = 0; i < tensor->n_dims; i++)
		json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i]));
	return shape;
}

static void info_json(FILE *out, const char *path, const struct safetensors *file)
{
	json_t *metadata = json_object(), *tensors = json_array();

	for (size_t i = 0; i < file->n_metadata; i++)
		json_object_set_new(metadata, file->metadata[i].key,
				    json_text(file->metadata[i].value));
	for (size_t i = 0; i < file->n; i++) {
		const struct tensor *tensor = &file->tensors[i];

		json_array_append_new(tensors,
				      json_pack("{s:s, s:s, s:o, s:I}", "name", tensor->name, "dtype",
						tensor_type_name(tensor->type), "shape",
						shape_json(tensor), "bytes", (json_int_t)tensor->size));
	}
	json_line_write(out, json_pack("{s:o, s:I, s:o, s:o}", "file", json_text(path), "bytes",
				       (json_int_t)file->map.size, "metadata", metadata, "tensors",
				       tensors));
}

static void info_text(FILE *out, const char *path, const struct safetensors *file)
{
	fprintf(out, "file: %s\nbytes: %zu\n", path, file->map.size);
	for (size_t i = 0; i < file->n_metadata; i++)
		fprintf(out, "%s: %s\n", file->metadata[i].key, file->metadata[i].value);
	fprintf(out, "tensors: %zu\n", file->n);
	for (size_t i = 0; i < file->n; i++) {
		const struct tensor *tensor = &file->tensors[i];

		fprintf(out, "  %-8s %s [", tensor_type_name(tensor->type), tensor->name);
		for (size_t k = 0; k < tensor->n_dims; k++)
			fprintf(out, k ? ", %zu" : "%zu", tensor->shape[k]);
		fputs("]\n", out);
	}
}

static int model_info(FILE *out, const struct model_options *options, const char *name,
		      struct err *err)
{
	char *path = models_find(name, err);
	struct safetensors file;
	int rc = path ? safetensors_open(&file, path, err) : -1;

	if (rc == 0) {
		if (is_json(options))
			info_json(out, path, &file);
		else
			info_text(out, path, &file);
		safetensors_close(&file);
	}
	free(path);
	return rc;
}

static int verify_path(FILE *out, const char *path, bool json, struct err *err)
{
	struct model_summary summary;
	char hex[SHA256_HEX];

	if (model_check(path, &summary, err) < 0 || sha256_file(path, hex, err) < 0)
		return -1;
	if (json)
		json_line_write(out, json_pack("{s:o, s:s, s:s, s:b, s:I, s:I}", "file",
					       json_text(path), "sha256", hex, "system",
					       summary.system, "loads", summary.loads, "tensors",
					       (json_int_t)summary.tensors, "numbers",
					       (json_int_t)summary.numbers));
	else
		fprintf(out, "%s: ok, %zu tensors, %zu numbers, all finite; system %s%s\nsha256 %s\n",
			path, summary.tensors, summary.numbers, *summary.system ? summary.system : "not named",
			summary.loads ? ", loads" : ", not one that this program runs", hex);
	return 0;
}

static int model_verify(FILE *out, const struct model_options *options, const char *name,
			struct err *err)
{
	char *path = models_find(name, err);
	int rc = path ? verify_path(out, path, is_json(options), err) : -1;

	free(path);
	return rc;
}

static const struct model_action {
	const char *name;
	bool takes_file;
	int (*run)(FILE *out, const struct model_options *options, const char *name,
		   struct err *err);
} actions[] = {
	{ "list", false, model_list },
	{ "info", true, model_info },
	{ "verify", true, model_verify },
};

static const struct model_action *find_action(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static int model_run(const struct command *command, int argc, char **argv)
{
	struct model_options options = { .common = COMMON_OPTIONS_INIT };
	const struct model_action *action;
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK, n;

	n = command_parse(command, &options, &options.common, argc, argv, &status);
	if (n < 0)
		return status;
	action = n > 0 ? find_action(argv[0]) : NULL;
	if (!action)
		return command_usage(command, "say list, info FILE or verify FILE");
	if (n != (action->takes_file ? 2 : 1))
		return command_usage(command, "'%s' takes %s", action->name,
				     action->takes_file ? "one FILE" : "no argument");
	output = command_output_open(command, options.common.output, &status);
	if (!output)
		return status;
	if (action->run(command_output_stream(output), &options, n > 1 ? argv[1] : NULL, &err) < 0)
		status = command_fail(command, &err);
	return command_output_close(command, output, status);
}

const struct command cmd_model = {
	.name = "model",
	.arguments = "list | info FILE | verify FILE",
	.summary = "look into model files without running them",
	.description =
		"list: the models found without a path, and where. info: metadata, tensors, types and "
		"shapes. verify: whether the header agrees with the file, every number is finite and the "
		"system that the file names accepts its tensors; gives its SHA-256.\n\n"
		"FILE is a path, or the name of a model that list shows.",
	.options = model_options,
	.examples = model_examples,
	.run = model_run,
};
