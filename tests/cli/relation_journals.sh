#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What annotators decided about relations in a review, measured and merged from their journals.
# tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$work"

line() { # relation
	printf "{'token': ['Ada', 'in', 'Paris'], 'h': {'name': 'Ada', 'pos': [0, 1]}, "
	printf "'t': {'name': 'Paris', 'pos': [2, 3]}, 'img_id': '%s.jpg', 'relation': '%s'}\n" "$@"
}
{ line 1 None && line 2 None && line 3 None; } >base.txt
{ line 1 /a/b/c && line 2 /a/b/c && line 3 /a/b/c; } >anna.txt
{ line 1 /a/b/c && line 2 None && line 3 /a/b/d; } >ben.txt

sha=$(printf 'Ada\nin\nParis\n0 1\n2 3\n' | sha256sum | cut -d ' ' -f 1)
decide() { # annotator edit record relation
	[ -e "$1.jsonl" ] ||
		printf '{"journal":"tagsight-review","version":1,"text":"base.txt","path":"base.txt","annotator":"%s"}\n' "$1" >"$1.jsonl"
	printf '{"do":"edit","edit":%s,"record":%s,"words_sha256":"%s","what":"relation","relation":"%s","flipped":false,"state":"edited"}\n' \
		"$2" "$3" "$sha" "$4" >>"$1.jsonl"
}
decide anna 1 0 /a/b/c
decide anna 2 1 /a/b/c
decide anna 3 2 /a/b/c
decide ben 1 0 /a/b/c
decide ben 2 2 /a/b/d

"$TAGSIGHT" agree -q -f json anna.txt ben.txt | sed '$d' | jq -c 'del(.pairs[]?.files)' >of_files
"$TAGSIGHT" agree -q -f json anna.jsonl ben.jsonl | sed '$d' | jq -c 'del(.pairs[]?.files)' >of_journals
[ -s of_files ] || fail 'files do not agree at all'
cmp of_files of_journals || fail "the journals agree otherwise: $(diff of_files of_journals)"
rc=0
"$TAGSIGHT" merge -q --base base.txt anna.txt ben.txt -o of_files.txt || rc=$?
expect 1 $rc
rc=0
"$TAGSIGHT" merge -q anna.jsonl ben.jsonl -o of_journals.txt || rc=$?
expect 1 $rc
cmp of_files.txt of_journals.txt || fail 'the journals merge otherwise'
expect '/a/b/c' "$(sed -n "2s/.*'relation': '\(.*\)'}/\1/p" of_journals.txt)"

# A flip, and the same journal by --task.
printf '{"do":"edit","edit":4,"record":1,"words_sha256":"%s","what":"flip","relation":"/a/b/c","flipped":true,"state":"edited"}\n' "$sha" >>anna.jsonl
"$TAGSIGHT" merge -q --task re --base base.txt anna.jsonl base.txt -o flipped.txt || fail 'no merge with a flip'
grep -q "'h': {'name': 'Paris', 'pos': \[2, 3\]}, 't': {'name': 'Ada', 'pos': \[0, 1\]}, 'img_id': '2.jpg', 'relation': '/a/b/c'" flipped.txt ||
	fail "the flip is lost: $(cat flipped.txt)"
