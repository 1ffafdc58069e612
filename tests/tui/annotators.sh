#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two annotators, each with a journal of their own, one of them blind; what is hard and what was noted;
# agreement and merge of their journals; then the adjudication of what they read otherwise.
. "$(dirname "$0")/terminal"

review_arguments='tweets.txt --annotator anna --blind'
review NO_COLOR=1
keys h
wait_for 'marked as hard'
keys y
wait_for ':note'
keys 'is RT a word?' Enter
wait_for 'noted'
keys Down ':' 'note a family' Enter
wait_for 'n 102'
screen blind-list
keys A
wait_for 'predictions are hidden'
keys ':' 'only noted' Enter
wait_for '102'
keys ':' 'only hard' Enter
wait_for 'hard, noted'
keys T
wait_for '108'
keys S
wait_for 'scores'
wait_for 'predictions are hidden'
keys q
wait_for 'DFS'
keys Home Enter
wait_for 'IMGID:101'
screen blind-sentence
keys Home Right Right Right x
wait_for 'taken off'
keys u u u
wait_for 'undone'
keys q
wait_for 'DFS'
screen note-undone
keys C-r
wait_for 'redone'
keys y C-u note Enter
wait_for 'taken off'
keys Home h
wait_for 'no longer marked'
keys Q
wait_for 'left with status 0'
[ ! -e "$work/tweets.txt.journal.jsonl" ] || fail "anna's work is in everybody's journal"

review_arguments='tweets.txt --annotator ben'
review NO_COLOR=1
keys Down Down Down Enter
wait_for 'IMGID:104'
keys Home o
wait_for 'NASA'
keys x
wait_for 'taken off'
keys Q
wait_for 'left with status 0'

# An annotator's journal is not another's, and the options that do not go together say so.
cp "$work/tweets.txt.ben.journal.jsonl" "$work/tweets.txt.cleo.journal.jsonl"
review_arguments='tweets.txt --annotator cleo'
start NO_COLOR=1
wait_for 'this is the journal of'
rm "$work/tweets.txt.cleo.journal.jsonl"
review_arguments='tweets.txt --blind --predictions tweets.txt.predictions.jsonl'
start NO_COLOR=1
wait_for '--blind and --adjudicate hide'
review_arguments='tweets.txt --annotator ../ben'
start NO_COLOR=1
wait_for "'../ben' cannot be an annotator's name"

cd "$work" || exit 2
"$TAGSIGHT" agree -q -f json tweets.txt.anna.journal.jsonl tweets.txt.ben.journal.jsonl >agreement ||
	fail 'agree failed'
[ "$(jq -c 'select(.scope == "all").pairs[0].spans' agreement)" = '{"first":36,"second":35,"same":35}' ] ||
	fail "$(cat agreement)"
"$TAGSIGHT" merge -q tweets.txt.anna.journal.jsonl tweets.txt.ben.journal.jsonl -o merged.txt ||
	fail 'merge failed'
sed 's/^NASA	B-ORG/NASA	O/' tweets.txt | cmp - merged.txt || fail "the merge is not ben's change alone"
cd - >/dev/null || exit 2

# More that they read alike, and otherwise.
review_arguments='tweets.txt --annotator anna'
review NO_COLOR=1
keys Down Down Down Down Down Enter
wait_for '6/30'
keys End Left p h
wait_for 'marked as hard'
keys ] Home o
wait_for 'tagged as ORG'
keys Q
wait_for 'left with status 0'
review_arguments='tweets.txt --annotator ben'
review NO_COLOR=1
keys Down Down Down Down Down Enter
wait_for '6/30'
keys End p y
wait_for ':note'
keys 'Ann alone' Enter
wait_for 'noted'
keys ] Home o
wait_for 'tagged as ORG'
keys Q
wait_for 'left with status 0'

review_arguments='tweets.txt --adjudicate anna,ben'
review NO_COLOR=1
wait_for 'D..  104'
screen adjudication-list
keys S
wait_for "Cohen's"
screen adjudication-scores
for measure in Fleiss:fleiss Krippendorff:krippendorff 'F1 of:f1'; do
	value=$(cd "$work" && "$TAGSIGHT" agree -q -f json tweets.txt.anna.journal.jsonl \
		tweets.txt.ben.journal.jsonl | jq "select(.scope == \"all\").${measure#*:}")
	capture | grep "${measure%:*}" | grep -qF "$(printf '%.4f' "$value")" ||
		fail "${measure%:*} is not $value, as agree says:"
done
keys q
wait_for 'D..  104'
keys d Enter
wait_for 'IMGID:104'
kappa=$(cd "$work" && "$TAGSIGHT" agree -q -f json tweets.txt.anna.journal.jsonl \
	tweets.txt.ben.journal.jsonl | jq 'select(.scope == "all").cohen')
wait_for "$(printf 'kappa %.2f' "$kappa")"
screen adjudication-sentence
keys b
wait_for 'as ben has it here'
keys a
wait_for 'as anna has it here'
keys d
wait_for '6/30'
screen adjudication-notes
keys e
wait_for 'there is no such annotator'
keys B
wait_for 'as ben has it'
screen adjudication-taken
keys A
wait_for 'as anna has it'
keys u u
wait_for 'undone'
keys g
wait_for 'accepted as it stands'
keys d
wait_for 'no undecided'
keys ]
wait_for 'IMGID:107'
screen adjudication-agreed
keys [
wait_for '6/30'
on resize-window -x 40 -y 12
wait_for '6/30'
screen adjudication-small
on resize-window -x 132 -y 43
wait_for 'tweets.txt (anna, ben)'
screen adjudication-large
keys Q
wait_for 'left with status 0'

# What is final is a file: the annotators' journals are as they were.
cd "$work" || exit 2
final=tweets.txt.adjudicated.journal.jsonl
"$TAGSIGHT" agree -q -f json tweets.txt $final | jq -c 'select(.scope == "all").pairs[0].spans' >spans
[ "$(cat spans)" = '{"first":36,"second":37,"same":36}' ] || fail "$(cat spans)"
[ "$(jq -r 'select(.what == "agreed") | .record' $final | tr '\n' ' ')" = '3 6 ' ] ||
	fail "$(cat $final)"
cd - >/dev/null || exit 2

# Relations: each annotator's journal is one, and these are joined by merge.
for annotator in anna ben; do
	review_arguments="relations.txt --annotator $annotator --blind"
	review NO_COLOR=1
	wait_for '0 differ'
	keys Enter
	[ $annotator = anna ] || keys ]
	keys Home Enter
	wait_for 'edited'
	keys h Q
	wait_for 'left with status 0'
done
cd "$work" || exit 2
"$TAGSIGHT" agree -q relations.txt.anna.journal.jsonl relations.txt.ben.journal.jsonl >agreement ||
	fail 'agree failed on relations'
grep -q '2 files, 6 relations' agreement || fail "$(cat agreement)"
"$TAGSIGHT" merge -q relations.txt.anna.journal.jsonl relations.txt.ben.journal.jsonl -o merged.txt ||
	fail 'merge failed on relations'
[ "$(diff relations.txt merged.txt | grep -c '^>')" = 2 ] || fail "$(diff relations.txt merged.txt)"
cd - >/dev/null || exit 2
review_arguments='relations.txt --adjudicate anna,ben'
start NO_COLOR=1
wait_for 'annotators of relations cannot be adjudicated'

review_arguments='tweets.txt --adjudicate anna,dora'
start NO_COLOR=1
wait_for "'dora' has decided nothing here"
review_arguments='tweets.txt --adjudicate anna'
start NO_COLOR=1
wait_for 'is for two to four annotators'
review_arguments='tweets.txt --adjudicate anna,anna'
start NO_COLOR=1
wait_for "names 'anna' twice"
review_arguments='tweets.txt --adjudicate anna,ben --annotator cleo'
start NO_COLOR=1
wait_for 'leave --annotator out'
finish
