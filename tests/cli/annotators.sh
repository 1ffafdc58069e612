#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A day of two annotators, as a script would run it: measure, merge, look at what is left, ask a model, count.
# tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$work"

tweet() { # id tags
	printf 'IMGID:%s\nAngela\t%s\nMerkel\t%s\nin\t%s\nParis\t%s\n\n' "$@"
}
{ tweet 1 O O O O && tweet 2 O O O O && tweet 3 O O O O; } >base.txt
{ tweet 1 B-PER I-PER O B-LOC && tweet 2 B-PER I-PER O O && tweet 3 B-PER I-PER O B-LOC; } >anna.txt
{ tweet 1 B-PER I-PER O B-LOC && tweet 2 O O O B-LOC && tweet 3 B-PER I-PER O B-ORG; } >ben.txt

# Below a kappa of 0.8 the guidelines are talked over.
kappa=$("$TAGSIGHT" agree -q -f json anna.txt ben.txt | jq 'select(.scope == "all").cohen')
[ "$(jq -n "$kappa < 0.8")" = true ] || fail "they agree: $kappa"
worst=$("$TAGSIGHT" agree -q -f json anna.txt ben.txt | jq -s -r 'map(select(.type)) | min_by(.fleiss).type')
expect ORG "$worst"

# What both say is taken, and one conflict is left for a person.
rc=0
"$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt -o merged.txt || rc=$?
expect 1 $rc
expect '["IMGID:3","Paris","LOC '"'Paris'"'","ORG '"'Paris'"'"]' "$(jq -c '[.record, .text, .ours, .theirs]' merged.txt.findings.jsonl)"
line=$(jq .line merged.txt.findings.jsonl)
sed "${line}s/.*/Paris	B-LOC/" merged.txt >decided.txt
expect 0 "$("$TAGSIGHT" check -q -f json --only tag- decided.txt | jq -s 'map(select(.level == "error")) | length')"
expect '{"PER":3,"LOC":3}' "$("$TAGSIGHT" stats -q -f json decided.txt | jq -c '.types | {PER, LOC}')"

# A slip of the pen is the first that a model doubts.
awk '/^IMGID:2/ { n = 1 } n && /^Paris/ { $0 = "Paris\tB-PER"; n = 0 } { print }' decided.txt >slip.txt
"$TAGSIGHT" predict -q -f json --probabilities slip.txt |
	"$TAGSIGHT" check -q -f json --suspect - --suspect-below 0.5 slip.txt >doubts
expect '["IMGID:2","Paris","B-PER","B-LOC"]' "$(head -n 1 doubts | jq -c '[.record, .word, .given, .likelier]')"
