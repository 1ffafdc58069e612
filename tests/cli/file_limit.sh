#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A limit of file sizes (ulimit -f) is a full disk: a message and status 3, no death by a signal, and the same
# command goes on without it. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
sample=$(cd "$(dirname "$0")/../sample" && pwd)
cd "$work"

mkdir -p set pictures
for n in 1 2 3; do
	cp "$sample/pictures/sample_$n.jpg" "pictures/$n.jpg"
	printf 'IMGID:%d\nAnn\tB-PER\nand\tO\na\tO\ndog\tO\n\n' "$n"
done >set/train.txt
n=0
while [ $n -lt 300 ]; do
	n=$((n + 1))
	printf 'IMGID:%d\nAnn\tB-PER\nand\tO\n\n' "$n"
done >long.txt
tar cf pictures.tar pictures

limited() { # COMMAND...: no file above 2 blocks of 512 or 1024 bytes
	status=0
	(ulimit -f 2 && exec "$TAGSIGHT" "$@") >out 2>err || status=$?
	expect 3 "$status"
	grep -q 'File too large' err || fail "$*: $(cat err)"
}

limited ground set --images pictures
[ -z "$(find set -name '*.pth')" ] || fail 'a dict was written'
"$TAGSIGHT" ground -q set --images pictures >/dev/null
limited convert long.txt --to hf -o long.jsonl
[ ! -e long.jsonl ] || fail 'half a file was left'
limited unpack pictures.tar -o unpacked
