/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/model_priv.h"

#include "cmd/models.h"
#include "inference/systems/grounder_open.h"
#include "inference/systems/system.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

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
		json_line_write(out, json_pack("{s:s, s:o, s:s, s:o}", "kind", "model", "name",
					       json_text(name ? name : ""), "system", system, "file",
					       json_text(path)));
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

static const struct {
	enum record_parts part;
	const char *name;
} parts[] = {
	{ READS_WHOLE, "picture" },	  { READS_CROPS, "crops" },	 { READS_TYPE_CROPS, "type crops" },
	{ READS_OBJECTS, "object features" }, { READS_CONTEXTS, "contexts" },
};

static void list_system_json(FILE *out, const struct system *system)
{
	json_t *inputs = json_array(), *variants = json_array();

	json_array_append_new(inputs, json_string("text"));
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (system->reads & parts[i].part)
			json_array_append_new(inputs, json_string(parts[i].name));
	for (const char *const *name = system->variants; name && *name; name++)
		json_array_append_new(variants, json_string(*name));
	json_line_write(out, json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s}", "kind", "system", "name",
				       system->name, "task", system->relates ? "re" : "ner", "inputs",
				       inputs, "variants", variants, "defaults", system->defaults,
				       "summary", system->summary));
}

static void list_system_text(FILE *out, const struct system *system)
{
	fprintf(out, "%-16s %-4s text", system->name, system->relates ? "re" : "ner");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (system->reads & parts[i].part)
			fprintf(out, ", %s", parts[i].name);
	fprintf(out, "\n    %s\n    by default: %s\n", system->summary, system->defaults);
	for (const char *const *name = system->variants; name && *name; name++)
		fprintf(out, "    variant: %s\n", *name);
}

static void list_systems(FILE *out, bool json)
{
	if (!json)
		fputs("\nSystems whose checkpoints run:\n", out);
	for (size_t i = 0; systems[i]; i++)
		if (json)
			list_system_json(out, systems[i]);
		else
			list_system_text(out, systems[i]);
}

static void list_grounders(FILE *out, bool json)
{
	if (!json)
		fputs("\nModels that find boxes, for ground:\n", out);
	for (const struct grounder_kind *kind = grounder_kinds; kind->name; kind++)
		if (json)
			json_line_write(out, json_pack("{s:s, s:s, s:s}", "kind", "grounder", "name", kind->name,
						       "summary", kind->summary));
		else
			fprintf(out, "%-16s %s\n", kind->name, kind->summary);
}

int model_list(FILE *out, const struct model_options *options, const char *name,
		      struct err *err)
{
	struct str_list folders = STR_LIST_INIT;
	int rc = models_folders(&folders, err);

	(void)name;
	for (size_t i = 0; i < folders.n && rc == 0; i++)
		list_folder(out, folders.items[i], model_is_json(options));
	str_list_release(&folders);
	if (rc == 0) {
		list_systems(out, model_is_json(options));
		list_grounders(out, model_is_json(options));
	}
	return rc;
}
