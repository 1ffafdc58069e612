/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the dicts that say which crops belong to a record. */
#include "preprocess/check/passes.h"

#include "lib/base/file.h"
#include "preprocess/aux_dict_check.h"

#include <string.h>

/* Whether anything of the set has been grounded: before that, nobody misses a dict. */
static bool is_grounded(const struct check *check, const struct split *split)
{
	if (file_exists(split->dict) || (split->crops && file_is_folder(split->crops)))
		return true;
	for (size_t i = 0; i < check->dataset->n_splits; i++) {
		const struct split *other = &check->dataset->splits[i];

		if (strcmp(other->set, split->set) == 0 && other->dict && file_exists(other->dict))
			return true;
	}
	return false;
}

static bool is_chosen(const struct check *check, const char *rule)
{
	for (size_t i = 0; i < check->n_runs; i++)
		if (strcmp(check->runs[i].rule->info.name, rule) == 0)
			return check->runs[i].enabled;
	return false;
}

static void dict_file_end(struct check *check, struct rule_run *run)
{
	const struct split *split = check->file.split;
	struct pass_sink sink = pass_sink(check, check->file.split_index);
	struct aux_dict_check_options options = { is_chosen(check, "dict-unreadable-crop"),
						  check->options->jobs };
	struct err err = ERR_INIT;

	if (!split->dict || !pass_is_due(check, run) || !is_grounded(check, split))
		return;
	if (aux_dict_check(split, &options, &sink.sink, &err) < 0)
		pass_failed(check, &err);
}

const struct rule rules_dict[] = {
	{ .info = { "dict-unsafe", LEVEL_ERROR, "a dict that asks to run code",
		    "A .pth file is a pickle, and a pickle may call any function when it is loaded. This "
		    "one asks for more than plain lists and texts. Here it was read without running "
		    "anything, and turned down; torch.load() would have run it. Do not load it." },
	  .file_end = dict_file_end },
	{ .info = { "dict-format", LEVEL_ERROR, "a dict that is missing or none",
		    "The file is not there although other dicts or crops of the set are, is no file of "
		    "PyTorch, or holds something else than lists of names. HVPNeT's and MKGformer's "
		    "loaders open the dict of every split and stop." },
	  .file_end = dict_file_end },
	{ .info = { "dict-missing-key", LEVEL_ERROR, "a record that the dict lacks",
		    "Loaders take a record without a key for one without crops and go on without a word: "
		    "zeros stand in for its objects. Mostly the key is spelt otherwise, or the dict is of "
		    "another version of the text. In MKGformer's img2crop a key may well be missing, "
		    "where its detector found nothing: there it is a note." },
	  .file_end = dict_file_end },
	{ .info = { "dict-extra-key", LEVEL_WARNING, "a key of no record",
		    "No record of the split has this key: the dict is of another split or of another "
		    "version of the text. Keys of relations are line numbers, so that one line more or "
		    "less in the text gives every record after it the crops of another." },
	  .file_end = dict_file_end },
	{ .info = { "dict-key-type", LEVEL_ERROR, "keys of the wrong kind",
		    "Loaders look for picture names (\"8.jpg\") in the dict of a set of entities and for "
		    "whole numbers in that of a set of relations. To Python the text '8' and the number 8 "
		    "are different keys: not one record is found, and all train without crops." },
	  .file_end = dict_file_end },
	{ .info = { "dict-missing-crop", LEVEL_ERROR, "a crop that is not there",
		    "The dict names a crop that its folder lacks. Loaders open the first three crops of a "
		    "record without a way out: they stop at such a one." },
	  .file_end = dict_file_end },
	{ .info = { "dict-unreadable-crop", LEVEL_ERROR, "a crop that cannot be decoded",
		    "The crop is there, but is cut, empty or no picture. Loaders open the first three crops "
		    "of a record without a way out: they stop at such a one. Crops are decoded on "
		    "several threads." },
	  .file_end = dict_file_end },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
