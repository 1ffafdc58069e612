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

# What annotators decided in a review is read from their journals, in a data set's folder too.
mkdir -p set/tagsight
cp base.txt set/train.txt
words() { printf 'Angela\nMerkel\nin\nParis\n' | sha256sum | cut -d ' ' -f 1; }
decide() { # annotator edit record tags...
	who=$1 edit=$2 record=$3
	shift 3
	journal=set/tagsight/conll-train.$who.journal.jsonl
	[ -e "$journal" ] ||
		printf '{"journal":"tagsight-review","version":1,"text":"train.txt","path":"../train.txt","annotator":"%s"}\n' "$who" >"$journal"
	jq -cn --args --arg sha "$(words)" --argjson edit "$edit" --argjson record "$record" \
		'{do: "edit", edit: $edit, record: $record, words_sha256: $sha, what: "set", begin: 0, end: 4,
		  tags: $ARGS.positional, state: "edited", hard: true, note: "?"}' "$@" >>"$journal"
}
decide anna 1 0 B-PER I-PER O B-LOC
decide anna 2 1 B-PER I-PER O O
decide anna 3 2 B-PER I-PER O B-LOC
decide ben 1 0 B-PER I-PER O B-LOC
decide ben 2 1 O O O B-LOC
decide ben 3 2 B-PER I-PER O B-ORG
anna=set/tagsight/conll-train.anna.journal.jsonl
ben=set/tagsight/conll-train.ben.journal.jsonl
"$TAGSIGHT" agree -q -f json anna.txt ben.txt | sed '$d' | jq -c 'del(.pairs[].files)' >of_files
"$TAGSIGHT" agree -q -f json $anna $ben | sed '$d' | jq -c 'del(.pairs[].files)' >of_journals
cmp of_files of_journals || fail "the journals agree otherwise: $(diff of_files of_journals)"
rc=0
"$TAGSIGHT" merge -q $anna $ben -o from_journals.txt || rc=$?
expect 1 $rc
cmp merged.txt from_journals.txt || fail "the journals merge otherwise: $(diff merged.txt from_journals.txt)"
# With a file for the one and a journal for the other.
rc=0
"$TAGSIGHT" merge -q $anna ben.txt -o half.txt || rc=$?
expect 1 $rc
cmp merged.txt half.txt || fail "a journal and a file merge otherwise"

# Without its text a journal is of no use, and one that is damaged says where.
mv set/train.txt set/elsewhere.txt
rc=0
"$TAGSIGHT" agree -q $anna $ben 2>chatter || rc=$?
expect 2 $rc
grep -q "the text 'train.txt' of the journal '$anna' is not where it was" chatter || fail "$(cat chatter)"
cp set/elsewhere.txt set/tagsight/train.txt
"$TAGSIGHT" agree -q $anna $ben >/dev/null || fail "the text beside the journal is not found"
echo '{"do":"jump"}' >>$ben
rc=0
"$TAGSIGHT" agree -q $anna $ben 2>chatter || rc=$?
expect 1 $rc
grep -q "'$ben':5: 'do' is neither" chatter || fail "$(cat chatter)"
