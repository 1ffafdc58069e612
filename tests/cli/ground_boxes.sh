#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight ground --boxes: what other tools found becomes the same crops as what we found. tests/run
# gives TAGSIGHT.
. "$(dirname "$0")/prelude"
pictures=$(cd "$(dirname "$0")/../sample/pictures" && pwd)
cd "$work"

mkdir -p NER_data/set NER_data/set_images NER_data/set_aux_images
cp "$pictures/sample_1.jpg" NER_data/set_images/1.jpg
printf 'IMGID:1\nOslo\tB-LOC\nand\tO\na\tO\ndog\tO\n\n' >NER_data/set/train.txt
boxes() { # FILE
	"$TAGSIGHT" ground -q --again . --boxes "$1" >/dev/null 2>err || fail "$(cat err)"
	jq -c '[.phrase, .class, .box, .score]' tagsight/set-train.boxes.jsonl | tr '\n' ' '
}

want='["a dog","dog",[1,2,60,52],0.5] ["","cup",[3,4,40,44],0.75] '
printf '{"image":"1.jpg","box":[3,4,40,44],"class":"cup","score":0.75}\n{"image":"a/1.png","box":[1,2,60,52],"class":"dog","score":0.5}\n' >boxes.jsonl
got=$(boxes boxes.jsonl)
case $got in
"$want"*'"whole-picture"'*) ;;
*) fail "$got" ;;
esac
cp tagsight/set-train.boxes.jsonl manifest.jsonl
expect "$got" "$(boxes manifest.jsonl)"
printf '{"annotations":[{"image_id":4,"category_id":2,"bbox":[3,4,37,40],"score":0.75},
{"image_id":4,"category_id":1,"bbox":[1,2,59,50],"score":0.5}],"images":[{"id":4,"file_name":"0001.jpg"}],
"categories":[{"id":1,"name":"dog"},{"id":2,"name":"cup"}]}' >coco.json
expect "$got" "$(boxes coco.json)"

# A box that is none is told and costs nothing else.
printf '{"image":"1.jpg","box":[3,4,3,44]}\n' >>boxes.jsonl
expect "$got" "$(boxes boxes.jsonl)"
"$TAGSIGHT" ground --again . --boxes boxes.jsonl >/dev/null 2>err || true
grep -q "'boxes.jsonl':3: the box is empty" err || fail "$(cat err)"
! grep -q "has boxes in" err || fail "a file of boxes is called a stranger's: $(cat err)"

# Names that are not those of the pictures lose all boxes: that is told.
printf '{"image":"img/0_1.jpg","box":[3,4,40,44]}\n' >strange.jsonl
"$TAGSIGHT" ground --again . --boxes strange.jsonl >/dev/null 2>err || fail "$(cat err)"
grep -q "no picture of the data has boxes in 'strange.jsonl', which names others, such as '0_1'" err ||
	fail "$(cat err)"
: >empty.jsonl
"$TAGSIGHT" ground --again . --boxes empty.jsonl >/dev/null 2>err || fail "$(cat err)"
grep -q "'empty.jsonl' holds no boxes" err || fail "$(cat err)"

status=0
"$TAGSIGHT" ground -q --again . --boxes missing.json >/dev/null 2>&1 || status=$?
expect 3 "$status"
