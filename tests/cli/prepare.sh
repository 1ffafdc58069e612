#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight prepare, the main job, on the archives of tests/sample: what it counts and writes, that it
# resumes, that a stopped or killed run ends with the same bytes. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."
twitter=$work/in/twitter.tar.gz mre=$work/in/mre.zip

prepare() { # arguments...; the exit status goes to $status
	status=0
	"$TAGSIGHT" prepare "$@" >"$work/out" 2>"$work/err" || status=$?
}

# Every file of a folder as a check sum; findings say paths, which begin with the folder's name.
sums() { # folder
	(cd "$1" && find . -type f ! -name '*.findings.jsonl' -exec sha256sum {} + | sort -k 2)
}

# The records of a text, as the keys of its dict: the n-th relation line is n, a tweet its picture.
keys() { # text
	case $1 in
	*/ours_*) awk '{ print NR - 1 }' "$1" ;;
	*) sed -n 's/^IMGID:\(.*\)/\1.jpg/p' "$1" ;;
	esac
}

check_dict() { # text, dict, folder of its crops
	"$TAGSIGHT" dict show "$2" --format json >"$work/dict"
	expect "$(keys "$1" | sort)" "$(jq -r 'keys[]' "$work/dict" | sort)"
	jq -r '.[][]' "$work/dict" | while read -r crop; do
		[ -s "$3/$crop" ] || fail "no crop $3/$crop"
	done
}

tests/sample/make_archives "$work/in"

# The sample has mistakes, so that the status is 1; -q leaves nothing on stderr.
prepare -q "$twitter" "$mre" -o "$work/whole" --format json
expect 1 "$status"
expect '' "$(cat "$work/err")"
expect '2 25 0 0 6 10 8' "$(jq -r '"\(.archives) \(.written) \(.kept) \(.refused) \(.splits) \(.tweets) \(.relations)"' "$work/out")"
expect '10 0 18 0 4 true 4' "$(jq -r '"\(.predicted) \(.predicted_before) \(.pictures) \(.pictures_before) \(.unreadable) \(.crops > 9) \(.skipped | length)"' "$work/out")"
expect '8 2' "$(jq -r '"\(.findings.errors) \(.findings.rules["image-truncated"])"' "$work/out")"
crops=$(jq .crops "$work/out")
ner=$work/whole/NER_data re=$work/whole/RE_data
for split in train valid test; do
	val=$(echo $split | sed s/valid/val/) dev=$(echo $split | sed s/valid/dev/)
	check_dict "$ner/sample/$split.txt" "$ner/sample/sample_${val}_dict.pth" \
		"$ner/sample_aux_images/$val/crops"
	check_dict "$re/txt/ours_$val.txt" "$re/txt/mre_${dev}_dict.pth" "$re/img_vg/$val/crops"
	expect "$(grep -c '^IMGID' "$ner/sample/$split.txt")" \
		"$(grep -c '"confidence"' "$work/whole/tagsight/sample-$split.predictions.jsonl")"
done
sums "$work/whole" >"$work/want"

# Again: all is there, which it says, and no byte changes.
prepare "$twitter" "$mre" -o "$work/whole" --format json
expect '1 0 25 10 10 18 18' "$status $(jq -r '"\(.written) \(.kept) \(.predicted) \(.predicted_before) \(.pictures) \(.pictures_before)"' "$work/out")"
expect "$crops" "$(jq .crops "$work/out")"
expect 3 "$(grep -c 'predictions are up to date' "$work/err")"
expect 6 "$(grep -c 'crops and dict are up to date' "$work/err")"
grep -q 'is hvpnet-ner sample (train, valid, test), hvpnet-re mnre (train' "$work/err" || fail "$(cat "$work/err")"
sums "$work/whole" | diff "$work/want" -

# The later stages alone, in text, in a folder whose name a shell would split.
mv "$work/whole" "$work/it's here"
prepare -o "$work/it's here" --skip ground --skip predict
expect 1 "$status"
expect "next: tagsight review '$work/it'\\''s here'" "$(tail -n 1 "$work/out")"
! grep -q 'archives\|crops\|tags  ' "$work/out" || fail "$(cat "$work/out")"

# Stopped by SIGINT it says 130, killed it says nothing; the next run ends with the same bytes.
stopped=no
for wait in 0.5 0.3 0.2 0.1 0.05 0.02; do
	"$TAGSIGHT" prepare "$twitter" "$mre" -o "$work/stopped" >/dev/null 2>"$work/err" &
	sleep $wait
	kill -INT $! 2>/dev/null || true
	status=0
	wait $! || status=$?
	[ $status != 130 ] || { stopped=yes; break; }
	expect 1 $status
	rm -r "$work/stopped"
done
expect yes $stopped
grep -q 'the same command goes on' "$work/err"
for wait in 0.02 0.06 0.12 0.2; do
	"$TAGSIGHT" prepare "$twitter" "$mre" -o "$work/stopped" >/dev/null 2>&1 &
	sleep $wait
	kill -KILL $! 2>/dev/null || true
	wait $! 2>/dev/null || true
done
# What a killed run was writing: its process number is beyond those that Linux gives, and this host's name is
# hashed as lib/base/unfinished.h says (FNV-1a).
host=2166136261
rest=$(uname -n)
while [ -n "$rest" ]; do
	host=$((((host ^ $(printf %d "'$rest")) * 16777619) & 0xffffffff))
	rest=${rest#?}
done
leftover=$(printf '%s/stopped/tagsight/sample-train.predictions.jsonl.4194999-%08x.part' "$work" "$host")
echo '{' >"$leftover"
prepare -q "$twitter" "$mre" -o "$work/stopped"
expect 1 "$status"
sums "$work/stopped" | diff "$work/want" -
[ ! -e "$leftover" ] || fail "$leftover is left"

# A hostile archive and one that is none beside a good one: nothing outside, the rest is done.
mkdir -p "$work/evil/in"
echo gotcha >"$work/evil/outside.txt"
(cd "$work/evil/in" && bsdtar -cPf "$work/in/evil.tar" ../outside.txt)
rm "$work/evil/outside.txt"
echo text >"$work/in/none.zip"
prepare -q "$work/in/evil.tar" "$work/in/none.zip" "$twitter" -o "$work/evil/in" --format json
expect '1 2 10' "$status $(jq -r '"\(.refused) \(.tweets)"' "$work/out")"
expect 2 "$(jq -r '.skipped[]' "$work/out" | grep -c '^evil.tar: \|^none.zip: ')"
[ ! -e "$work/evil/outside.txt" ]

# Lines too long to be text and broken relation lines are stepped over, told, and the rest is done.
mkdir -p "$work/long/r/s" "$work/long/r/txt"
{
	printf 'IMGID:1\nBob\tB-PER\n\nIMGID:2\n'
	head -c 2000000 /dev/zero | tr '\0' a
	printf '\tO\n\nIMGID:3\nParis\tB-LOC\n\n'
} >"$work/long/r/s/train.txt"
{
	head -n 1 tests/sample/relations/ours_train.txt
	echo "{'token': ['a'], 'h':"
} >"$work/long/r/txt/ours_train.txt"
bsdtar -czf "$work/in/long.tgz" -C "$work/long" r
prepare -q "$work/in/long.tgz" -o "$work/out-long" --format json
expect '1 2 1 2' "$status $(jq -r '"\(.tweets) \(.relations) \(.predicted)"' "$work/out")"
expect 2 "$(jq -r '.skipped[]' "$work/out" | grep -c 'train.txt:5: a line of\|ours_train.txt:2: ')"

# A dict and crops of the release's own are kept, through a second run too; that they do not fit is told.
mkdir -p "$work/own/r/s" "$work/own/r/s_images" "$work/own/r/s_aux_images/train/crops"
cp tests/sample/pictures/sample_1.jpg "$work/own/r/s_images/1.jpg"
printf 'IMGID:1\nBob\tB-PER\n\n' >"$work/own/r/s/train.txt"
echo theirs >"$work/own/r/s_aux_images/train/crops/1_pred_yolo_crop_0.png"
cp "$work/it's here/NER_data/sample/sample_train_dict.pth" "$work/own/r/s/s_train_dict.pth"
bsdtar -czf "$work/in/own.tgz" -C "$work/own" r
for run in 1 2; do
	prepare -q "$work/in/own.tgz" -o "$work/out-own" --format json
	expect "1 0 1" "$status $(jq -r '"\(.refused) \(.skipped | map(select(startswith("s train: the dict"))) | length)"' "$work/out")"
done
expect theirs "$(cat "$work/out-own/NER_data/s_aux_images/train/crops/1_pred_yolo_crop_0.png")"
cmp "$work/own/r/s/s_train_dict.pth" "$work/out-own/NER_data/s/s_train_dict.pth"
prepare -q -o "$work/out-own" --again
expect '["1.jpg"]' "$("$TAGSIGHT" dict show "$work/out-own/NER_data/s/s_train_dict.pth" --format json | jq -c keys)"

# Relations alone can be reviewed too.
prepare -q "$mre" -o "$work/relations" --skip ground
expect "next: tagsight review $work/relations" "$(tail -n 1 "$work/out")"

# No dataset in it: the archive's own fault is told.
prepare "$work/in/none.zip" -o "$work/nothing"
expect 1 "$status"
grep -q 'skipped: none.zip: not an archive' "$work/err" || fail "$(cat "$work/err")"

# Wrong use is 2, no such file 3.
prepare "$twitter"
expect 2 "$status"
prepare "$twitter" -o "$work/x" --skip ground --skip nonsense
expect 2 "$status"
prepare -o "$work/not-there"
expect 2 "$status"
prepare "$work/no.zip" -o "$work/x"
expect 3 "$status"
