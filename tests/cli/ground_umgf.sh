#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# UMGF's crops: from its own my_data, and from plain tweets. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
sample=$(cd "$(dirname "$0")/../sample" && pwd)
cd "$work"

mkdir -p data/set/image my_data/set
cp "$sample/pictures/sample_1.jpg" data/set/image/1.jpg
cp "$sample/pictures/sample_2.jpg" data/set/image/2.jpg
printf 'IMGID:1\nOslo\tB-LOC\nand\tO\na\tO\ndog\tO\n\nIMGID:2\nAnn\tB-PER\n\nIMGID:3\nBob\tB-PER\n\n' >train.txt
"$TAGSIGHT" convert -q train.txt --to umgf --lossy -o my_data/set/train >/dev/null

status=0
report=$("$TAGSIGHT" ground -q . --layout umgf) || status=$?
expect 1 "$status"
case $report in
"set train: 3 records, 3 pictures (1 unreadable), 8 crops, 1 records"*) ;;
*) fail "$report" ;;
esac
for n in 1 2; do
	for type in person miscellaneous location organization; do
		[ -s "data/set/image/$n/crop_${type}_$n.jpg" ] || fail "no crop of $type of $n"
	done
done
[ -z "$(find . -name '*.pth')" ] || fail 'UMGF loads no dict'
expect 3 "$(jq -r .id tagsight/set-train.phrases.jsonl | wc -l)"
expect 'location organization person miscellaneous' \
	"$(jq -r 'select(.record == "IMGID:1") | .crop' tagsight/set-train.boxes.jsonl |
		sed 's/.*crop_\(.*\)_1.jpg/\1/' | paste -s -d' ')"

# A second run has nothing to do; without one crop it makes it again, to the byte.
cp -r data/set/image first
"$TAGSIGHT" ground -q . --layout umgf | grep -q 'done before' || fail 'it was not done before'
rm data/set/image/2/crop_location_2.jpg
"$TAGSIGHT" ground -q . --layout umgf >/dev/null || true
diff -r first data/set/image || fail 'other bytes'

# Shards, and splits that share a picture, do not take each other's crops for such as came with the data.
mkdir -p shared/data/set/image shared/my_data
cp data/set/image/*.jpg shared/data/set/image
cp -r my_data/set shared/my_data/set
cp -r my_data/set/train shared/my_data/set/valid
for shard in 1 2; do
	"$TAGSIGHT" ground -q shared --split train --shard $shard/2 >out || [ $? = 1 ]
	grep -q "shard $shard/2 is done" out || fail "$(cat out)"
done
"$TAGSIGHT" ground -q shared >out || [ $? = 1 ]
expect 2 "$(grep -c '8 crops' out)"
diff -r first shared/data/set/image || fail 'shards give other bytes'

# Those that did come with the data stay, of a picture or of all.
mkdir -p given/data/set/image/2
cp data/set/image/*.jpg given/data/set/image
cp -r my_data given
echo original >given/data/set/image/2/crop_person_2.jpg
"$TAGSIGHT" ground -q given | grep -q 'came with it are kept' || fail 'they are not kept'
expect original "$(cat given/data/set/image/2/crop_person_2.jpg)"

# The same for tweets of another layout, beside the dict of HVPNeT's names.
mkdir -p tweets/images
cp data/set/image/*.jpg tweets/images
cp train.txt tweets
"$TAGSIGHT" ground -q tweets --crops tweets/umgf --crop-names umgf >/dev/null || true
cmp data/set/image/2/crop_person_2.jpg tweets/umgf/2/crop_person_2.jpg || fail 'another crop'

# What cannot be.
refused() { # TEXT OPTION...
	text=$1
	shift
	status=0
	"$TAGSIGHT" ground -q --again tweets "$@" >out 2>err || status=$?
	expect 2 "$status"
	grep -q -- "$text" err || fail "$(cat err)"
}
refused 'is no one-stage model' --crop-names umgf --as-published
refused "is for UMGF's crops" --as-published
refused 'leave out --crop-format' --crop-names umgf --crop-format png
refused 'leave out --no-whole-picture' --crop-names umgf --no-whole-picture
