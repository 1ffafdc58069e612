#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight dict: what is shown, merged and refused. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."
fixtures=tests/oracle/torch_dict

ner='{"8.jpg":["8_pred_yolo_crop_0.png","8_pred_yolo_crop_1.png"],"O_1.jpg":[],"café.jpg":["café_pred_yolo_crop_0.png"]}'
re='{"0":[],"1":["a_pred_yolo_crop_0.png"],"255":[],"256":["b.png","c.png"],"70000":[]}'
for form in torch legacy; do
	expect "$ner" "$("$TAGSIGHT" dict show "$fixtures/${form}_ner.pth" --format json)"
	expect "$re" "$("$TAGSIGHT" dict show "$fixtures/${form}_re.pth" --format json)"
	expect '{}' "$("$TAGSIGHT" dict show "$fixtures/${form}_empty.pth" --format json)"
	expect "$ner" "$("$TAGSIGHT" dict show - --format json <"$fixtures/${form}_ner.pth")"
done
expect '{"file":"'$fixtures'/torch_re.pth","key_type":"int","entries":5,"empty":3,"crops":3}' \
	"$("$TAGSIGHT" dict show --info "$fixtures/torch_re.pth" --format json)"

# What comes out of merge reads back equal, and the same input gives the same bytes.
"$TAGSIGHT" dict merge "$fixtures/torch_ner.pth" "$fixtures/legacy_one.pth" -o "$work/a.pth"
expect "${ner%\}},\"1.jpg\":[\"1_pred_yolo_crop_0.png\"]}" \
	"$("$TAGSIGHT" dict show "$work/a.pth" --format json)"
mkdir "$work/again"
"$TAGSIGHT" dict merge "$work/a.pth" -o "$work/again/a.pth"
cmp "$work/a.pth" "$work/again/a.pth"

# Keys of two kinds do not mix.
! "$TAGSIGHT" dict merge "$fixtures/torch_ner.pth" "$fixtures/torch_re.pth" -o "$work/b.pth" \
	2>"$work/err" || fail "mixed keys were merged"
grep -q 'cannot be merged' "$work/err"
[ ! -e "$work/b.pth" ] || fail "a dict was written after an error"

# A pickle that asks for os.system: refused by name, nothing run, status 1.
printf 'cos\nsystem\n(S"touch %s/ran"\ntR.' "$work" >"$work/bare.pth"
set +e
"$TAGSIGHT" dict show "$work/bare.pth" 2>"$work/err"
expect 1 $?
grep -q 'not a PyTorch file' "$work/err" || fail "a bare pickle: $(cat "$work/err")"
head -c 900 "$fixtures/torch_ner.pth" >"$work/cut.pth"
"$TAGSIGHT" dict show "$work/cut.pth" 2>"$work/err"
expect 1 $?
"$TAGSIGHT" dict show "$work/none.pth" 2>"$work/err"
expect 3 $?
"$TAGSIGHT" dict frob 2>"$work/err"
expect 2 $?
set -e
[ ! -e "$work/ran" ] || fail "a pickle was run"

# check: one record without its key, one key without its record, one crop that is not there.
set_folder=$work/NER_data/twitter2015
mkdir -p "$set_folder" "$work/NER_data/twitter2015_aux_images/train/crops"
printf 'IMGID:8\nParis\tB-LOC\n\nIMGID:9\nRome\tB-LOC\n\n' >"$set_folder/train.txt"
"$TAGSIGHT" dict merge "$fixtures/torch_ner.pth" -o "$set_folder/twitter2015_train_dict.pth"
: >"$work/NER_data/twitter2015_aux_images/train/crops/8_pred_yolo_crop_0.png"
set +e
"$TAGSIGHT" dict check "$work" --format json >"$work/findings" 2>"$work/err"
expect 1 $?
set -e
expect 1 "$(grep -c dict-missing-key "$work/findings")"
expect 2 "$(grep -c dict-extra-key "$work/findings")"
expect 2 "$(grep -c dict-missing-crop "$work/findings")"

# A manifest becomes a dict.
line='"phrase":"x","kind":"misc","box":[0,0,9,9],"score":0.5,"class":"dog","model":"m","model_sha256":"0","version":"1"'
printf '{"image":"8.jpg","record":"IMGID:8","crop":"%s",%s}\n' 8_pred_yolo_crop_0.png "$line" \
	8_pred_yolo_crop_1.png "$line" >"$work/boxes.jsonl"
"$TAGSIGHT" dict build "$work/boxes.jsonl" -o "$work/built.pth"
expect '{"8.jpg":["8_pred_yolo_crop_0.png","8_pred_yolo_crop_1.png"]}' \
	"$("$TAGSIGHT" dict show "$work/built.pth" --format json)"

# convert: the bytes of PyTorch's own legacy file, through JSON and back; a bare pickle; names and keys.
for kind in ner re one empty; do
	"$TAGSIGHT" dict convert "$fixtures/torch_$kind.pth" -o "$work/c.json"
	"$TAGSIGHT" dict convert "$work/c.json" --pth legacy -o "$work/c.pth"
	cmp "$fixtures/legacy_$kind.pth" "$work/c.pth"
	"$TAGSIGHT" dict merge "$fixtures/torch_$kind.pth" --pth legacy -o "$work/c.pth"
	cmp "$fixtures/legacy_$kind.pth" "$work/c.pth"
done
printf '\200\002}q\000X\005\000\000\0008.jpgq\001]q\002X\005\000\000\000a.pngq\003as.' >"$work/bare.pkl"
"$TAGSIGHT" dict convert "$work/bare.pkl" --crop-extension jpg --prefix aux/ --img2crop -o "$work/c.pth"
expect '{"8":["aux/a.jpg"]}' "$("$TAGSIGHT" dict show "$work/c.pth" --format json)"
expect 1 "$("$TAGSIGHT" dict show --info "$work/c.pth" | grep -c 'keys are str')"
"$TAGSIGHT" dict convert "$work/c.pth" --keys int -o "$work/d.pth"
expect 1 "$("$TAGSIGHT" dict show --info "$work/d.pth" | grep -c 'keys are int')"
set +e
"$TAGSIGHT" dict convert "$fixtures/torch_ner.pth" --keys int -o "$work/e.pth" 2>"$work/err"
expect 1 $?
grep -q "the key '8.jpg' is no line number" "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" dict convert "$fixtures/torch_re.pth" --img2crop -o "$work/e.pth" 2>"$work/err"
expect 1 $?
"$TAGSIGHT" dict convert "$work/bare.pth" -o "$work/e.pth" 2>"$work/err"
expect 1 $?
printf '{"a":[1]}' >"$work/bad.json"
"$TAGSIGHT" dict convert "$work/bad.json" -o "$work/e.pth" 2>"$work/err"
expect 1 $?
"$TAGSIGHT" dict convert "$work/bare.pkl" 2>"$work/err"
expect 2 $?
set -e
[ ! -e "$work/e.pth" ] && [ ! -e "$work/ran" ] || fail "something was written or run"
