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
{
	echo "== conlleval"
	cat conlleval.txt
	echo
	echo "== seqeval"
	cat seqeval.txt
} >"$work/both"
same "$work/both" "$TAGSIGHT" eval pairs.txt

printf 'a B-PER B-PER\nb I-PER O\n\n' >"$work/small"
cat >"$work/json" <<'END'
{"scorer":"conlleval","precision":0.0,"recall":0.0,"f1":0.0,"accuracy":0.5,"support":1,"types":{"PER":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}}}
{"scorer":"seqeval","precision":0.0,"recall":0.0,"f1":0.0,"accuracy":0.5,"support":1,"types":{"PER":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}}}
END
same "$work/json" "$TAGSIGHT" eval --format json "$work/small"

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

shared=${TAGSIGHT_SHARED:-../../../../shared}/oracle/scorers
if [ ! -d "$shared" ] || ! command -v python3 >/dev/null; then
	echo "skip: the 17 variants of the goldens need $shared and python3"
	exit 0
fi
python3 - "$shared" "$TAGSIGHT" <<'END'
import gzip, json, subprocess, sys
shared, tagsight = sys.argv[1:]
golden = json.load(open(shared + "/golden.json"))["ner"]
rows = [line.rstrip("\n").split("\t") for line in gzip.open(shared + "/ner_predictions.tsv.gz", "rt")]
head = [name.lstrip("#") for name in rows[0]]
for name, variant in golden.items():
    gold, guess = ("gold", name) if name in head else (name + " gold", name + " predicted")
    gold, guess = head.index(gold), head.index(guess)
    text = "".join("\n" if not row[0] else "w %s %s\n" % (row[gold], row[guess]) for row in rows[1:])
    for scorer, expected in (("conlleval", variant["conlleval"]["output"]), ("seqeval", variant["seqeval_default"]["report"])):
        command = [tagsight, "eval", "--scorer", scorer, "-"] + (["--raw"] if name == "bare" else [])
        got = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
        if got != "\n".join(expected):
            sys.exit("%s of %s differs:\n%s" % (scorer, name, got))
END
