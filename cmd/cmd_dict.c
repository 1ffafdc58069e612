/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "preprocess/aux_dict.h"
#include "preprocess/aux_dict_check.h"
#include "preprocess/aux_dict_convert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dict_options {
	struct common_options common;
	struct layout_options data;
	const char *keys, *pth, *prefix, *crop_extension;
	int info, img2crop;
};

static const struct option_spec dict_options[] = {
	COMMON_OPTIONS(struct dict_options, "text|json"),
	DATA_OPTIONS(struct dict_options),
	{ 0, "info", OPT_FLAG, offsetof(struct dict_options, info), NULL,
	  "show: count entries and crops, and say what the keys are", NULL },
	{ 0, "keys", OPT_CHOICE, offsetof(struct dict_options, keys), "KIND",
	  "build, convert: what the keys are (default: as the records of the manifest look; as they are)",
	  "text|int" },
	{ 0, "pth", OPT_CHOICE, offsetof(struct dict_options, pth), "FORM",
	  "build, merge, convert: what is written (default: zip, PyTorch's since 1.6)", "zip|legacy" },
	{ 0, "img2crop", OPT_FLAG, offsetof(struct dict_options, img2crop), NULL,
	  "build, convert: end each key before its first dot, as MKGformer's second dict does", NULL },
	{ 0, "prefix", OPT_STRING, offsetof(struct dict_options, prefix), "PATH",
	  "build, convert: put this in front of each crop's name, its slash included", NULL },
	{ 0, "crop-extension", OPT_STRING, offsetof(struct dict_options, crop_extension), "EXT",
	  "build, convert: name crops with this extension", NULL },
	OPTION_END
};

/* One action of `tagsight dict`: argv holds what follows its name. */
struct dict_action {
	const char *name;
	int least, most; /* arguments */
	const char *arguments;
	int (*run)(const struct command *command, const struct dict_options *options, int argc,
		   char **argv);
};

static const char *key_type(const struct aux_dict *dict)
{
	return dict->keys == AUX_KEYS_INTEGER ? "int" : dict->keys == AUX_KEYS_TEXT ? "str" : "none";
}

static void show_text(FILE *out, const struct aux_dict *dict)
{
	for (size_t i = 0; i < dict->n; i++) {
		const struct aux_entry *entry = &dict->entries[i];

		fprintf(out, "%s:", entry->key);
		for (size_t k = 0; k < entry->n; k++)
			fprintf(out, " %s", entry->names[k]);
		fputc('\n', out);
	}
}

static void show_info(FILE *out, const struct aux_dict *dict, const char *path, bool json)
{
	size_t crops = 0, empty = 0;

	for (size_t i = 0; i < dict->n; i++) {
		crops += dict->entries[i].n;
		empty += dict->entries[i].n == 0;
	}
	if (json)
		json_line_write(out, json_pack("{s:o,s:s,s:I,s:I,s:I}", "file", json_text(path),
					       "key_type", key_type(dict), "entries",
					       (json_int_t)dict->n, "empty", (json_int_t)empty,
					       "crops", (json_int_t)crops));
	else
		fprintf(out, "%s: %zu entries (%zu empty), %zu crops, keys are %s\n", path, dict->n,
			empty, crops, key_type(dict));
}

static int dict_show(const struct command *command, const struct dict_options *options, int argc,
		     char **argv)
{
	bool json = strcmp(options->common.format, "json") == 0;
	int status = EXIT_OK;
	struct command_output *output =
		command_output_open(command, options->common.output, &status);

	if (!output)
		return status;
	for (int i = 0; i < argc; i++) {
		struct err err = ERR_INIT;
		struct aux_dict dict;

		if (aux_dict_read(&dict, argv[i], &err) < 0) {
			int failed = command_fail(command, &err);

			status = failed > status ? failed : status;
			continue;
		}
		if (options->info)
			show_info(command_output_stream(output), &dict, argv[i], json);
		else if (json)
			json_line_write(command_output_stream(output), aux_dict_json(&dict));
		else
			show_text(command_output_stream(output), &dict);
		aux_dict_release(&dict);
	}
	return command_output_close(command, output, status);
}

static enum aux_keys keys_asked(const struct dict_options *options)
{
	if (!options->keys)
		return AUX_KEYS_NONE;
	return strcmp(options->keys, "int") == 0 ? AUX_KEYS_INTEGER : AUX_KEYS_TEXT;
}

/* As JSON where the name says so. */
static int write_dict(struct aux_dict *dict, const struct dict_options *options, struct err *err)
{
	const char *path = options->common.output;

	dict->form = options->pth && strcmp(options->pth, "legacy") == 0 ? TORCH_LEGACY : TORCH_ZIP;
	return strcmp(file_extension(path), "json") == 0 ? aux_dict_write_json(dict, path, err)
							 : aux_dict_write(dict, path, err);
}

static int change_dict(struct aux_dict *dict, const struct dict_options *options, struct err *err)
{
	const char *extension = options->crop_extension;
	const struct aux_dict_changes changes = {
		.keys = keys_asked(options),
		.img2crop = options->img2crop,
		.prefix = options->prefix,
		.crop_extension = extension && *extension == '.' ? extension + 1 : extension,
	};

	return aux_dict_change(dict, &changes, err);
}

static int dict_merge(const struct command *command, const struct dict_options *options, int argc,
		      char **argv)
{
	struct err err = ERR_INIT;
	struct aux_dict all;
	int rc = 0;

	if (!options->common.output)
		return command_usage(command, "merge needs -o FILE");
	aux_dict_init(&all, AUX_KEYS_NONE);
	for (int i = 0; i < argc && rc == 0; i++) {
		struct aux_dict dict;

		rc = aux_dict_read(&dict, argv[i], &err);
		if (rc < 0)
			break;
		rc = aux_dict_merge(&all, &dict, &err);
		if (rc < 0)
			err_add_file(&err, argv[i]);
		aux_dict_release(&dict);
	}
	if (rc == 0)
		rc = write_dict(&all, options, &err);
	aux_dict_release(&all);
	return rc < 0 ? command_fail(command, &err) : EXIT_OK;
}

static int dict_build(const struct command *command, const struct dict_options *options, int argc,
		      char **argv)
{
	struct err err = ERR_INIT;
	struct aux_dict dict;
	int rc;

	(void)argc;
	if (!options->common.output)
		return command_usage(command, "build needs -o FILE");
	aux_dict_init(&dict, keys_asked(options));
	rc = aux_dict_add_manifest(&dict, argv[0], &err);
	if (rc == 0)
		rc = change_dict(&dict, options, &err);
	if (rc == 0)
		rc = write_dict(&dict, options, &err);
	aux_dict_release(&dict);
	return rc < 0 ? command_fail(command, &err) : EXIT_OK;
}

static int dict_convert(const struct command *command, const struct dict_options *options, int argc,
			char **argv)
{
	struct err err = ERR_INIT;
	struct aux_dict dict;
	int rc;

	(void)argc;
	if (!options->common.output)
		return command_usage(command, "convert needs -o FILE");
	if (aux_dict_read_any(&dict, argv[0], &err) < 0)
		return command_fail(command, &err);
	rc = change_dict(&dict, options, &err);
	if (rc < 0)
		err_add_file(&err, argv[0]);
	else
		rc = write_dict(&dict, options, &err);
	aux_dict_release(&dict);
	return rc < 0 ? command_fail(command, &err) : EXIT_OK;
}

/* Findings go out as they come. */
struct finding_printer {
	struct finding_sink sink;
	FILE *out;
	bool json;
	size_t n;
};

static void print_finding(struct finding_sink *sink, const struct finding *finding)
{
	struct finding_printer *printer = (struct finding_printer *)sink;

	printer->n++;
	if (printer->json)
		finding_write(printer->out, finding);
	else
		fprintf(printer->out, "%s: %s: %s [%s]\n", finding->file,
			finding_level_name(finding->level), finding->message, finding->rule);
}

static int dict_check(const struct command *command, const struct dict_options *options, int argc,
		      char **argv)
{
	struct dataset dataset = DATASET_INIT;
	struct aux_dict_check_options choice = { true, (int)options->common.jobs };
	struct finding_printer printer = { { print_finding }, NULL, false, 0 };
	int status = EXIT_OK, rc = 0;
	struct err err = ERR_INIT;
	struct command_output *output;

	(void)argc;
	if (data_options_open_files(command, &options->common, &options->data, argv[0], &dataset,
				    &status) < 0)
		return status;
	output = command_output_open(command, options->common.output, &status);
	if (!output) {
		dataset_release(&dataset);
		return status;
	}
	printer.out = command_output_stream(output);
	printer.json = strcmp(options->common.format, "json") == 0;
	for (size_t i = 0; i < dataset.n_splits && rc == 0; i++)
		if (dataset.splits[i].dict)
			rc = aux_dict_check(&dataset.splits[i], &choice, &printer.sink, &err);
	if (rc < 0)
		status = command_fail(command, &err);
	else if (printer.n)
		status = EXIT_PROBLEMS;
	dataset_release(&dataset);
	return command_output_close(command, output, status);
}

static const struct dict_action actions[] = {
	{ "show", 1, 1 << 20, "FILE...", dict_show },
	{ "check", 1, 1, "DATA", dict_check },
	{ "build", 1, 1, "MANIFEST -o FILE", dict_build },
	{ "merge", 1, 1 << 20, "FILE... -o FILE", dict_merge },
	{ "convert", 1, 1, "FILE -o FILE", dict_convert },
};

static int dict_run(const struct command *command, int argc, char **argv)
{
	struct dict_options options = { .common = COMMON_OPTIONS_INIT };
	int status, n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n == 0)
		return command_usage(command, "say what to do: show, check, build, merge or convert");
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		const struct dict_action *action = &actions[i];

		if (strcmp(argv[0], action->name) != 0)
			continue;
		if (n - 1 < action->least || n - 1 > action->most)
			return command_usage(command, "use: tagsight dict %s %s", action->name,
					     action->arguments);
		return action->run(command, &options, n - 1, argv + 1);
	}
	return command_usage(command, "'%s' is none of show, check, build, merge and convert", argv[0]);
}

static const struct command_example dict_examples[] = {
	{ "tagsight dict show twitter2015_train_dict.pth --format json", "one object, key to list" },
	{ "tagsight dict show --info *.pth", "how many entries and crops, and what the keys are" },
	{ "tagsight dict check DIR", "keys against the texts, crops against the folders, all crops decoded" },
	{ "tagsight dict build boxes.jsonl -o twitter2015_train_dict.pth", "from a manifest of ground" },
	{ "tagsight dict merge a.pth b.pth -o all.pth", "join the dicts of several shards" },
	{ "tagsight dict convert old.pkl -o new_dict.pth", "from a bare pickle, which torch.load() refuses" },
	{ "tagsight dict convert a.pth -o a.json", "to edit it; convert takes it back" },
	{ NULL, NULL },
};

const struct command cmd_dict = {
	.name = "dict",
	.arguments = "show|check|build|merge|convert PATH...",
	.summary = "the image-to-objects dicts (.pth): look into, check, build, merge, convert",
	.description =
		"A dict says which crops belong to a record. NER dicts have picture names as keys "
		"(\"8.jpg\"), RE dicts line numbers from 0, as integers.\n\n"
		"Files are read without running anything in them: a pickle that asks for more than "
		"plain values is refused. What is written loads with torch.load(weights_only=True) "
		"from PyTorch 1.13 on.\n\n"
		"build makes a dict from a manifest that ground wrote. Records without a box are not "
		"in a manifest; ground itself writes a dict with every record.\n\n"
		"convert reads both of PyTorch's forms, a bare pickle and JSON (one object, key to list; "
		"keys that are all whole numbers are line numbers), and writes JSON when FILE ends in "
		".json. --pth legacy writes the form from before PyTorch 1.6, which every later one reads "
		"too.",
	.options = dict_options,
	.examples = dict_examples,
	.run = dict_run,
};
