#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight eval beside what the original scorers printed. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../oracle/scorers"

same() { # file, then the command
	expected=$1
	shift
	"$@" >"$work/got" || fail "exit $? of: $*"
	cmp -s "$expected" "$work/got" || {
		echo "differs from $expected: $*"
		diff "$expected" "$work/got"
		exit 1
	}
}

status_of() {
	rc=0
	"$@" >"$work/out" 2>"$work/chatter" || rc=$?
	echo $rc
}

for scorer in conlleval seqeval; do
	same $scorer.txt "$TAGSIGHT" eval --scorer $scorer pairs.txt
	same $scorer.txt "$TAGSIGHT" eval --scorer $scorer gold.txt predicted.txt
	same $scorer.txt "$TAGSIGHT" eval --scorer $scorer gold.txt predicted.jsonl
	same $scorer.txt "$TAGSIGHT" eval --scorer $scorer gold.txt - <predicted.jsonl
	same $scorer.txt "$TAGSIGHT" eval --scorer $scorer - <pairs.txt
done
# All of them, one after the other; a scorer that takes no such tags says so and fails alone.
"$TAGSIGHT" eval pairs.txt >"$work/all"
for scorer in conlleval seqeval; do
	sed -n "/^== $scorer\$/,/^== /p" "$work/all" | sed '1d;$d' | sed '$d' >"$work/part"
	cmp -s $scorer.txt "$work/part" || fail "$scorer among all scorers"
done
expect "side by side conlleval seqeval seqeval-strict umt nervaluate nervaluate-0 nervaluate-optimal" \
	"$(sed -n 's/^== //p' "$work/all" | xargs)"
expect 11 "$(sed -n '2,/^$/d; 1,/^== conlleval/p' "$work/all" | grep -c '[0-9] *0\.[0-9]* *0\.[0-9]* *0\.[0-9]*$')"
grep -q "^not scored: 'pairs.txt':[0-9]*: the tag '.*' has a prefix" "$work/all" || fail "no word of what strict refuses"
[ "$(status_of "$TAGSIGHT" eval --scorer seqeval-strict pairs.txt)" = 1 ] || fail "strict alone must fail"
[ "$(status_of "$TAGSIGHT" eval --scorer nervaluate pairs.txt)" = 1 ] || fail "nervaluate 1.x alone must fail"

printf 'a B-PER B-PER\nb I-PER O\n\n' >"$work/small"
cat >"$work/json" <<'END'
{"scorer":"conlleval","precision":0.0,"recall":0.0,"f1":0.0,"accuracy":0.5,"support":1,"macro":{"precision":0.0,"recall":0.0,"f1":0.0},"weighted":{"precision":0.0,"recall":0.0,"f1":0.0},"types":{"PER":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}}}
{"scorer":"seqeval","precision":0.0,"recall":0.0,"f1":0.0,"accuracy":0.5,"support":1,"macro":{"precision":0.0,"recall":0.0,"f1":0.0},"weighted":{"precision":0.0,"recall":0.0,"f1":0.0},"types":{"PER":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}}}
END
for scorer in conlleval seqeval; do "$TAGSIGHT" eval --format json --scorer $scorer "$work/small"; done >"$work/got"
cmp "$work/json" "$work/got" || fail "JSON of conlleval and seqeval"
"$TAGSIGHT" eval --format json "$work/small" >"$work/got"
expect 16 "$(wc -l <"$work/got")"
expect '[0,0,1,0,0,0.5,"PER"]' "$(jq -c 'select(.scorer == "nervaluate" and .schema == "partial") |
	[.correct, .incorrect, .partial, .missed, .spurious, .f1, (.types | keys[0])]' "$work/got")"

# A line that starts a document is a word to conlleval.pl, of no entity, and nothing to the others.
printf -- '-DOCSTART- -X- O O\n\na NNP B-PER B-PER\n\n-DOCSTART- -X- O O\n\nb NN O O\n\n' >"$work/documents"
"$TAGSIGHT" eval --scorer conlleval "$work/documents" | grep -q '^processed 4 tokens with 1 phrases' || fail "-DOCSTART-"
"$TAGSIGHT" eval --scorer seqeval "$work/documents" | grep -q 'micro avg  *1.0000  *1.0000  *1.0000  *1$' || fail "-DOCSTART-"
# Lines may end in CR LF and the file start with a byte order mark.
sed 's/$/\r/; 1s/^/\xef\xbb\xbf/' pairs.txt >"$work/crlf"
same conlleval.txt "$TAGSIGHT" eval --scorer conlleval "$work/crlf"

# Two names of one type.
printf 'a\tB-OTHER\n\n' >"$work/gold"
printf 'a\tB-MISC\n\n' >"$work/guess"
"$TAGSIGHT" eval "$work/gold" "$work/guess" 2>"$work/chatter" | grep -q 'correct: 0\.' || fail "OTHER is MISC unasked"
grep -q 'rename OTHER=MISC' "$work/chatter" || fail "no word about OTHER and MISC"
"$TAGSIGHT" eval --rename OTHER=MISC "$work/gold" "$work/guess" | grep -q 'correct: 1\.' || fail "--rename"
[ "$(status_of "$TAGSIGHT" eval --rename OTHER "$work/gold" "$work/guess")" = 2 ] || fail "--rename without ="

# What does not fit together is said with its place, and nothing is printed.
printf 'a O\nx O\n\n' >"$work/other"
printf 'a O\n\n' >"$work/short"
printf 'a O\nb O\n\n' >"$work/gold"
[ "$(status_of "$TAGSIGHT" eval "$work/gold" "$work/other")" = 1 ] || fail "another word must fail"
grep -q "other':2: the word 'x' stands where" "$work/chatter" || fail "$(cat "$work/chatter")"
[ ! -s "$work/out" ] || fail "a score of files that do not fit"
[ "$(status_of "$TAGSIGHT" eval "$work/gold" "$work/short")" = 1 ] || fail "a missing word must fail"
[ "$(status_of "$TAGSIGHT" eval "$work/gold")" = 1 ] || fail "a missing column must fail"
[ "$(status_of "$TAGSIGHT" eval "$work/nowhere")" = 3 ] || fail "a missing file must be a system failure"
[ "$(status_of "$TAGSIGHT" eval)" = 2 ] || fail "no file must be wrong use"
: >"$work/empty"
[ "$(status_of "$TAGSIGHT" eval "$work/empty")" = 1 ] || fail "an empty file must fail"
grep -q "empty': there is no sentence to score" "$work/chatter" || fail "$(cat "$work/chatter")"
[ "$(status_of "$TAGSIGHT" eval --scheme IOB9 "$work/gold" "$work/gold")" = 2 ] || fail "an unknown scheme"
printf 'a\377 B-\377 B-\377\n\n' >"$work/bytes"
"$TAGSIGHT" eval --format json "$work/bytes" | jq -es 'length == 16' >/dev/null || fail "bytes that are no UTF-8"
printf 'w S-A S-A\nw S-A S-A\n' >"$work/single"
"$TAGSIGHT" eval --scorer seqeval-strict --scheme bioes --format json "$work/single" |
	jq -e '.f1 == 1 and .support == 2' >/dev/null || fail "--scheme"
