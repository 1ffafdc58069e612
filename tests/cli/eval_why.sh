#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight eval --why and --confusion, as a script uses them. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"

# word, gold, predicted: an orphan, a change of type, a label, a hyphen, a single tag
cat >"$work/pairs" <<'END'
a I-LOC B-LOC
b I-LOC I-LOC
c O O
d B-PER B-PER
e I-ORG I-PER

f B-geo-loc B-geo-loc
g O X

h O S-PER
END

# Plain tags: nobody disagrees.
printf 'a B-LOC O\nb I-LOC B-LOC\nc O I-LOC\n\n' >"$work/plain"
expect 0 "$("$TAGSIGHT" eval --why -f json "$work/plain" | jq -s 'map(select(.rule)) | length')"

"$TAGSIGHT" eval --why -f json "$work/pairs" >"$work/got" || fail "--why"
rules() { # side
	jq -r "select(.side == \"$1\") | \"\\(.line) \\(.rule) \\(.type) \\(.counted_by | join(\",\"))\"" "$work/got"
}
expect '1 orphan-inside LOC conlleval,seqeval,umt
5 type-change ORG conlleval,seqeval,umt
7 type-name geo-loc conlleval,seqeval,seqeval-strict,begin-only
7 type-name loc umt' "$(rules gold)"
expect 'I-LOC at the start' "$(jq -r 'select(.rule == "orphan-inside") | .reason' "$work/got")"
expect '["a","b"]' "$(jq -c 'select(.rule == "orphan-inside") | .words' "$work/got")"
expect bare-label "$(jq -r 'select(.side == "predicted" and .type == "X") | .rule' "$work/got")"
expect prefix "$(jq -r 'select(.side == "predicted" and .type == "PER" and .line == 10) | .rule' "$work/got")"

# The rules add up to the differences, for each side and each way to read.
jq -e 'select(.why) | .why[] | .entities as $n | [.added[]] as $rules | $n | to_entries | map(select(.value != null)) |
	all(.key as $k | .value - $n.conlleval == ([$rules[][$k]] | add // 0))' "$work/got" >/dev/null ||
	fail "the tally does not add up: $(tail -n 1 "$work/got")"
expect '[2,3,1]' "$(jq -c 'select(.why) | .why | [.gold, .predicted, .correct] | map(.entities["begin-only"])' "$work/got")"
expect null "$(jq -c 'select(.why) | .why.predicted.entities["seqeval-strict"]' "$work/got")"
"$TAGSIGHT" eval --why "$work/pairs" >"$work/text"
grep -q "pairs:1: gold LOC 'a b' (I-LOC I-LOC): I-LOC at the start: an entity for conlleval, seqeval, umt; none for seqeval-strict, begin-only \[orphan-inside\]" \
	"$work/text" || fail "$(cat "$work/text")"

# Which type was taken for which.
printf 'a B-PER B-LOC\nb O O\nc B-ORG B-ORG\nd I-ORG O\ne O B-LOC\nf B-LOC O\n\n' >"$work/types"
"$TAGSIGHT" eval --confusion -f json "$work/types" >"$work/got"
expect '{"confusion":"same-words","pairs":{"PER":{"LOC":1}},"missed":{"LOC":1,"ORG":1},"spurious":{"LOC":1,"ORG":1}}
{"confusion":"overlap","pairs":{"ORG":{"ORG":1},"PER":{"LOC":1}},"missed":{"LOC":1},"spurious":{"LOC":1}}' "$(cat "$work/got")"
expect '        LOC      ORG      PER   missed' "$("$TAGSIGHT" eval --confusion "$work/types" | sed -n 3p | sed 's/^ *LOC/        LOC/')"
# More types than fit beside each other are listed by pairs.
for i in $(seq 30); do printf 'w B-T%d B-T%d\n\n' "$i" "$((i % 2 + 1))"; done >"$work/many"
"$TAGSIGHT" eval --confusion "$work/many" >"$work/got"
expect '        1  T1 taken for T2' "$(sed -n 3p "$work/got")"
expect 60 "$(grep -c ' taken for ' "$work/got")"
printf '{"gold":"None","relation":"/per/per/peer"}\n{"gold":"None","relation":"None"}\n' >"$work/relations"
expect '        1  None taken for /per/per/peer' "$("$TAGSIGHT" eval --confusion "$work/relations" | tail -n 1)"

shared=${TAGSIGHT_SHARED:-../shared}/data/twitter2015
if [ ! -d "$shared" ]; then
	echo "skip: the counts of Twitter2015 need $shared"
	exit 0
fi
for split in train valid; do
	"$TAGSIGHT" eval --why -f json "$shared/$split.txt" "$shared/$split.txt" |
		jq -c 'select(.why) | .why.gold | [.entities.conlleval, .entities["begin-only"], .added["orphan-inside"]["begin-only"], .added["type-change"]["seqeval-strict"]]'
done >"$work/got"
expect '[6352,6166,-175,-11]
[1594,1541,-52,-1]' "$(cat "$work/got")"
