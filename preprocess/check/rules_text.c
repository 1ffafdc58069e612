/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about words and characters, and about texts that come twice. */
#include "preprocess/check/check_priv.h"

#include "lib/base/utf8.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "preprocess/pieceless.h"

#include <string.h>

#define REPLACEMENT 0xfffd

/* Control characters of C0 and C1, the byte order mark inside a text, and the two separators at
 * which Python's splitlines() breaks a line. The tab is the columns' own. */
static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xfeff || c == 0x2028 ||
	       c == 0x2029;
}

static void utf8_line(struct check *check, struct rule_run *run, const struct text_line *line)
{
	size_t valid = utf8_valid_prefix(line->text, line->length);

	if (valid == line->length)
		return;
	check_report(check, run, line->number, utf8_count(line->text, valid) + 1,
		     "convert the file to UTF-8, for instance with iconv",
		     "the byte 0x%02x is not UTF-8; Python's readers stop here",
		     (unsigned char)line->text[valid]);
}

static void mark_end(struct check *check, struct rule_run *run)
{
	if (check->file.first.has_mark)
		check_report(check, run, 1, 1, "save the file as UTF-8 without a BOM",
			     "the file starts with a byte order mark, which loaders take for a part "
			     "of the first line");
}

static void line_end_end(struct check *check, struct rule_run *run)
{
	const struct file_state *file = &check->file;

	if (file->cr_lines == 0)
		return;
	if (file->cr_lines == file->n_lines)
		check_report(check, run, file->first_cr_line, 0, "write LF at the end of each line",
			     "all lines end in CR LF or CR");
	else
		check_report(check, run, file->first_cr_line, 0, "write LF at the end of each line",
			     "%zu of %zu lines end in CR LF or CR, this one first", file->cr_lines,
			     file->n_lines);
}

static void replacement_line(struct check *check, struct rule_run *run,
			     const struct text_line *line)
{
	size_t column = 0;
	uint32_t c;

	for (size_t at = 0; at < line->length;) {
		size_t n = utf8_decode(line->text + at, line->length - at, &c);

		column++;
		if (n && c == REPLACEMENT)
			check_report(check, run, line->number, column,
				     "restore the character from the source of the tweet",
				     "U+FFFD stands where a character was lost");
		at += n ? n : 1;
	}
}

static void control_line(struct check *check, struct rule_run *run, const struct text_line *line)
{
	size_t column = 0;
	uint32_t c;

	for (size_t at = 0; at < line->length;) {
		size_t n = utf8_decode(line->text + at, line->length - at, &c);

		column++;
		if (n && is_control(c))
			check_report(check, run, line->number, column, "remove it",
				     "control character U+%04X", (unsigned)c);
		at += n ? n : 1;
	}
}

/* In a relation line a control character may be written as an escape. */
static void control_relation(struct check *check, struct rule_run *run,
			     const struct relation *relation)
{
	uint32_t c;

	for (size_t i = 0; i < relation->n_words; i++) {
		const char *word = relation->words[i];
		size_t length = strlen(word), n;

		for (size_t at = 0; at < length; at += n) {
			n = utf8_decode(word + at, length - at, &c);
			if (n == 0)
				break;
			if (is_control(c) || c == '\t')
				check_report(check, run, relation->line_number, 0, "remove it",
					     "control character U+%04X in token %zu", (unsigned)c,
					     i);
		}
	}
}

static void long_line(struct check *check, struct rule_run *run, const struct err *err)
{
	if (err->column == 0 && !check_has_files(check->file.split))
		check_report(check, run, err->line, 0,
			     "look for a missing line end, or cut the text",
			     "%s; the record is stepped over", err->text);
}

static void empty_sentence(struct check *check, struct rule_run *run,
			   const struct sentence *sentence)
{
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (!*sentence->tokens[i].word)
			check_report(check, run, sentence->tokens[i].line_number, 1,
				     "remove the line, or put the word back",
				     "a token line without a word");
}

static void empty_relation(struct check *check, struct rule_run *run,
			   const struct relation *relation)
{
	for (size_t i = 0; i < relation->n_words; i++)
		if (!*relation->words[i])
			check_report(check, run, relation->line_number, 0,
				     "remove the token and move the spans",
				     "token %zu is empty", i);
}

/* An empty word is another rule's. */
static bool unpieceable(const char *word)
{
	size_t length;
	uint32_t c;

	if (*word > ' ' && *word < 0x7f)
		return false;
	length = strlen(word);
	for (size_t at = 0; at < length;) {
		size_t n = utf8_decode(word + at, length - at, &c);

		if (!pieceless_character(c))
			return false;
		at += n ? n : 1;
	}
	return length > 0;
}

static void unpieceable_sentence(struct check *check, struct rule_run *run,
				 const struct sentence *sentence)
{
	char shown[UTF8_SHOWN];

	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (unpieceable(sentence->tokens[i].word))
			check_report(check, run, sentence->tokens[i].line_number, 1,
				     "remove the line, or join the character to the word before it",
				     "the word '%s' yields no word piece, so its label is lost",
				     utf8_show(sentence->tokens[i].word, shown));
}

static void unpieceable_relation(struct check *check, struct rule_run *run,
				 const struct relation *relation)
{
	char shown[UTF8_SHOWN];

	for (size_t i = 0; i < relation->n_words; i++)
		if (unpieceable(relation->words[i]))
			check_report(check, run, relation->line_number, 0,
				     "remove the token and move the spans",
				     "token %zu, '%s', yields no word piece", i,
				     utf8_show(relation->words[i], shown));
}

static void report_duplicate(struct check *check, struct rule_run *run, size_t line)
{
	const struct repeat *repeat = &check->file.repeat;

	if (repeat->same_split && repeat->same_labels)
		check_report(check, run, line, 0, "remove one of the two",
			     "the same words with the same labels stand %s %zu",
			     CHECK_AT(check->file.split), repeat->same_split);
}

static void report_conflict(struct check *check, struct rule_run *run, size_t line)
{
	const struct repeat *repeat = &check->file.repeat;

	if (repeat->same_split && !repeat->same_labels)
		check_report(check, run, line, 0, "decide which labels are right",
			     "the same words with other labels stand %s %zu",
			     CHECK_AT(check->file.split), repeat->same_split);
}

static void report_overlap(struct check *check, struct rule_run *run, size_t line)
{
	const struct repeat *repeat = &check->file.repeat;

	const struct split *other = &check->dataset->splits[repeat->other_index];

	if (repeat->other_split)
		check_report(check, run, line, 0, "remove it from the split that is trained on",
			     "the same words stand in '%s' %s %zu", other->text, CHECK_AT(other),
			     repeat->other_split);
}

static void duplicate_sentence(struct check *check, struct rule_run *run,
			       const struct sentence *sentence)
{
	report_duplicate(check, run, sentence->line_number);
}

static void duplicate_relation(struct check *check, struct rule_run *run,
			       const struct relation *relation)
{
	report_duplicate(check, run, relation->line_number);
}

static void conflict_sentence(struct check *check, struct rule_run *run,
			      const struct sentence *sentence)
{
	report_conflict(check, run, sentence->line_number);
}

static void conflict_relation(struct check *check, struct rule_run *run,
			      const struct relation *relation)
{
	report_conflict(check, run, relation->line_number);
}

static void overlap_sentence(struct check *check, struct rule_run *run,
			     const struct sentence *sentence)
{
	report_overlap(check, run, sentence->line_number);
}

static void overlap_relation(struct check *check, struct rule_run *run,
			     const struct relation *relation)
{
	report_overlap(check, run, relation->line_number);
}

const struct rule rules_text[] = {
	{ .info = { "text-utf8", LEVEL_ERROR, "bytes that are not UTF-8",
		    "Every loader opens its text as UTF-8 and stops with a UnicodeDecodeError at the "
		    "first byte that is not. Convert the file from the encoding that it has, or mend the "
		    "bytes by hand when only a few are wrong." },
	  .line = utf8_line,
	  .anywhere = true,
	  .lines = LINE_ODD },
	{ .info = { "text-bom", LEVEL_ERROR, "a byte order mark at the start of a file",
		    "An editor saved the file as \"UTF-8 with BOM\". The loaders open it as plain UTF-8, "
		    "so that U+FEFF belongs to the first line: an IMGID line is then none, a relation "
		    "cannot be parsed, and they stop; elsewhere the first word is another one." },
	  .file_end = mark_end },
	{ .info = { "text-line-end", LEVEL_NOTE, "lines that end in CR LF or CR",
		    "Python's text mode reads such lines as others. conlleval.pl and tools that read bytes "
		    "(awk, grep, cut) take the CR for a part of the tag, and a \"blank\" line is not empty "
		    "to them. One finding a file." },
	  .file_end = line_end_end },
	{ .info = { "text-replacement", LEVEL_WARNING, "U+FFFD where a character was lost",
		    "A program that could not read a character wrote U+FFFD in its place. The tokenizers "
		    "drop it, so that the parts of the word around it are joined. The character can only "
		    "be had back from the source of the tweet." },
	  .line = replacement_line,
	  .anywhere = true,
	  .lines = LINE_ODD },
	{ .info = { "text-control", LEVEL_WARNING, "a control character in a text",
		    "Control characters (C0 and C1, U+FEFF, U+2028, U+2029) cannot be seen, the "
		    "tokenizers drop most of them, and Python's splitlines() ends a line at some. They "
		    "come from broken conversions; remove them." },
	  .line = control_line,
	  .relation = control_relation,
	  .anywhere = true,
	  .lines = LINE_ODD },
	{ .info = { "text-long-line", LEVEL_ERROR, "a line or sentence too long to be text",
		    "A line of more than a megabyte, or a sentence of more than 65536 words or 16 "
		    "megabytes, is no tweet: a line end or a blank line is missing, or the file is not "
		    "text. The record is stepped over and the rest of the file is checked." },
	  .bad_record = long_line,
	  .anywhere = true },
	{ .info = { "text-empty-token", LEVEL_ERROR, "a token without characters",
		    "The word column of the line is empty (or the token of a relation is ''). "
		    "Tokenizers give no piece for it, readers that split at blanks take the tag for the "
		    "word, and a system that averages the pieces of a word stops." },
	  .sentence = empty_sentence,
	  .relation = empty_relation,
	  .anywhere = true },
	{ .info = { "text-unpieceable", LEVEL_WARNING, "a word that the tokenizer drops",
		    "All characters of the word are ones that BERT's cleaning removes (control "
		    "characters, blanks such as U+00A0, variation selectors and other marks alone). The "
		    "word yields no piece, its label is silently lost, and predictions that are put back "
		    "by count rather than by word shift from there on." },
	  .sentence = unpieceable_sentence,
	  .relation = unpieceable_relation,
	  .anywhere = true },
	{ .info = { "text-duplicate", LEVEL_WARNING, "the same words twice in a split",
		    "Two records of a split have the same words and the same labels (for relations: the "
		    "same entities too). They count double in training and in the score. The three rules "
		    "of texts that come twice share an index of 43 to 86 bytes a different text." },
	  .sentence = duplicate_sentence,
	  .relation = duplicate_relation,
	  .needs = NEED_REPEATS },
	{ .info = { "text-duplicate-conflict", LEVEL_WARNING,
		    "the same words twice in a split, with other labels",
		    "Two records of a split have the same words (for relations: the same entities too) "
		    "and labels that differ. Unless their pictures tell them apart, at least one of the "
		    "two is wrong." },
	  .sentence = conflict_sentence,
	  .relation = conflict_relation,
	  .needs = NEED_REPEATS },
	{ .info = { "text-overlap", LEVEL_WARNING, "the same words in two splits of a set",
		    "A record of this split has the words of a record in another split of the same set: "
		    "a model has seen in training what it is tested on. Remove it from the split that "
		    "is trained on." },
	  .sentence = overlap_sentence,
	  .relation = overlap_relation,
	  .needs = NEED_REPEATS },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
