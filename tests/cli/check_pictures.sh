#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check on folders of pictures as scrapers and servers leave them: none makes it wait or stop.
# tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
pictures=$(cd "$(dirname "$0")/../sample/pictures" && pwd)

rules() { # rules and files of the findings
	jq -r 'select(.rule) | "\(.rule) \(.file | sub(".*/"; ""))"' "$1" | sort
}

check() { # arguments; sets rc, writes found.jsonl
	rc=0
	timeout 60 "$TAGSIGHT" check -q --only image- --format json "$@" >found.jsonl || rc=$?
}

records() { # ids
	for id; do printf 'IMGID:%s\nJo\tB-PER\n\n' "$id"; done
}

# --- whatever may be called .jpg
mkdir -p "$work/odd/images/folder.jpg"
cd "$work/odd"
records folder pipe empty text bmp tiff webp cut whole lost loop >train.txt
mkfifo images/pipe.jpg
: >images/empty.jpg
printf '404 not found\n' >images/text.jpg
printf 'BM\106\0\0\0\0\0\0\0\066\0\0\0\050\0\0\0' >images/bmp.jpg
printf 'II*\0\010\0\0\0' >images/tiff.jpg
printf 'RIFF\040\0\0\0WEBPVP8X\012\0\0\0\002\0\0\0\0\0\0\0\0\0' >images/webp.jpg
head -c 5000 "$pictures/sample_1.jpg" >images/cut.jpg
cp "$pictures/sample_1.jpg" images/whole.jpg
ln -s nowhere.jpg images/lost.jpg
ln -s loop.jpg images/loop.jpg
check .
expect 1 $rc
expect 'image-missing train.txt
image-missing train.txt
image-not-an-image empty.jpg
image-not-an-image folder.jpg
image-not-an-image pipe.jpg
image-not-an-image text.jpg
image-truncated cut.jpg
image-unreadable bmp.jpg
image-unreadable tiff.jpg
image-unreadable webp.jpg
image-wrong-extension bmp.jpg
image-wrong-extension tiff.jpg
image-wrong-extension webp.jpg' "$(rules found.jsonl)"
expect 'this is a folder, not a picture
this is a pipe or a device, not a picture' \
	"$(jq -r 'select(.rule == "image-not-an-image" and (.file | test("folder|pipe"))) | .message' found.jsonl)"
expect 'this is BMP, which is not read here; convert it to JPEG or PNG' \
	"$(jq -r 'select(.rule == "image-unreadable" and (.file | test("bmp"))) | .message' found.jsonl)"

# --- the number of threads changes nothing
mkdir -p "$work/many/images"
cd "$work/many"
for i in 1 2 3 4 5 6 7 8; do
	cp "$pictures/sample_$i.jpg" images/"$i"a.jpg
	cp "$pictures/sample_$i.jpg" images/"$i"b.jpg
done
records 1a 2a 3a 4a 5a 6a 7a 8a >train.txt
records 1b 2b 3b 4b 5b 6b 7b >valid.txt
check -j 1 .
expect 0 $rc
mv found.jsonl one.jsonl
check -j 4 .
cmp one.jsonl found.jsonl || fail "-j 4 finds something else than -j 1"
expect 7 "$(grep -c '"image-duplicate"' found.jsonl)"
expect "the same bytes as './images/3a.jpg', IMGID:3a of split 'train'" \
	"$(jq -r 'select(.rule == "image-duplicate" and .record == "IMGID:3b") | .message' found.jsonl)"
expect 'image-unreferenced 8b.jpg' "$(rules found.jsonl | grep unreferenced)"

# --- a name will do where only names are asked for
: >images/8a.jpg
rc=0
timeout 60 "$TAGSIGHT" check -q --only image-missing --only image-unreferenced . >/dev/null || rc=$?
expect 0 $rc

# --- a script that drops the records of pictures that cannot be used
"$TAGSIGHT" check -q --only image- --format json . |
	jq -r 'select(.level == "error") | .record' >drop.txt || true
expect 'IMGID:8a' "$(cat drop.txt)"
