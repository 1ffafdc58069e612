#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight phrases: where phrases come from, as the options say. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$work"

printf 'IMGID:8\nAnn\tB-PER\nsees\tO\na\tO\nbig\tO\ndog\tO\n\nIMGID:9\nOslo\tB-LOC\n\n' >train.txt
texts() { # options
	"$TAGSIGHT" phrases -q train.txt "$@" | jq -c '[.phrases[] | .text]' | tr '\n' ' '
}

expect '["Ann","a big dog"] ["Oslo"] ' "$(texts)"
expect '["Ann","a big dog","dog"] ["Oslo"] ' "$(texts --as hvpnet)"
expect '["location","organization","person","miscellaneous"] ["location","organization","person","miscellaneous"] ' \
	"$(texts --as umgf)"
expect '["Ann","a big dog"] ["Oslo"] ' "$(texts --as noun-phrases,entities)"

# A file of one's own, alone and with others; what came out goes in again.
printf '8\tthe park\n9\ta fjord\tlocation\n' >mine.tsv
expect '["the park"] ["a fjord"] ' "$(texts --from mine.tsv)"
expect '["the park","Ann"] ["a fjord","Oslo"] ' "$(texts --as file,entities --from mine.tsv)"
"$TAGSIGHT" phrases -q train.txt --as hvpnet >out.jsonl
"$TAGSIGHT" phrases -q train.txt --from out.jsonl >again.jsonl
cmp out.jsonl again.jsonl || fail "phrases change when they are read again"

# An id that no record has is told; one that a record has is not.
printf '8\tthe park\n8.jpg\ta dog\nIMGID:9\ta fjord\n' >mine.tsv
"$TAGSIGHT" phrases train.txt --from mine.tsv >/dev/null 2>err || fail "$(cat err)"
grep -q "no record has 1 of the 3 ids of 'mine.tsv', such as '8.jpg'" err || fail "$(cat err)"
printf '8\tthe park\n' >mine.tsv
"$TAGSIGHT" phrases train.txt --from mine.tsv >/dev/null 2>err || fail "$(cat err)"
! grep -q "no record has" err || fail "$(cat err)"

printf '8 the park\n' >mine.tsv
status=0
"$TAGSIGHT" phrases -q train.txt --from mine.tsv >/dev/null 2>err || status=$?
expect 1 "$status"
grep -q "'mine.tsv':1: a line of phrases is" err || fail "$(cat err)"

for wrong in '--as nouns' '--as umgf,umgf' '--as file' '--as umgf --from mine.tsv'; do
	status=0
	# shellcheck disable=SC2086 # options are words
	"$TAGSIGHT" phrases -q train.txt $wrong >/dev/null 2>&1 || status=$?
	expect 2 "$status"
done
