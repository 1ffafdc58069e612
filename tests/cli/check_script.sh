#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check as a cleanup script uses it: exit statuses, JSON Lines through jq, pipes, several
# files, the choice of rules.
. "$(dirname "$0")/prelude"
command -v jq >"$work/jq" || { echo "skip: jq is not installed"; exit 77; }
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$work"

good() { printf 'IMGID:%s\n%s\tB-PER\nsings\tO\n\n' "$@"; }
{
	good 1 Jo
	printf 'IMGID:2\nMo\tI-PER\nhums\tO\n\n'
	good 2 Al
	good 3 Di
} >train.txt
good 4 Bo >valid.txt
printf 'IMGID:5\nCy\tB-CITY\n' >broken.txt
check() { "$TAGSIGHT" check -q "$@"; }
status() { # arguments of check
	rc=0
	check "$@" >out 2>chatter || rc=$?
	echo $rc
}

# The exit status: 0 with warnings alone, 1 with an error, 2 for wrong use, 3 for what is not there.
expect 0 "$(status train.txt)"
expect 0 "$(status train.txt valid.txt)"
expect 1 "$(status broken.txt)"
expect 1 "$(status train.txt broken.txt valid.txt)"
expect 1 "$(status --error tag-orphan-inside train.txt)"
expect 1 "$(status --error tag- train.txt)"
expect 2 "$(status)"
expect 2 "$(status --only no-such-rule train.txt)"
expect 2 "$(status --max-per-rule -1 train.txt)"
expect 2 "$(status --format xml train.txt)"
expect 3 "$(status train.txt missing.txt)"
expect 0 "$(status --except conll- --except tag- broken.txt)"
expect 0 "$(status --except conll- --types CITY broken.txt)"

# if check ...; then: the way to gate a step on it.
if check broken.txt >out; then fail "a broken file passes"; fi
if ! check valid.txt >out; then fail "a good file fails"; fi

# Each line is one object; the last one sums up; counts agree.
check --format json train.txt broken.txt >all.jsonl || [ $? -eq 1 ] || fail "check"
expect "$(wc -l <all.jsonl | tr -d ' ')" "$(jq -c . all.jsonl | wc -l | tr -d ' ')"
expect true "$(tail -n 1 all.jsonl | jq 'has("summary")')"
expect "$(jq -n '[inputs | select(.level == "error")] | length' all.jsonl)" "$(jq 'select(.summary).summary.errors' all.jsonl)"
expect "$(jq -n '[inputs | select(.level == "warning")] | length' all.jsonl)" "$(jq 'select(.summary).summary.warnings' all.jsonl)"
expect '2 5 false' "$(jq -r 'select(.summary).summary | "\(.files) \(.records) \(.passed)"' all.jsonl)"
expect 'true' "$(jq -n '[inputs | select(.rule)] | all(has("level") and has("file") and has("message") and
	((has("line") | not) or .line >= 1))' all.jsonl)"

# The worst rules first; the lines to open in an editor; the records to look at again.
expect 'conll-duplicate-id 1
tag-orphan-inside 1' "$(check --format json train.txt | jq -r 'select(.rule).rule' | sort | uniq -c |
	awk '{ print $2, $1 }' | LC_ALL=C sort)"
expect 'train.txt:6:4' "$(check --only tag-orphan-inside --format json train.txt |
	jq -r 'select(.rule) | "\(.file):\(.line):\(.column)"')"
expect 'train.txt:6:4' "$(check train.txt | sed -n 's/^\([^ ]*\): warning: .*\[tag-orphan-inside\]$/\1/p')"
expect 'IMGID:2' "$(check --only tag- --format json train.txt | jq -r 'select(.record).record' | sort -u)"

# Drop the records that have an error, and what is left passes.
printf '\n' >>broken.txt
cat train.txt broken.txt >joined.txt
check --except conll-duplicate-id --format json joined.txt |
	jq -r 'select(.level == "error").record | ltrimstr("IMGID:")' | sort -u >bad
expect 5 "$(cat bad)"
awk 'NR == FNR { bad[$0] = 1; next } /^IMGID:/ { skip = substr($0, 7) in bad } !skip' bad joined.txt >clean.txt
expect 0 "$(status clean.txt)"
cmp clean.txt train.txt || fail "more was dropped than the bad record"

# From a pipe, to a file, through head without a complaint.
cat train.txt | check - >out
grep -q '^-:6:4: warning' out || fail "no finding of standard input"
check -o found.jsonl --format json train.txt
check --format json train.txt | cmp - found.jsonl || fail "-o differs"
yes 'Mo	I-PER' | head -n 20000 | awk '{ print; print "" }' >many.txt
check many.txt | head -n 1 >out || :

# At most N of a rule, and how many were kept back; the counts are whole.
{ for i in 1 2 3 4 5 6 7; do printf 'IMGID:%s\nw%s\tI-PER\nx\tO\ny\tB-LOC\n\n' $i $i; done; } >seven.txt
check --max-per-rule 2 seven.txt >out
expect 2 "$(grep -c '\[tag-orphan-inside\]$' out)"
grep -q '^5 more of tag-orphan-inside are not shown' out || fail "no count of what is not shown"
grep -q ' 7 warnings' out || fail "the count is not whole"
check --max-per-rule 2 --format json seven.txt >out
expect '7 5' "$(jq -r 'select(.summary).summary | "\(.warnings) \(.suppressed)"' out)"
check --max-per-rule 2 -j 1 seven.txt >one
check --max-per-rule 2 -j 4 seven.txt >four
cmp one four || fail "findings depend on the threads"

# Colour only where it is asked for; NO_COLOR is no flag against --color always.
check train.txt >plain
if grep -q "$(printf '\033')" plain; then fail "colour in a file"; fi
check --color always train.txt | grep -q "$(printf '\033')" || fail "no colour"
NO_COLOR=1 check train.txt | cmp - plain || fail "NO_COLOR changes the text"

# Nothing on standard error with -q; with chatter, results stay on standard output.
check train.txt >out 2>chatter
[ ! -s chatter ] || fail "-q is not quiet"
"$TAGSIGHT" check train.txt >loud 2>chatter
cmp out loud || fail "chatter changes the results"
grep -q "the tags of 'train.txt' are in IOB2, but for 1" chatter || fail "the scheme is not named"

# A text of many blocks: the same findings whatever the threads, and all of them.
sh "$root/tests/bench/repeat_tweets" 4000 same train.txt seven.txt >blocks.txt
check -j 1 blocks.txt >one
check -j 4 blocks.txt >four
cmp one four || fail "findings depend on the threads"
expect '4000 records' "$(sed -n 's/^1 file, \(4000 records\).*/\1/p' one)"
expect "$(grep -c 'I-PER' blocks.txt)" "$(grep -c '\[tag-orphan-inside\]$' one)"
check -j 4 --max-per-rule 3 blocks.txt >few
expect 3 "$(grep -c '\[tag-orphan-inside\]$' few)"
check -j 1 --max-per-rule 3 blocks.txt | cmp - few || fail "max-per-rule depends on the threads"
