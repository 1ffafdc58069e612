#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight ground on a disk that is full: a message and status 3; with room again the same command goes on
# and ends with the bytes of a run that had room from the start.
. "$(dirname "$0")/prelude"
pictures=$(cd "$(dirname "$0")/../sample/pictures" && pwd)
cd "$work"

mkdir small
mount -t tmpfs -o size=600k tmpfs small 2>/dev/null || {
	echo "no tmpfs can be mounted here"
	exit 77
}
trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT

mkdir -p pictures large/set small/set
for i in 1 2 3 4 5 6 7 8; do
	cp "$pictures/sample_$i.jpg" "pictures/$i.jpg"
	printf 'IMGID:%d\nAnna\tB-PER\nand\tO\nher\tO\ndog\tO\n\n' $i
done >large/set/train.txt
cp large/set/train.txt small/set/

ground() { # folder
	"$TAGSIGHT" ground -q "$1" --images pictures >/dev/null 2>err
}

sum() { # folder
	(cd "$1" && find . -type f ! -name '*.lock' -print0 | sort -z | xargs -0 sha256sum)
}

rc=0
ground small || rc=$?
expect 3 $rc
grep -q 'No space left' err || fail "a full disk is told as: $(cat err)"
mount -o remount,size=64m small
ground small || fail "$(cat err)"
ground large || fail "$(cat err)"
sum small >small.sum
sum large >large.sum
cmp large.sum small.sum || fail "after a full disk the files differ"
[ "$(wc -l <small.sum)" -gt 8 ] || fail "there are hardly any files to compare"
