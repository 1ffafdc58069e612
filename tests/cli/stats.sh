#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight stats: the counts of a small dataset, and of the public ones. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
here=$(cd "$(dirname "$0")" && pwd)

mkdir -p "$work/set/images"
cd "$work/set"
printf 'IMGID:1\nJo\tI-PER\nof\tO\nRome\tB-LOC\n\nIMGID:2\nMo\tB-PER\nof\tO\n\n' >train.txt
printf 'IMGID:3\nBo\tB-PER\n\n' >valid.txt
: >images/1.jpg
brief() { # the keys that scripts rely on, in their order
	jq -c '{file, records, tokens, entities, types, relations, images}'
}
expect '{"file":"train.txt","records":2,"tokens":5,"entities":{"conlleval":3,"begin-only":2,"seqeval":3,"strict":2},"types":{"LOC":1,"PER":2},"relations":{},"images":{"named":2,"present":1}}' \
	"$("$TAGSIGHT" stats -q --format json train.txt | brief)"
expect "                          set train  set valid
records                           2          1
tokens                            5          1
tokens a record, mean          2.50       1.00
  median                       2.50       1.00
  95 of 100 have at most          3          1
  most                            3          1
words, distinct                   4          1
  not in train                    -     100.0%
  tokens not in train             -     100.0%
entities (conlleval)              3          1
entities (B- alone)               2          1
entities (seqeval)                3          1
entities (strict IOB2)            2          1
  LOC                             1          0
  PER                             2          1
    B- alone                      1          1
    strict IOB2                   1          1
entities a tweet, mean         1.50       1.00
  most                            2          1
names, distinct                   3          1
  not in train                    -     100.0%
  mentions not in train           -     100.0%
pictures named                    2          1
pictures present                  1          0" "$("$TAGSIGHT" stats -q .)"

# For a paper: as many cells in each row, and what LaTeX takes for its own escaped.
printf 'a\tB-a_b\n\n' >odd.txt
"$TAGSIGHT" stats -q --format latex train.txt odd.txt >table
expect '\begin{tabular}{l*{2}{r}}' "$(head -n 1 table)"
expect '\quad LOC & 1 & 0 \\' "$(grep LOC table)"
grep -q '^.quad a._b & 0 & 1' table || fail "$(cat table)"
expect 2 "$(grep '&' table | awk -F ' & ' '{ print NF - 1 }' | sort -u)"

cat >relations.txt <<'END'
{'token': ['Jo', 'of', 'Rome'], 'h': {'name': 'Jo', 'pos': [0, 1]}, 't': {'name': 'Rome', 'pos': [2, 3]}, 'img_id': '1.jpg', 'relation': 'None'}
{'token': [
END
rc=0
got=$("$TAGSIGHT" stats -q --format json relations.txt) || rc=$?
expect 1 $rc
expect '{"file":"relations.txt","records":1,"tokens":3,"entities":{"conlleval":0,"begin-only":0,"seqeval":0,"strict":0},"types":{},"relations":{"None":1},"images":{"named":1,"present":1}}' "$(echo "$got" | brief)"

# Every number beside what other programs count.
oracle=$(cd "$here/../oracle/stats" && pwd)
"$TAGSIGHT" stats -q --format json "$oracle/toy/train.txt" "$oracle/toy/valid.txt" >counted
for split in train valid; do
	jq -S ".$split" "$oracle/golden.json" >wanted
	jq -S "select(.split == \"$split\") | {records, tokens, entities, types, types_by_rule, length, entities_per_record, words, surfaces}" counted >got
	cmp -s wanted got || fail "$(diff wanted got)"
done

# A scheme that the strict mode does not take, and what is not compared with a train split.
printf 'a\tS-PER\n\n' >other.txt
expect '[1,null,null]' "$("$TAGSIGHT" stats -q --format json other.txt | jq -c '[.entities.seqeval, .entities.strict, .words.not_in_train]')"
"$TAGSIGHT" stats -q other.txt | grep -q '^entities (strict IOB2) ' && fail "a count that there is none of"

# Plots: XML without references to elsewhere, a bar for each type and split, names escaped.
printf 'IMGID:1\nJo\tB-<&>\nof\tO\n\n' >odd.txt
"$TAGSIGHT" stats -q --plot figure.svg train.txt valid.txt odd.txt >table
grep -q '^entities (conlleval)' table || fail "a table besides the plot"
grep -q '&lt;&amp;&gt;</text>' figure.svg || fail "names are escaped"
[ "$(grep -c 'href\|url(\|<image' figure.svg)" = 0 ] || fail "a reference to elsewhere"
# 3 of the legend, 1 + 2 + 1 of the types, 3 for each of 0, 1 and 2 entities, the ground.
expect 17 "$(grep -c '<rect' figure.svg)"
if command -v xmllint >/dev/null; then
	xmllint --noout figure.svg || fail "the plot is no XML"
elif command -v python3 >/dev/null; then
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' figure.svg || fail "the plot is no XML"
fi
expect 'PER    █████████████████████████████████████████████████ 66.7' \
	"$("$TAGSIGHT" stats -q --plot - train.txt | grep '^PER')"
rc=0
"$TAGSIGHT" stats -q --plot - --format json train.txt >table 2>&1 || rc=$?
expect 2 $rc
: >empty.txt
"$TAGSIGHT" stats -q --task ner --plot empty.svg empty.txt >table || fail "a plot of nothing"

shared=${TAGSIGHT_SHARED:-}/data
if [ ! -d "$shared/twitter2015" ]; then
	echo "skip: the counts of the public data need \$TAGSIGHT_SHARED"
	exit 0
fi
for row in "twitter2015/train 4000 6352 6166" "twitter2015/valid 1000 1594 1541" \
	"twitter2017/train 3373 6049 6049" "twitter2017/valid 723 1324 1324"; do
	# shellcheck disable=SC2086
	set -- $row
	"$TAGSIGHT" stats -q --format json "$shared/$1.txt" |
		grep -q "\"records\":$2,.*\"entities\":{\"conlleval\":$3,\"begin-only\":$4," || fail "counts of $1"
done
"$TAGSIGHT" stats -q --format json "$shared/mnre/mnre_train.txt" >"$work/mnre"
grep -q '"records":12247,' "$work/mnre" || fail "records of mnre"
expect 23 "$(sed 's/.*"relations":{\([^}]*\)}.*/\1/' "$work/mnre" | tr ',' '\n' | wc -l)"
