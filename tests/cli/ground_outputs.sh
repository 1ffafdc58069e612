#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What else tagsight ground leaves: MKGformer's second dict, Pascal VOC files, the older form of .pth. tests/run
# gives TAGSIGHT.
. "$(dirname "$0")/prelude"
pictures=$(cd "$(dirname "$0")/../sample/pictures" && pwd)
cd "$work"

make_data() { # FOLDER
	mkdir -p "$1/twitter2017" "$1/twitter2017_images" "$1/twitter17_detect"
	for n in 1 2 3; do
		cp "$pictures/sample_$n.jpg" "$1/twitter2017_images/$n.x.jpg"
	done
	printf 'IMGID:1.x\nAnn\tB-PER\nand\tO\na\tO\ndog\tO\n\nIMGID:2.x\nOslo\tB-LOC\n\n' >"$1/twitter2017/train.txt"
	printf 'IMGID:3.x\nBob\tB-PER\nLee\tI-PER\n\n' >"$1/twitter2017/valid.txt"
}
printf '%s\n' '{"image":"1.x.jpg","box":[1,2,60,52],"class":"dog","score":0.5,"phrase":"a dog"}' \
	'{"image":"1.x.jpg","box":[3,4,40,44],"class":"person","score":0.75,"phrase":"Ann"}' \
	'{"image":"3.x.jpg","box":[5,6,50,54],"class":"person","score":0.625,"phrase":"Bob Lee"}' >boxes.jsonl
ground() { "$TAGSIGHT" ground -q --layout mkgformer --boxes boxes.jsonl "$@" >out 2>err; }
show() { "$TAGSIGHT" dict show --format json "$@"; }

# One file for all splits, whatever their order; crops hang from the folder of the data.
make_data data
ground data || fail "$(cat err)"
want='{"1":["data_vg/twitter2017/train/crops/1.x_pred_yolo_crop_0.png","data_vg/twitter2017/train/crops/1.x_pred_yolo_crop_1.png"],"2":["data_vg/twitter2017/train/crops/2.x_pred_yolo_crop_0.png"],"3":["data_vg/twitter2017/val/crops/3.x_pred_yolo_crop_0.png"]}'
expect "$want" "$(show data/twitter17_detect/twitter17_img2crop.pth | jq -c .)"
show data/twitter17_detect/twitter17_img2crop.pth | jq -r '.[][]' | while read -r crop; do
	[ -s "data/$crop" ] || fail "no $crop"
done
make_data turned
ground turned --split valid || fail "$(cat err)"
ground turned --split train || fail "$(cat err)"
cmp data/twitter17_detect/twitter17_img2crop.pth turned/twitter17_detect/twitter17_img2crop.pth ||
	fail 'the order of splits matters'
"$TAGSIGHT" check -q data --loader mkgformer >out || fail "$(cat out)"

# One that is lost is made again, one that came with the data stays.
rm data/twitter17_detect/twitter17_img2crop.pth
ground data || fail "$(cat err)"
cmp data/twitter17_detect/twitter17_img2crop.pth turned/twitter17_detect/twitter17_img2crop.pth ||
	fail 'it was not made again'
make_data given
cp data/twitter2017/twitter2017_train_dict.pth given/twitter17_detect/twitter17_img2crop.pth
ground given || fail "$(cat err)"
cmp data/twitter2017/twitter2017_train_dict.pth given/twitter17_detect/twitter17_img2crop.pth ||
	fail 'the one that came with the data is gone'
ground given --again || fail "$(cat err)"
cmp data/twitter17_detect/twitter17_img2crop.pth given/twitter17_detect/twitter17_img2crop.pth ||
	fail '--again does not replace it'

# The older form, of the same names.
ground data --pth legacy || fail "$(cat err)"
for dict in twitter17_detect/twitter17_img2crop.pth twitter2017/twitter2017_train_dict.pth; do
	! cmp -s data/$dict turned/$dict || fail "$dict is in the same form"
	[ "$(show data/$dict)" = "$(show turned/$dict)" ] || fail "$dict holds something else"
done

# Names that were found, one file a picture; no noun, no whole picture. As boxes they give the same crops.
ground data --voc voc || fail "$(cat err)"
expect '1.x.xml 3.x.xml' "$(cd voc && echo *.xml)"
grep -q '<name>Ann</name>' voc/1.x.xml && ! grep -q dog voc/1.x.xml || fail "$(cat voc/1.x.xml)"
expect '6 7 50 54' "$(sed -n 's/.*<[xy]m[a-z]*>\(.*\)<.*/\1/p' voc/3.x.xml | paste -s -d' ')"
make_data again
"$TAGSIGHT" ground -q again --layout mkgformer --boxes voc >/dev/null 2>err || fail "$(cat err)"
cmp data/data_vg/twitter2017/val/crops/3.x_pred_yolo_crop_0.png \
	again/data_vg/twitter2017/val/crops/3.x_pred_yolo_crop_0.png || fail 'another crop of the same box'

# Annotations of somebody else's are left alone, ours are made anew.
ground data --voc voc --min-score 0.7 || fail "$(cat err)"
expect '1.x.xml' "$(cd voc && echo *.xml)"
mkdir theirs
echo '<annotation/>' >theirs/9.xml
make_data refused
status=0
ground refused --voc theirs || status=$?
expect 2 "$status"
[ -z "$(find refused -name '*_crop_*')" ] || fail 'it was refused after the work'
grep -q "'theirs' holds annotations that are none of ours" err || fail "$(cat err)"
