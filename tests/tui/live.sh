#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A review without predictions opens at once and makes them meanwhile, with the model that ships: edits go
# on, leaving does not wait, what was made is there the next time, and nothing of it is in the journal.
. "$(dirname "$0")/terminal"
sample=$PWD/tests/sample/tweets/train.txt
live=$work/many.txt.review-predictions.jsonl
journal=$work/many.txt.journal.jsonl
predict=

cat tests/sample/tweets/*.txt >"$work/few.txt"
# So many that no machine is through with them before the edit.
awk '{ lines[NR] = $0 } END {
	for (copy = 1; copy <= 3000; copy++)
		for (i = 1; i <= NR; i++)
			print lines[i] (lines[i] ~ /^IMGID:/ ? "_" copy : "")
}' "$sample" >"$work/many.txt"
tweets=$(grep -c '^IMGID:' "$work/many.txt")

# In the middle of it: an edit, and a way out.
review_arguments=many.txt
review NO_COLOR=1
wait_for ' of 18,000'
wait_for ' D.. '
keys Enter Home Right Right
wait_for 'predicted'
keys o
wait_for 'tagged as ORG'
capture | grep -q 'predicting .* of 18,000' || fail 'all was predicted before the edit:'
keys q q
wait_for 'left with status 0'
[ "$(wc -l <"$journal")" -eq 2 ] || fail "the journal has not the edit alone: $(cat "$journal")"
made=$(($(wc -l <"$live") - 1))
[ $made -gt 0 ] && [ $made -lt "$tweets" ] || fail "$made predictions were kept of $tweets"
[ ! -e "$work/many.txt.predictions.jsonl" ] || fail 'a part was kept as the whole'

# The next review goes on where that one was, by number as well as by id.
review NO_COLOR=1
left=$(printf '%d' $((tweets - made)) | sed 's/\(...\)$/,\1/')
wait_for " of $left"
capture | grep -q '>  *1 ..e' || fail 'the edit is gone:'
kill -INT "$(pid)" # a key of the terminal would reach its shell too
wait_for 'interrupted; every edit is kept'
cut -d, -f1 "$live" | sort | uniq -d | grep . && fail 'tweets were predicted twice'

# To the end: the line goes, the screen is what a file of predictions would show.
review_arguments=few.txt
review NO_COLOR=1
wait_for ' 4 differ'
wait_for 'q end'
screen done
keys q
wait_for 'left with status 0'
"$TAGSIGHT" predict --format json -q "$work/few.txt" >"$work/few.txt.predictions.jsonl"
rm "$work/few.txt.review-predictions.jsonl"
review NO_COLOR=1
number=$((number - 1))
screen done
keys q
wait_for 'left with status 0'
[ ! -e "$work/few.txt.review-predictions.jsonl" ] || fail 'a whole file was added to'

# What a file lacks is added, nearest first, and shown where only that is wanted.
sed -i '2d;5d' "$work/few.txt.predictions.jsonl"
review_arguments='few.txt --only differs'
review NO_COLOR=1
wait_for '1 of 4 shown (of 10)'
keys q
wait_for 'left with status 0'
[ "$(wc -l <"$work/few.txt.review-predictions.jsonl")" -eq 3 ] || fail 'not what the file lacks'

# One message when there is no model, and nothing when none is wanted.
rm "$work"/few.txt.*
review_arguments='few.txt --model nowhere'
review NO_COLOR=1
wait_for "no predictions: there is no model 'nowhere'"
keys Enter
wait_for "'tagsight predict' makes them"
keys q q
wait_for 'left with status 0'
review_arguments=few.txt
predict=--no-predict
review NO_COLOR=1
keys Enter
wait_for "'tagsight predict' makes them"
screen no-predict
keys q q
wait_for 'left with status 0'
[ ! -e "$work/few.txt.review-predictions.jsonl" ] || fail '--no-predict has predicted'
"$TAGSIGHT" review "$work/few.txt" --no-predict -m tagger 2>&1 | grep -q 'exclude each other' ||
	fail 'a model for no predictions was allowed'
finish
