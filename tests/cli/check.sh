#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check: hostile input, threads, and the known truths of the public data. Each rule has its
# case in tests/cases. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
root=$(cd "$(dirname "$0")/../.." && pwd)

# Every rule has a case, and an explanation.
"$TAGSIGHT" check --rules | while read -r rule level rest; do
	[ -f "$root/tests/cases/$rule.test" ] || [ "$rule" = text-long-line ] || fail "no case for $rule"
	"$TAGSIGHT" check --explain "$rule" | grep -q "^$rule ($level): $rest" || fail "no explanation of $rule"
done

# A line of 100 MB is stepped over in little memory; what stands around it is checked.
cd "$work"
{
	printf 'IMGID:1\na\tI-PER\n\nIMGID:2\n'
	head -c 104857600 /dev/zero | tr '\0' x
	printf '\tO\n\nIMGID:3\nb\tI-PER\n\n'
} >huge.txt
rc=0
(ulimit -v 300000 2>/dev/null || :; exec "$TAGSIGHT" check -q -j 1 huge.txt) >out || rc=$?
expect 1 $rc
expect "huge.txt:2:3: warning: 'I-PER' goes on with an entity that has not begun [tag-orphan-inside]
huge.txt:5: error: a line of 104857602 bytes is longer than the 1048576 allowed; the record is stepped over [text-long-line]
huge.txt:8:3: warning: 'I-PER' goes on with an entity that has not begun [tag-orphan-inside]
1 file, 3 records: 1 error, 2 warnings, 0 notes
FAILED with 1 error" "$(cat out)"
rm huge.txt

# Standard input, and results that go to a file.
printf 'IMGID:1\na\tI-PER\n\n' >small.txt
expect "$("$TAGSIGHT" check -q small.txt | sed 's/^small.txt/-/')" "$("$TAGSIGHT" check -q - <small.txt)"
"$TAGSIGHT" check -q -o found.txt small.txt
expect "$("$TAGSIGHT" check -q small.txt)" "$(cat found.txt)"
"$TAGSIGHT" check -q --color always small.txt | grep -q "$(printf '\033')" || fail "no colour"

# The same findings in the same order, whatever the threads.
mkdir -p set/images
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	printf 'IMGID:%s\nw%s\tO\n\n' $i $i >>set/train.txt
	[ $((i % 3)) -eq 0 ] || echo "<html>" >set/images/$i.jpg
done
rc=0
"$TAGSIGHT" check -q -j 1 set >one || rc=$?
expect 1 $rc
"$TAGSIGHT" check -q -j 8 set >eight || :
cmp one eight || fail "findings depend on the threads"
expect 13 "$(grep -c image-missing one)"
expect 27 "$(grep -c image-not-an-image one)"

shared=${TAGSIGHT_SHARED:-}/data
if [ ! -d "$shared/twitter2015" ]; then
	echo "skip: the known truths need the research data in \$TAGSIGHT_SHARED"
	exit 0
fi
truths() { # data, then "rule count" of everything that is to be found
	data=$1
	shift
	"$TAGSIGHT" check -q "$shared/$data" | sed -n 's/.*\[\([a-z0-9-]*\)\]$/\1/p' | sort | uniq -c |
		awk '{ print $2, $1 }' >found || :
	printf '%s\n' "$@" | LC_ALL=C sort >known
	LC_ALL=C sort found | diff known - || fail "findings of $data"
}
truths twitter2015/train.txt "tag-orphan-inside 175" "tag-type-change 11" "conll-no-final-blank 1" \
	"text-duplicate-conflict 1" "tag-ambiguous-surface 80"
truths twitter2015/valid.txt "tag-orphan-inside 52" "tag-type-change 1" "conll-no-final-blank 1" \
	"text-unpieceable 1" "tag-ambiguous-surface 13"
truths twitter2017/train.txt "text-replacement 4" "text-unpieceable 116" "text-control 2" \
	"text-duplicate 2" "tag-ambiguous-surface 60"
truths twitter2017/valid.txt "text-unpieceable 16" "tag-ambiguous-surface 7"
truths twitter2015 "tag-orphan-inside 227" "tag-type-change 12" "conll-no-final-blank 2" \
	"text-duplicate-conflict 1" "text-unpieceable 1" "text-overlap 2" "tag-ambiguous-surface 111"
truths mnre/mnre_train.txt "load-mega 59" "re-marker-lost 104" "re-span-overlap 59" "text-duplicate-conflict 27"
truths mnre/mnre_val.txt "load-mega 3" "re-marker-lost 16" "re-span-overlap 3"
"$TAGSIGHT" check -q "$shared/twitter2015/valid.txt" | grep -q "valid.txt:9658:1: .*text-unpieceable" || fail "line 9658"
truths sample "image-drawing 2" "load-umt 1" "tag-orphan-inside 2" "image-wrong-extension 1" "text-unpieceable 1"
