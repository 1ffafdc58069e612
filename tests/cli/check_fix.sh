#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check --fix: the diff is one that patch takes, the original is kept, the log says all, a second
# run changes nothing, and check is content afterwards. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
sample=$(cd "$(dirname "$0")/.." && pwd)/sample/pictures
cd "$work"

# A file with a bit of everything.
mkdir data
printf '\357\273\277IMGID:8\r\nJo\tB-PER\r\nof\tO\r\n\r\n' >data/train.txt
printf 'IMGID:9\nRome\tI-LOC\nx\001y\tI-PER\n \t\nIMGID:10\na\tB-PER\nb\tI-PER' >>data/train.txt
printf 'IMGID:1\nwell\tO\n\n' >data/valid.txt
cp -r data original
cat >expected <<'END'
IMGID:8
Jo	B-PER
of	O

IMGID:9
Rome	B-LOC
xy	B-PER

IMGID:10
a	B-PER
b	I-PER

END

# A trial run changes nothing; its diff makes the same file, by patch and by git.
rc=0
"$TAGSIGHT" check --fix --dry-run -q data >fix.patch || rc=$?
expect 1 $rc
diff -r original data
if command -v patch >/dev/null; then
	cp -r data patched
	(cd patched && sed 's,^\([-+][-+][-+]\) data/,\1 ,' ../fix.patch | patch -s -p0)
	cmp expected patched/train.txt
fi
if command -v git >/dev/null; then
	mkdir -p by-git && cp -r data by-git/data
	(cd by-git && git init -q . && git apply --whitespace=nowarn -p0 ../fix.patch)
	cmp expected by-git/data/train.txt
fi

# Copies below another folder: only of what changed; the originals are as they were.
"$TAGSIGHT" check --fix -q -o mended data >out
diff -r original data
cmp expected mended/train.txt
[ ! -e mended/valid.txt ] || fail "a file that needs no mending was copied"
expect "data/train.txt:6:6: fixed: 'I-LOC' becomes 'B-LOC' [tag-orphan-inside]" "$(grep orphan out | head -n 1)"
expect "2 files, 1 mended: 1 of text-bom, 4 of text-line-end, 1 of text-control, 1 of conll-blank-line-spaces, 1 of conll-no-final-blank, 1 of tag-orphan-inside, 1 of tag-type-change" \
	"$(tail -n 1 out)"
rc=0
"$TAGSIGHT" check --fix -q -o data data 2>err >out || rc=$?
expect 2 $rc
diff -r original data

# In place: the original is beside it, the log is what --format json says, and all of it is JSON.
"$TAGSIGHT" check --fix -q --format json data >out
cmp expected data/train.txt
cmp original/train.txt data/train.txt.orig
cmp original/valid.txt data/valid.txt
[ ! -e data/valid.txt.orig ] || fail "a file that needs no mending was kept twice"
jq -c 'select(.summary == null)' out >changes
cmp changes data/tagsight/repairs.jsonl
expect '{"rule":"tag-type-change","file":"data/train.txt","line":7,"column":5,"record":"IMGID:9","before":"I-PER","after":"B-PER"}' \
	"$(jq -c 'select(.rule == "tag-type-change")' data/tagsight/repairs.jsonl)"
expect 10 "$(jq -s 'map(select(.rule)) | length' out)"
expect '{"files":2,"mended":1,"failed":0,"changes":10}' \
	"$(jq -c 'select(.summary).summary | del(.rules)' out)"

# Once more: nothing. The log and the original stay.
"$TAGSIGHT" check --fix -q data >out
expect "2 files, 0 mended" "$(cat out)"
cmp changes data/tagsight/repairs.jsonl
"$TAGSIGHT" check --fix --dry-run -q data >out
[ ! -s out ] || fail "a mended file has a diff"
"$TAGSIGHT" check -q --only text-control,conll-,tag-orphan-inside,tag-type-change data >out
expect "2 files, 4 records: 0 errors, 0 warnings, 0 notes" "$(head -n 1 out)"

# A second change keeps the first original.
printf 'c\tI-ORG\n' >>data/train.txt
cp data/train.txt second
"$TAGSIGHT" check --fix -q data >out
cmp original/train.txt data/train.txt.orig
cmp second data/train.txt.orig.1

# Chosen rules, policies, and what is not safe.
printf 'a\tB-PER\nb\tI-LOC\nc\tO\n\na\tB-PER\nb\tI-LOC\nc\tO\n\nd\tB-PER\n\n' >tags.txt
cp tags.txt kept.txt
for policy in previous outside; do
	rc=0
	"$TAGSIGHT" check --fix --fix-policy $policy -q tags.txt >out 2>err || rc=$?
	expect 2 $rc
	cmp kept.txt tags.txt
done
"$TAGSIGHT" check --fix-unsafe --only tag- --fix-policy previous -q -o previous tags.txt >out
expect 2 "$(grep -c '^b	I-PER' previous/tags.txt)"
"$TAGSIGHT" check --fix-unsafe --only tag- --fix-policy outside -q -o outside tags.txt >out
expect 2 "$(grep -c '^b	O' outside/tags.txt)"
"$TAGSIGHT" check --fix-unsafe --except tag- -q -o unsafe tags.txt >out
expect "1 file, 1 mended: 4 of text-duplicate" "$(tail -n 1 out)"
expect 6 "$(wc -l <unsafe/tags.txt | tr -d ' ')"

# What cannot be mended is refused and stays; the others are mended all the same.
mkdir long
{
	printf 'a\tI-PER\n'
	head -c 2000000 /dev/zero | tr '\0' x
} >long/train.txt
printf 'a\tB-PER\n' >long/valid.txt
cksum long/train.txt >before
rc=0
"$TAGSIGHT" check --fix -q long >out 2>err || rc=$?
expect 1 $rc
cksum long/train.txt | cmp - before
expect "2 files, 1 mended: 1 of conll-no-final-blank" "$(tail -n 1 out)"
[ -z "$(find . -name '*.part')" ] || fail "an unfinished file was left"
for use in '--fix -' '--dry-run tags.txt' '--fix --format sarif tags.txt' '--fix --only nothing tags.txt' '--fix -o - tags.txt'; do
	rc=0
	# shellcheck disable=SC2086
	"$TAGSIGHT" check -q $use </dev/null >out 2>err || rc=$?
	expect 2 $rc
done
"$TAGSIGHT" check --fix --rules >out
grep -q '^tag-orphan-inside *safe' out || fail "the list of mends lacks a rule"
grep -q '^re-marker-lost *unsafe' out || fail "the list of mends lacks a rule"

# Pictures: Exif's turn is made for good where nothing is lost; names that tell another format only on demand.
exif() { # orientation picture
	printf '\377\330\377\341\000\042Exif\000\000II*\000\010\000\000\000\001\000\022\001\003\000\001\000\000\000\00'"$1"'\000\000\000\000\000\000\000'
	tail -c +3 "$2"
}
mkdir -p tweets/images
printf 'IMGID:whole\na\tO\n\nIMGID:part\nb\tO\n\nIMGID:other\nc\tO\n\n' >tweets/train.txt
exif 6 "$sample/sample_1.jpg" >tweets/images/whole.jpg
exif 6 "$sample/sample_4.jpg" >tweets/images/part.jpg
printf '\211PNG\r\n\032\n\000\000\000\rIHDR\000\000\000\001\000\000\000\001\010\002\000\000\000\220wS\336\000\000\000\014IDATx\234c\370\317\300\000\000\003\001\001\000\311\376\222\357\000\000\000\000IEND\256B`\202' \
	>tweets/images/other.jpg
cp -r tweets original-tweets
rc=0
"$TAGSIGHT" check --fix --dry-run tweets >out 2>err || rc=$?
expect 1 $rc
[ ! -s out ] || fail "a picture has a diff"
grep -q "'tweets/images/whole.jpg' would be turned without loss" err || fail "the trial is silent: $(cat err)"
diff -r tweets original-tweets
"$TAGSIGHT" check --fix -q tweets >out
expect "tweets/images/whole.jpg: fixed: '6' becomes '1' [image-orientation]
4 files, 1 mended: 1 of image-orientation" "$(cat out)"
expect '{"rule":"image-orientation","file":"tweets/images/whole.jpg","record":"IMGID:whole","before":"6","after":"1"}' \
	"$(cat tweets/tagsight/repairs.jsonl)"
cmp tweets/images/whole.jpg.orig original-tweets/images/whole.jpg
"$TAGSIGHT" check --fix -q tweets >out
expect "4 files, 0 mended" "$(cat out)"
"$TAGSIGHT" check --fix-unsafe --fix-rename --only image-wrong-extension -q -o renamed tweets >out
expect "tweets/images/other.jpg: fixed: 'other.jpg' becomes 'other.png' [image-wrong-extension]" "$(head -n 1 out)"
cmp renamed/images/other.png original-tweets/images/other.jpg
"$TAGSIGHT" check --fix-unsafe -q tweets >out
expect "4 files, 2 mended: 1 of image-orientation, 1 of image-wrong-extension" "$(tail -n 1 out)"
"$TAGSIGHT" check -q --only image-orientation,image-wrong-extension tweets >out
expect "1 file, 3 records: 0 errors, 0 warnings, 0 notes" "$(head -n 1 out)"
# Where there are crops, boxes were measured in the pictures as they are.
cp -r original-tweets cropped
mkdir cropped/crops
"$TAGSIGHT" check --fix --crops cropped/crops -q cropped >out
expect "4 files, 0 mended" "$(cat out)"

# The public data: check is content afterwards, and conlleval counts the same entities.
[ -d "$TAGSIGHT_SHARED/data/twitter2015" ] || {
	echo "skip: the public data is not in $TAGSIGHT_SHARED"
	exit 77
}
mkdir t15
cp "$TAGSIGHT_SHARED"/data/twitter2015/*.txt t15
chmod u+w t15/*
"$TAGSIGHT" check --fix -q --format json t15 >out
expect '{"files":2,"mended":2,"failed":0,"changes":241,"rules":{"conll-no-final-blank":2,"tag-orphan-inside":227,"tag-type-change":12}}' \
	"$(jq -c 'select(.summary).summary' out)"
expect 175,11 "$(jq -r 'select(.file == "t15/train.txt").rule' out | grep -c orphan),$(jq -r \
	'select(.file == "t15/train.txt").rule' out | grep -c change)"
expect 6352,6352 "$("$TAGSIGHT" stats -q --format json t15/train.txt |
	jq -r '"\(.entities.conlleval),\(.entities["begin-only"])"')"
"$TAGSIGHT" check -q --only conll-no-final-blank,tag-orphan-inside,tag-type-change t15 >out
expect PASSED "$(tail -n 1 out)"
# Nothing else was touched: words are the same, and so is every line that the log does not name.
cut -f 1 t15/train.txt.orig >words
{ cut -f 1 t15/train.txt | head -n "$(wc -l <words)"; } | cmp - words
expect 187 "$(diff t15/train.txt.orig t15/train.txt | grep -c '^>')"
for data in twitter2017 mnre; do
	cp -r "$TAGSIGHT_SHARED/data/$data" .
	chmod -R u+w $data
	"$TAGSIGHT" check --fix -q --except conll-no-final-blank $data >out
	grep -q ' 0 mended$' out || fail "$data was changed: $(cat out)"
done
"$TAGSIGHT" check --fix-unsafe -q --only re-marker-lost mnre >out
expect "2 files, 2 mended: 120 of re-marker-lost" "$(tail -n 1 out)"
"$TAGSIGHT" check -q --only re- mnre >out
expect "re-span-overlap" "$(sed -n 's/.*\[\(.*\)\]$/\1/p' out | sort -u)"
