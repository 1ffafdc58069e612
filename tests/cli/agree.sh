#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight agree: its table, its JSON, what is left out. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$work"

printf 'IMGID:1\nJo\tB-PER\nof\tO\nRome\tB-LOC\n\nIMGID:2\nMo\tO\n\n' >anna.txt
printf 'IMGID:1\nJo\tB-PER\nof\tO\nRome\tB-ORG\n\nIMGID:2\nMo\tO\n\n' >ben.txt
expect "2 files, 2 tweets, 4 words

                  units    Fleiss     alpha     Cohen        F1
all words             4    0.6190    0.6667    0.6364    0.5000
tagged words          2    0.2000    0.4000    0.3333    0.5000
LOC                   4   -0.1429    0.0000    0.0000    0.0000
ORG                   4   -0.1429    0.0000    0.0000    0.0000
PER                   4    1.0000    1.0000    1.0000    1.0000" "$("$TAGSIGHT" agree -q anna.txt ben.txt)"
expect '{"files":["anna.txt","ben.txt"],"units":4,"observed":0.75,"spans":{"first":2,"second":2,"same":1}}' \
	"$("$TAGSIGHT" agree -q -f json anna.txt ben.txt | jq -c 'select(.scope == "all").pairs[0] | del(.cohen, .f1)')"
expect '[5,6]' "$("$TAGSIGHT" agree -q -f json anna.txt ben.txt | jq -s -c '[([.[] | select(.scope)] | length), length]')"

# What is not defined is null.
printf 'Mo\tO\n\n' >none.txt
expect 'null null' "$("$TAGSIGHT" agree -q -f json none.txt none.txt | jq -r 'select(.scope == "all") | "\(.cohen) \(.f1)"')"

# Other words, and a tweet that one lacks: named, left out, status 1.
printf 'IMGID:2\nNo\tO\n\nIMGID:1\nJo\tB-PER\nof\tO\nRome\tB-LOC\n\nIMGID:3\nBo\tO\n\n' >cleo.txt
rc=0
"$TAGSIGHT" agree anna.txt cleo.txt >out 2>chatter || rc=$?
expect 1 $rc
grep -q "'anna.txt':6: IMGID:2 has other words in 'cleo.txt'" chatter || fail "$(cat chatter)"
grep -q "'cleo.txt':9: 'anna.txt' lacks IMGID:3" chatter || fail "$(cat chatter)"
grep -q '3 records are left out' chatter || fail "$(cat chatter)"
grep -q '^2 files, 1 tweet, 3 words' out || fail "$(cat out)"

rc=0
"$TAGSIGHT" agree anna.txt >out 2>&1 || rc=$?
expect 2 $rc
rc=0
"$TAGSIGHT" agree anna.txt nowhere.txt >out 2>&1 || rc=$?
expect 3 $rc

shared=${TAGSIGHT_SHARED:-}/data
if [ ! -d "$shared/mnre" ]; then
	echo "skip: the public data need \$TAGSIGHT_SHARED"
	exit 0
fi
# A file agrees wholly with itself, relations too.
for file in twitter2015/valid twitter2017/train mnre/mnre_val; do
	expect true "$("$TAGSIGHT" agree -q -f json "$shared/$file.txt" "$shared/$file.txt" | jq 'select(.scope == "all").fleiss == 1')"
done
# F1 of the data and a prediction is what eval says.
"$TAGSIGHT" predict -q "$shared/twitter2017/valid.txt" >predicted.txt
expect "$("$TAGSIGHT" eval -q --scorer conlleval -f json predicted.txt | jq '.f1 * 1e9 | round')" \
	"$("$TAGSIGHT" agree -q -f json "$shared/twitter2017/valid.txt" - <predicted.txt | jq 'select(.scope == "all").f1 * 1e9 | round')"
