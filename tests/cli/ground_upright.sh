#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight ground with a picture that Exif says to turn: boxes and crops are of the upright one, as if the file
# held it. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."

exif() { # orientation picture
	printf '\377\330\377\341\000\042Exif\000\000II*\000\010\000\000\000\001\000\022\001\003\000\001\000\000\000\00'"$1"'\000\000\000\000\000\000\000'
	tail -c +3 "$2"
}

for kind in told turned; do
	mkdir -p "$work/$kind/images"
	exif 6 tests/sample/pictures/sample_7.jpg >"$work/$kind/images/1.jpg"
	printf 'IMGID:1\na\tO\ndog\tO\nin\tO\nParis\tB-LOC\n\n' >"$work/$kind/train.txt"
done
# The sides of this picture are whole blocks, so that it can be turned without loss.
"$TAGSIGHT" check --fix -q "$work/turned" >/dev/null || fail "check --fix gives $?"
rm "$work/turned/images/1.jpg.orig"
cmp -s "$work/told/images/1.jpg" "$work/turned/images/1.jpg" && fail "check --fix turned nothing"

for kind in told turned; do
	"$TAGSIGHT" ground -q --top 10 "$work/$kind" >"$work/report" 2>&1 || fail "$kind: $(cat "$work/report")"
	cp "$work/$kind"/tagsight/*.boxes.jsonl "$work/$kind.jsonl"
done
# Colours between turned blocks may differ by a level.
jq -n --slurpfile told "$work/told.jsonl" --slurpfile turned "$work/turned.jsonl" -e '
	($told | length) >= 2 and ($told | length) == ($turned | length) and
	([range($told | length) as $i | range(4) as $k | $told[$i].box[$k] - $turned[$i].box[$k] | fabs] | max) <= 3 and
	([$told[].box | .[3]] | max) > 336' >/dev/null ||
	fail "$(cat "$work/told.jsonl" "$work/turned.jsonl")"
# --explain draws on the upright one: width and height of both PNGs are the same.
for kind in told turned; do
	"$TAGSIGHT" ground -q "$work/$kind" --explain IMGID:1 -o "$work/$kind.png" >/dev/null || fail "--explain gives $?"
	head -c 24 "$work/$kind.png" | tail -c 8 | od -An -tx1 >"$work/$kind.size"
done
cmp "$work/told.size" "$work/turned.size"
