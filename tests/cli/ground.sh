#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight ground with the detector that ships: killed at several moments it ends with the same
# bytes as a run that was left alone. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."
root=$PWD

# Sixteen tweets over the sample's pictures, one of which is broken and one no picture at all.
make_data() { # folder
	mkdir -p "$1/NER_data/twitter2015" "$1/NER_data/twitter2015_images"
	n=0
	for round in a b; do
		for picture in "$root"/tests/sample/pictures/*.jpg; do
			n=$((n + 1))
			cp "$picture" "$1/NER_data/twitter2015_images/$n.jpg"
			printf 'IMGID:%d\nAnn\tB-PER\nand\tO\na\tO\ndog\tO\nin\tO\nthe\tO\npark\tO\n\n' "$n"
		done
	done >"$1/NER_data/twitter2015/train.txt"
	mkdir -p "$1/NER_data/twitter2015_aux_images/train/crops"
}

# All that ground writes, as check sums.
sums() { # folder
	(cd "$1" && find NER_data/*aux_images NER_data/twitter2015/*.pth tagsight/*.jsonl -type f |
		sort | xargs sha256sum)
}

make_data "$work/whole"
status=0
"$TAGSIGHT" ground "$work/whole" --format json >"$work/report" 2>"$work/err" || status=$?
[ "$status" = 1 ] || fail "exit $status: $(cat "$work/err")"
grep -q '"unreadable":4,' "$work/report" || fail "$(cat "$work/report")"
grep -q "^ground: $(jq .pictures "$work/report") pictures in" "$work/err" || fail "$(cat "$work/err")"
[ "$(grep -c 'no crops of' "$work/err")" = 4 ] || fail "$(cat "$work/err")"
[ -s "$work/whole/NER_data/twitter2015_images/inf.png" ] || fail "no inf.png"
"$TAGSIGHT" dict check "$work/whole" >"$work/check" 2>&1 || fail "$(cat "$work/check")"
sums "$work/whole" >"$work/want"
[ "$(wc -l <"$work/want")" -gt 10 ] || fail "too few files: $(cat "$work/want")"

# Killed at random moments of what a whole run takes, from its first file to its last, several times over.
seed=${SEED:-$(date +%s)}
took=$(awk '/^ground: .* pictures in/ { print $(NF - 1) + 0.1 }' "$work/err")
kills=0
turn=0
while [ $turn -lt 4 ]; do
	turn=$((turn + 1))
	rm -rf "$work/killed"
	make_data "$work/killed"
	for wait in $(awk -v seed="$seed$turn" -v took="$took" \
		'BEGIN { srand(seed); for (i = 0; i < 4; i++) print took * rand() }'); do
		"$TAGSIGHT" ground -q -j 2 "$work/killed" >/dev/null 2>&1 &
		sleep "$wait"
		kill -9 $! 2>/dev/null || true
		status=0
		wait $! 2>/dev/null || status=$?
		[ $status != 137 ] || kills=$((kills + 1))
	done
	"$TAGSIGHT" ground -q -j $turn "$work/killed" >/dev/null 2>&1 || [ $? = 1 ]
	sums "$work/killed" >"$work/got"
	cmp "$work/want" "$work/got" || fail "with SEED=$seed: $(diff "$work/want" "$work/got")"
done
[ $kills -gt 0 ] || fail "with SEED=$seed no run was killed"

# Done is done; a crop that was lost is made again.
"$TAGSIGHT" ground "$work/whole" --format json 2>/dev/null | grep -q '"done_before":true' ||
	fail "it was done twice"
rm "$(find "$work/whole" -name '*_crop_0.png' | sort | head -n 1)"
"$TAGSIGHT" ground -q "$work/whole" >/dev/null 2>&1 || [ $? = 1 ]
sums "$work/whole" >"$work/got"
cmp "$work/want" "$work/got"

# An id that cannot name a file costs its own record alone, and nothing outside is looked at.
mkdir -p "$work/odd/NER_data/x" "$work/odd/NER_data/x_images"
cp "$root/tests/sample/pictures/sample_1.jpg" "$work/odd/NER_data/x_images/1.jpg"
cp "$root/tests/sample/pictures/sample_1.jpg" "$work/odd/NER_data/2.jpg"
for id in ../2 '' 1; do
	printf 'IMGID:%s\nAnn\tB-PER\n\n' "$id"
done >"$work/odd/NER_data/x/train.txt"
status=0
"$TAGSIGHT" ground "$work/odd" --format json >"$work/report" 2>"$work/err" || status=$?
[ "$status" = 1 ] || fail "exit $status: $(cat "$work/err")"
[ "$(jq -c '[.records, .pictures, .unreadable, .crops > 0]' "$work/report")" = '[3,3,2,true]' ] ||
	fail "$(cat "$work/report")"
grep -q "no crops of '../2': this cannot name a picture" "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" dict show --format json "$work/odd/NER_data/x/x_train_dict.pth" |
	jq -e '."../2.jpg" == [] and ."1.jpg" != []' >/dev/null || fail "dict"

# Wrong use.
status=0
"$TAGSIGHT" ground --top 0 "$work/whole" 2>/dev/null || status=$?
[ "$status" = 2 ] || fail "--top 0 gives $status"
status=0
"$TAGSIGHT" ground --model /no/such.safetensors "$work/whole" >/dev/null 2>"$work/err" || status=$?
[ "$status" = 3 ] || fail "a missing model gives $status: $(cat "$work/err")"

# Files that find no boxes are told from each other.
for model in net.cfg:'by --config' coco.names:'by --names' boxes.json:'by --boxes' net.onnx:'is not read'; do
	echo '{}' >"$work/${model%%:*}"
	status=0
	"$TAGSIGHT" ground --model "$work/${model%%:*}" "$work/whole" >/dev/null 2>"$work/err" || status=$?
	[ "$status" = 2 ] && grep -q "${model#*:}" "$work/err" || fail "$model: $(cat "$work/err")"
done

# Boxes that are widened, unsure or doubled; each option begins anew.
boxes() { # options
	"$TAGSIGHT" ground -q "$work/whole" "$@" >/dev/null 2>&1 || [ $? = 1 ] || fail "ground $*"
	cp "$work/whole/tagsight/twitter2015-train.boxes.jsonl" "$work/boxes"
}
area='map((.box[2] - .box[0]) * (.box[3] - .box[1])) | max'
boxes --again --top 10 --no-whole-picture
plain=$(jq -s "[.[] | select(.record == \"IMGID:1\")] | $area" "$work/boxes")
all=$(wc -l <"$work/boxes")
boxes --top 10 --no-whole-picture --pad 0.1
jq -se "[.[] | select(.record == \"IMGID:1\")] | $area > $plain" "$work/boxes" >/dev/null || fail "--pad"
boxes --top 10 --no-whole-picture --min-score 0.6
jq -se 'length > 0 and all(.score >= 0.6)' "$work/boxes" >/dev/null || fail "--min-score"
[ "$(wc -l <"$work/boxes")" -lt "$all" ] || fail "--min-score left nothing out"
boxes --top 10 --no-whole-picture --nms 0.01
[ "$(wc -l <"$work/boxes")" -lt "$all" ] || fail "--nms left nothing out"
for option in '--pad -1' '--nms 2' '--min-score nan'; do
	status=0
	# shellcheck disable=SC2086
	"$TAGSIGHT" ground $option "$work/whole" 2>/dev/null || status=$?
	[ "$status" = 2 ] || fail "$option gives $status"
done
