/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the form of CoNLL files. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"

#include "lib/formats/conll.h"

static void columns_sentence(struct check *check, struct rule_run *run,
			     const struct sentence *sentence)
{
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];

		if (token->columns == 1)
			check_report(check, run, token->line_number, 0,
				     "write the word, a tab and the tag",
				     "the line has a word and no tag");
		else if (token->columns != check->file.columns)
			check_report(check, run, token->line_number, 0,
				     "write the word, a tab and the tag",
				     "the line has %zu columns where %zu are expected",
				     token->columns, check->file.columns);
	}
}

/* A tweet with a file for its words and one for its tags. */
static void columns_bad(struct check *check, struct rule_run *run, const struct err *err)
{
	if (check_has_files(check->file.split))
		check_report(check, run, err->line, 0, "give each word a tag, and the tweet a picture",
			     "%s", err->text);
}

static void final_blank_end(struct check *check, struct rule_run *run)
{
	if (check->file.split->task == TASK_NER && check->file.n_lines && !check->file.ended_blank)
		check_report(check, run, check->file.n_lines, 0,
			     "add an empty line at the end of the file",
			     "no blank line after the last sentence, which HVPNeT's loader loses");
}

static void blank_spaces_line(struct check *check, struct rule_run *run,
			      const struct text_line *line)
{
	if (check->file.split->task == TASK_NER && line->length && !check->file.first.spaced &&
	    conll_blank_line(line->text, line->length))
		check_report(check, run, line->number, 1, "make the line empty",
			     "a blank line that holds blanks; loaders take it for a word");
}

static void blank_spaces_end(struct check *check, struct rule_run *run)
{
	if (check->file.first.spaced)
		check_report(check, run, 0, 0, "make these lines empty",
			     "%zu blank lines hold blanks, as all at the start of the file do; "
			     "loaders take each for a word",
			     check->file.spaced_lines);
}

static void missing_id_sentence(struct check *check, struct rule_run *run,
				const struct sentence *sentence)
{
	if (!sentence->id)
		check_report(check, run, sentence->line_number, 0,
			     "put a line IMGID:... before the sentence",
			     "the sentence has no IMGID line");
	else if (!*sentence->id)
		check_report(check, run, sentence->id_line, 0,
			     "write the picture's name behind IMGID:",
			     "the IMGID line names no picture");
}

/* A file without any id is plain CoNLL, where nothing is missing. */
static void missing_id_end(struct check *check, struct rule_run *run)
{
	if (check->file.n_ids == 0 && check->file.plain)
		findings_take_back(check, run);
}

static void duplicate_id_sentence(struct check *check, struct rule_run *run,
				  const struct sentence *sentence)
{
	if (check->file.repeat.same_id)
		check_report(check, run, sentence->id_line, 0,
			     "give each sentence an id and a picture of its own",
			     "the id '%.80s' stands %s %zu already", sentence->id,
			     CHECK_AT(check->file.split), check->file.repeat.same_id);
}

static void empty_sentence_sentence(struct check *check, struct rule_run *run,
				    const struct sentence *sentence)
{
	if (sentence->n_tokens == 0)
		check_report(check, run, sentence->id_line, 0, "remove the line, or add the words",
			     "no words follow the IMGID line");
}

static void empty_sentence_line(struct check *check, struct rule_run *run,
				const struct text_line *line)
{
	if (check->file.split->task == TASK_NER && check->file.after_blank &&
	    conll_blank_line(line->text, line->length))
		check_report(check, run, line->number, 0, "remove the line",
			     "a blank line without a sentence before it, which loaders take for an "
			     "empty sentence");
}

const struct rule rules_conll[] = {
	{ .info = { "conll-columns", LEVEL_ERROR, "a token line with too few or too many columns",
		    "A token line is a word, a tab and a tag. Without a tag the loaders stop; with a "
		    "third column HVPNeT's takes the second one for the tag, cuts its last character and "
		    "stops. In plain CoNLL files any number from two is fine, as long as it stays." },
	  .sentence = columns_sentence,
	  .bad_record = columns_bad,
	  .anywhere = true },
	{ .info = { "conll-no-final-blank", LEVEL_ERROR, "no blank line after the last sentence",
		    "HVPNeT's loader keeps a sentence only when a blank line follows it. Without one at "
		    "the end, the last sentence is lost, the numbers of sentences and ids differ, and an "
		    "assertion stops it." },
	  .file_end = final_blank_end },
	{ .info = { "conll-blank-line-spaces", LEVEL_ERROR, "a blank line that holds blanks",
		    "Loaders compare the line with a bare line end, so a line of blanks is a token "
		    "without a tag to them, and they stop. The two sentences around it are joined by "
		    "those that do not." },
	  .line = blank_spaces_line,
	  .file_end = blank_spaces_end,
	  .lines = LINE_BLANK },
	{ .info = { "conll-missing-id", LEVEL_ERROR, "a sentence without an IMGID line",
		    "Each sentence of the Twitter releases follows a line IMGID: with the name of its "
		    "picture. The loaders pair ids and sentences by number, so that one missing id gives "
		    "all later sentences the wrong picture. Files without any id are plain CoNLL and "
		    "fine." },
	  .sentence = missing_id_sentence,
	  .file_end = missing_id_end,
	  .anywhere = true },
	{ .info = { "conll-duplicate-id", LEVEL_WARNING, "an id that stands twice in a split",
		    "Two sentences of a split have the same IMGID: they share a picture and its crops. "
		    "That may be meant; often a sentence was copied. The index of ids takes 43 to 86 bytes "
		    "a sentence of the split." },
	  .sentence = duplicate_id_sentence,
	  .needs = NEED_ID },
	{ .info = { "conll-empty-sentence", LEVEL_ERROR, "a sentence without words",
		    "No token line stands between an id and the next blank line, or two blank lines "
		    "follow each other. HVPNeT's loader adds an empty sentence at each blank line; its "
		    "numbers of sentences and ids then differ, and an assertion stops it." },
	  .line = empty_sentence_line,
	  .sentence = empty_sentence_sentence,
	  .anywhere = true,
	  .lines = LINE_BLANK },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
