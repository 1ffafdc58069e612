#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight stats: the counts of a small dataset, and of the public ones. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"

mkdir -p "$work/set/images"
cd "$work/set"
printf 'IMGID:1\nJo\tI-PER\nof\tO\nRome\tB-LOC\n\nIMGID:2\nMo\tB-PER\nof\tO\n\n' >train.txt
printf 'IMGID:3\nBo\tB-PER\n\n' >valid.txt
: >images/1.jpg
expect '{"file":"train.txt","records":2,"tokens":5,"entities":{"conlleval":3,"begin-only":2},"types":{"LOC":1,"PER":2},"relations":{},"images":{"named":2,"present":1}}' \
	"$("$TAGSIGHT" stats -q --format json train.txt)"
expect "                      set train  set valid
records                       2          1
tokens                        5          1
entities (conlleval)          3          1
entities (B- alone)           2          1
  LOC                         1          0
  PER                         2          1
pictures named                2          1
pictures present              1          0" "$("$TAGSIGHT" stats -q .)"

cat >relations.txt <<'END'
{'token': ['Jo', 'of', 'Rome'], 'h': {'name': 'Jo', 'pos': [0, 1]}, 't': {'name': 'Rome', 'pos': [2, 3]}, 'img_id': '1.jpg', 'relation': 'None'}
{'token': [
END
rc=0
got=$("$TAGSIGHT" stats -q --format json relations.txt) || rc=$?
expect 1 $rc
expect '{"file":"relations.txt","records":1,"tokens":3,"entities":{"conlleval":0,"begin-only":0},"types":{},"relations":{"None":1},"images":{"named":1,"present":1}}' "$got"

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
		grep -q "\"records\":$2,.*\"entities\":{\"conlleval\":$3,\"begin-only\":$4}" || fail "counts of $1"
done
"$TAGSIGHT" stats -q --format json "$shared/mnre/mnre_train.txt" >"$work/mnre"
grep -q '"records":12247,' "$work/mnre" || fail "records of mnre"
expect 23 "$(sed 's/.*"relations":{\([^}]*\)}.*/\1/' "$work/mnre" | tr ',' '\n' | wc -l)"
