#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a journal says, written as a file without a terminal. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$work"

printf 'IMGID:1\r\nAngela\tB-PER\r\nin\tO\r\nParis\tO\r\n\r\n' >t.txt
sha=$(printf 'Angela\nin\nParis\n' | sha256sum | cut -d ' ' -f 1)
for who in '' anna.; do
	{ printf '{"journal":"tagsight-review","version":1,"text":"t.txt"}\n' &&
		printf '{"do":"edit","edit":1,"record":0,"id":"1","words_sha256":"%s","what":"fix","begin":2,"end":3,"tags":["B-PER","O","B-LOC"],"state":"edited"}\n' "$sha"; } >"t.txt.${who}journal.jsonl"
done
status() { # STATUS ARGUMENTS...
	want=$1
	shift
	rc=0
	"$TAGSIGHT" review "$@" </dev/null >out 2>&1 || rc=$?
	expect "$want" $rc
}
cp t.txt.journal.jsonl before
status 0 t.txt --export new.txt
sed 's/^Paris	O/Paris	B-LOC/' t.txt | cmp - new.txt || fail 'other bytes have changed'
cmp before t.txt.journal.jsonl || fail 'the journal has changed'
status 2 t.txt --export new.txt
grep -q -- "'new.txt' exists; .*--force" out || fail "$(cat out)"
status 0 t.txt --export new.txt --force
status 2 t.txt --export t.txt --force
grep -q 'never written' out || fail "$(cat out)"
status 0 t.txt --annotator anna --export anna.txt
cmp new.txt anna.txt || fail "anna's file is another"
status 0 t.txt --journal t.txt.anna.journal.jsonl --export other.txt
status 3 t.txt --annotator ben --export ben.txt
[ ! -e ben.txt ] || fail 'a file of no journal'
status 2 t.txt --force
status 3 t.txt --export nowhere/new.txt
