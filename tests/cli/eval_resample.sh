#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight eval --bootstrap, --against and relations, as a script uses them.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../oracle/scorers"

status_of() {
	rc=0
	"$@" >"$work/out" 2>"$work/chatter" || rc=$?
	echo $rc
}

# The same seed gives the same intervals, whatever the threads; they hold the score.
"$TAGSIGHT" eval --bootstrap 300 --seed 5 -j 1 -f json gold.txt predicted.txt >"$work/one"
"$TAGSIGHT" eval --bootstrap 300 --seed 5 -j 3 -f json gold.txt predicted.txt >"$work/three"
cmp "$work/one" "$work/three" || fail "the number of threads changes the intervals"
"$TAGSIGHT" eval --bootstrap 300 --seed 6 -f json gold.txt predicted.txt | cmp -s - "$work/one" && fail "the seed changes nothing"
jq -se '(map(select(.f1 and (.schema | not))) | map({(.scorer): .f1}) | add) as $f1 | map(select(.bootstrap)) |
	length == 3 and all(.bootstrap.f1[0] <= $f1[.scorer] and $f1[.scorer] <= .bootstrap.f1[1]
		and .bootstrap.resamples == 300 and .bootstrap.records == 20)' "$work/one" >/dev/null || fail "$(cat "$work/one")"
expect 1 "$("$TAGSIGHT" eval --bootstrap 10 --scorer umt gold.txt predicted.txt | grep -c '^ *umt .*\[.*\].*\[.*\].*\[.*\]$')"
expect 2 "$(status_of "$TAGSIGHT" eval --bootstrap -1 gold.txt predicted.txt)"

# Two predictions: a difference and its p values, of opposite sign the other way round.
compare() { "$TAGSIGHT" eval --scorer seqeval --against "$2" -f json gold.txt "$1" | jq "select(.against) | $3"; }
expect 1 "$(compare predicted.txt predicted.txt .bootstrap_p | sed 's/\.0$//')"
expect true "$(compare gold.txt predicted.jsonl '.difference > 0.2 and .randomisation_p < 0.01 and .interval[0] > 0')"
expect true "$(compare predicted.jsonl gold.txt '.difference < -0.2 and .resamples == 1000')"
"$TAGSIGHT" eval --scorer umt --against predicted.txt gold.txt gold.txt | grep -q '^== against predicted.txt$' || fail "--against as text"
expect 2 "$(status_of "$TAGSIGHT" eval --against predicted.txt pairs.txt)"

# Relations: lines of MNRE against predictions, predictions alone, and what does not fit.
gold=../../sample/relations/ours_train.txt
sed "s/'relation': '[^']*'/'relation': 'None'/" $gold >"$work/none.txt"
expect 1 "$("$TAGSIGHT" eval -f json $gold $gold | jq '.accuracy | floor')"
expect '["mnre",0,0]' "$("$TAGSIGHT" eval -f json $gold "$work/none.txt" | jq -c '[.scorer, (.f1, .precision | floor)]')"
n=$(wc -l <$gold)
for i in $(seq "$n"); do echo '{"gold":"/per/per/peer","relation":"/per/per/peer"}'; done >"$work/peer.jsonl"
"$TAGSIGHT" eval -f json "$work/peer.jsonl" | jq -e '.f1 == 1 and .types["/per/per/peer"].support == '"$n" >/dev/null || fail "predictions alone"
"$TAGSIGHT" eval --scorer mnre -f json - <"$work/peer.jsonl" | jq -e '.f1 == 1' >/dev/null || fail "predictions from a pipe"
"$TAGSIGHT" eval --bootstrap 50 --against "$work/none.txt" -f json $gold "$work/peer.jsonl" | jq -se 'length == 3' >/dev/null ||
	fail "relations against others"
"$TAGSIGHT" eval $gold "$work/none.txt" | grep -q '^accuracy 0\.[0-9]* over '"$n"' relations; the rest without None$' || fail "text of mnre"
head -n 1 "$work/peer.jsonl" >"$work/short.jsonl"
expect 1 "$(status_of "$TAGSIGHT" eval $gold "$work/short.jsonl")"
grep -q "short.jsonl': the file ends before the relation of '.*ours_train.txt':2" "$work/chatter" || fail "$(cat "$work/chatter")"
echo '{"gold":"/per/per/friend","relation":"None"}' >"$work/unknown.jsonl"
expect 1 "$(status_of "$TAGSIGHT" eval "$work/unknown.jsonl")"
grep -q "unknown.jsonl':1: the relation map has no '/per/per/friend'; --relations" "$work/chatter" || fail "$(cat "$work/chatter")"
echo '{"/per/per/friend":0,"None":1}' >"$work/map.json"
expect 0 "$(status_of "$TAGSIGHT" eval --relations "$work/map.json" "$work/unknown.jsonl")"
echo '[]' >"$work/map.json"
expect 1 "$(status_of "$TAGSIGHT" eval --relations "$work/map.json" "$work/unknown.jsonl")"
sed '1s/Eileen Collins/Someone Else/' $gold >"$work/other.txt"
expect 1 "$(status_of "$TAGSIGHT" eval $gold "$work/other.txt")"
grep -q "other.txt':1: the entities 'Someone Else' and 'NASA' stand where" "$work/chatter" || fail "$(cat "$work/chatter")"
expect 2 "$(status_of "$TAGSIGHT" eval --scorer conlleval "$work/peer.jsonl")"
