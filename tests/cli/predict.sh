#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight predict: what is written where, what is skipped, what is refused. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"

printf 'IMGID:8\nAngela\tB-PER\nMerkel\tI-PER\nin\tO\nParis\tB-LOC\n\nIMGID:9\nhello\tO\n\n' >"$work/valid.txt"
expect "IMGID:8
Angela	B-PER	B-PER
Merkel	I-PER	I-PER
in	O	O
Paris	B-LOC	B-LOC

IMGID:9
hello	O	O" "$("$TAGSIGHT" predict -q "$work/valid.txt")"

# Blanks stay blanks, one column gets a tab, standard input is read.
expect 'Paris B-LOC B-LOC' "$(printf 'Paris B-LOC\n' | "$TAGSIGHT" predict -q -)"
expect 'Paris	B-LOC' "$(printf 'Paris\n' | "$TAGSIGHT" predict -q -)"
expect '' "$(printf '' | "$TAGSIGHT" predict -q --task ner -)"

# Data that say OTHER get OTHER for the model's MISC; raw stays the model's.
printf 'Star\tB-OTHER\nWars\tI-OTHER\nis\tO\na\tO\nmovie\tO\n' >"$work/other.txt"
expect 'B-OTHER I-OTHER' "$("$TAGSIGHT" predict -q "$work/other.txt" | cut -f 3 | head -n 2 | tr '\n' ' ' | sed 's/ $//')"
expect '["B-MISC","I-MISC"]' "$("$TAGSIGHT" predict -q -f json "$work/other.txt" | jq -c '.raw[:2]')"

# JSON: without gold tags and id they are null; a confidence is a probability.
printf 'Paris\n' | "$TAGSIGHT" predict -q --format json - >"$work/one.json"
expect '{"id":null,"tokens":["Paris"],"gold":[null],"tags":["B-LOC"],"raw":["B-LOC"]}' \
	"$(jq -c 'del(.confidence)' "$work/one.json")"
expect true "$(jq '.confidence[0] > 0.5 and .confidence[0] <= 1' "$work/one.json")"

# With --probabilities each word has a row, in the order of the labels, and the tag's is its confidence.
"$TAGSIGHT" predict -q -f json --probabilities "$work/other.txt" >"$work/rows.json"
expect '["B-OTHER","I-OTHER"]' "$(jq -c '.labels[-2:]' "$work/rows.json")"
expect true "$(jq '. as $o | [range(5)] | all(. as $i | $o.confidence[$i] == $o.probabilities[$i][$o.labels | index($o.tags[$i])])' "$work/rows.json")"
expect true "$(jq '[.probabilities[] | add] | all(. > 0.9999 and . < 1.0001)' "$work/rows.json")"
"$TAGSIGHT" predict -q --probabilities "$work/other.txt" >"$work/out" 2>"$work/err" && fail "--probabilities in conll"

# The dump holds pieces and emissions of each record, whatever the number of threads.
"$TAGSIGHT" predict -q -j 1 --dump "$work/a.safetensors" "$work/valid.txt" >"$work/out1"
"$TAGSIGHT" predict -q -j 3 --dump "$work/b.safetensors" "$work/valid.txt" >"$work/out3"
cmp "$work/out1" "$work/out3"
expect '["0.emissions","F32",[7,9]] ["0.ids","I32",[7]] ["1.emissions","F32",[3,9]] ["1.ids","I32",[3]]' \
	"$("$TAGSIGHT" model info "$work/a.safetensors" --format json |
		jq -c '.tensors[] | [.name, .dtype, .shape]' | tr '\n' ' ' | sed 's/ $//')"

# Shards: the parts are disjoint and together are all.
"$TAGSIGHT" predict -q --format json --shard 1/2 "$work/valid.txt" >"$work/s1"
"$TAGSIGHT" predict -q --format json --shard 2/2 "$work/valid.txt" >"$work/s2"
expect '"8" "9"' "$(cat "$work/s1" "$work/s2" | jq -c .id | tr '\n' ' ' | sed 's/ $//')"

# A folder's predictions go to its own file.
mkdir -p "$work/data/twitter2015"
cp "$work/valid.txt" "$work/data/twitter2015/valid.txt"
"$TAGSIGHT" predict -q "$work/data"
found=$(find "$work/data" -name '*predictions.jsonl')
expect 2 "$(jq -c .id "$found" | wc -l | tr -d ' ')"

# A line of 2 MB is skipped and said so; the rest is predicted; status 1.
{
	cat "$work/valid.txt"
	head -c 2000000 /dev/zero | tr '\0' 'x'
	printf '\tO\n\nIMGID:10\nParis\tB-LOC\n\n'
} >"$work/long.txt"
set +e
"$TAGSIGHT" predict "$work/long.txt" >"$work/out" 2>"$work/err"
expect 1 $?
grep -q 'skipped: ' "$work/err" || fail "nothing said of the long line: $(cat "$work/err")"
expect 3 "$(grep -c IMGID "$work/out")"

# UMGF's folder of three files a tweet, in the order of their names as strings; what works on lines refuses it.
tweets="$work/my_data/twitter2015/test"
mkdir -p "$tweets"
printf 'in\tParis' >"$tweets/2_s.txt"
printf 'O\tB-LOC' >"$tweets/2_l.txt"
printf '8' >"$tweets/2_p.txt"
printf 'hello' >"$tweets/10_s.txt"
printf 'O' >"$tweets/10_l.txt"
printf '9' >"$tweets/10_p.txt"
printf 'no\tpicture' >"$tweets/3_s.txt"
set +e
"$TAGSIGHT" predict "$tweets" -o "$work/out" 2>"$work/err"
expect 1 $?
expect 'IMGID:9
hello	O	O

IMGID:8
in	O	O
Paris	B-LOC	B-LOC' "$(cat "$work/out")"
grep -q "skipped: cannot open '$tweets/3_p.txt'" "$work/err" || fail "$(cat "$work/err")"

# Bad bytes, NULs and odd words are tagged like any other.
printf '\377\376\tO\n\357\270\217\tO\n\342\200\213\tO\n' | "$TAGSIGHT" predict -q - >"$work/out"
expect 0 $?
expect 3 "$(grep -c 'O$' "$work/out")"

# A line stays as it stands, its NULs too.
printf 'nul\000here\tO' >"$work/nul"
"$TAGSIGHT" predict -q - <"$work/nul" | head -c 10 | cmp - "$work/nul" || fail 'a line with a NUL was changed'

# Wrong use and what is not there.
"$TAGSIGHT" predict 2>"$work/err"
expect 2 $?
"$TAGSIGHT" predict --shard 3/2 "$work/valid.txt" 2>"$work/err"
expect 2 $?
"$TAGSIGHT" predict "$work/none.txt" 2>"$work/err"
expect 3 $?
"$TAGSIGHT" predict --model none "$work/valid.txt" 2>"$work/err"
expect 3 $?
grep -q "there is no model 'none': looked for" "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" predict --model "$work/valid.txt" "$work/valid.txt" 2>"$work/err"
expect 1 $?
grep -q 'safetensors' "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" predict --crop random "$work/valid.txt" 2>"$work/err"
expect 2 $?
grep -q 'the system tagger takes no crop' "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" predict --dict "$work/none.pth" "$work/valid.txt" 2>"$work/err"
expect 2 $?
grep -q 'the system tagger reads nothing that --dict gives' "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" predict --system none "$work/valid.txt" 2>"$work/err"
expect 2 $?
grep -q "there is no system 'none'; there are tagger, " "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" predict --model "$work" "$work/valid.txt" 2>"$work/err"
expect 2 $?
grep -q "is a folder: name the model's file" "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" predict -j -1 "$work/valid.txt" 2>"$work/err"
expect 2 $?
[ ! -e /dev/full ] || {
	"$TAGSIGHT" predict -q "$work/valid.txt" >/dev/full 2>"$work/err"
	expect 3 $?
}
