/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0, the form in which code review sites take findings: one run, whose tool lists every
 * rule, then one result a finding, written as it comes.
 */
#include "cmd/check_print_priv.h"
#include "cmd/version.h"

#include "lib/base/buf.h"
#include "lib/formats/json_lines.h"

#include <ctype.h>
#include <string.h>

#define SCHEMA_URI \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static void write_value(FILE *out, json_t *value)
{
	if (value)
		json_dumpf(value, out, JSON_COMPACT);
	json_decref(value);
}

/* A path as a URI reference (RFC 3986): "file://" before an absolute one; a first part with a colon
 * would read as a scheme, and all but the unreserved characters are escaped. */
static json_t *path_uri(const char *path)
{
	struct buf uri = BUF_INIT;
	json_t *text;

	if (*path == '/')
		buf_add_string(&uri, "file://");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < 0x80 && (isalnum(c) || strchr("/-._~", c)))
			buf_add_char(&uri, (char)c);
		else
			buf_add_format(&uri, "%%%02X", c);
	}
	text = uri.failed ? NULL : json_string(uri.data);
	buf_release(&uri);
	return text;
}

static json_t *rule_descriptor(const struct rule_info *info)
{
	return json_pack("{ss s{ss} s{ss} s{ss} s{ss}}", "id", info->name, "shortDescription",
			 "text", info->summary, "fullDescription", "text", info->explanation,
			 "help", "text", info->explanation, "defaultConfiguration", "level",
			 finding_level_name(info->level));
}

static void write_rules(FILE *out)
{
	struct rule_info info;

	for (size_t i = 0; check_rule(i, &info); i++) {
		fputs(i ? ",\n" : "\n", out);
		write_value(out, rule_descriptor(&info));
	}
}

static void open_sarif(struct check_printer *printer)
{
	FILE *out = printer->out;

	fprintf(out,
		"{\"$schema\":\"" SCHEMA_URI "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":"
		"{\"driver\":{\"name\":\"tagsight\",\"version\":\"%s\",\"semanticVersion\":\"%s\","
		"\"rules\":[",
		tagsight_version, tagsight_version);
	write_rules(out);
	fputs("]}},\n\"columnKind\":\"unicodeCodePoints\",\"results\":[", out);
}

static size_t rule_index(const char *name)
{
	struct rule_info info;
	size_t index = 0;

	while (check_rule(index, &info) && strcmp(info.name, name) != 0)
		index++;
	return index;
}

static json_t *location(const struct finding *finding)
{
	json_t *physical = json_pack("{s{so}}", "artifactLocation", "uri",
				     path_uri(finding->file));
	json_t *region;

	if (finding->line) {
		region = json_pack("{sI}", "startLine", (json_int_t)finding->line);
		if (finding->column)
			json_object_set_new(region, "startColumn",
					    json_integer((json_int_t)finding->column));
		json_object_set_new(physical, "region", region);
	}
	return json_pack("{so}", "physicalLocation", physical);
}

/* A fix is advice in words, which SARIF's own fixes (bytes to replace) cannot hold. */
static json_t *properties(const struct finding *finding)
{
	json_t *object = json_object();

	if (finding->record)
		json_object_set_new(object, "record", json_text(finding->record));
	if (finding->fix)
		json_object_set_new(object, "fix", json_text(finding->fix));
	return object;
}

static void write_result(struct check_printer *printer, const struct finding *finding)
{
	json_t *result = json_pack("{ss sI ss s{so} s[o]}", "ruleId", finding->rule, "ruleIndex",
				   (json_int_t)rule_index(finding->rule), "level",
				   finding_level_name(finding->level), "message", "text",
				   json_text(finding->message), "locations", location(finding));

	if (finding->record || finding->fix)
		json_object_set_new(result, "properties", properties(finding));
	fputs(printer->n ? ",\n" : "\n", printer->out);
	write_value(printer->out, result);
}

static void close_sarif(struct check_printer *printer, const struct check_summary *summary)
{
	fprintf(printer->out, "],\n\"invocations\":[{\"executionSuccessful\":%s}]",
		summary ? "true" : "false");
	if (summary) {
		fputs(",\"properties\":", printer->out);
		write_value(printer->out, check_summary_json(summary));
	}
	fputs("}]}\n", printer->out);
}

const struct check_writer sarif_writer = {
	.format = "sarif",
	.open = open_sarif,
	.finding = write_result,
	.close = close_sarif,
};
