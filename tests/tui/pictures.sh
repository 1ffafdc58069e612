#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A folder with splits and pictures: drawn in symbols, hidden, broken ones told; one journal a split.
# How a picture is drawn is libchafa's, so its cells are only counted.
. "$(dirname "$0")/terminal"
mkdir -p "$work/data/NER_data/sample"
cp tests/sample/tweets/*.txt "$work/data/NER_data/sample"
cp -r tests/sample/pictures "$work/data/NER_data/sample_images"
review_arguments=data

# Cells of the right part of the screen that hold a block symbol.
symbols() { capture | sed -n 3,16p | grep -o '[█▀▄▌▐▖▗▘▝▙▛▜▟▞▚]' | wc -l; }

review NO_COLOR=1
keys Enter
wait_for 'sample_1'
tries=0
until [ "$(symbols)" -gt 100 ] || [ $tries -gt 100 ]; do
	tries=$((tries + 1))
	pause
done
[ "$(symbols)" -gt 100 ] || fail 'there is no picture:'
keys i
screen hidden
keys i v
wait_for 'marked: 1 word'
[ "$(symbols)" -gt 100 ] || fail 'the picture did not come back:'
keys Escape p
wait_for 'tagged as PER'
keys q s
wait_for 'sample valid'
screen next-split
keys : 'split test' Enter
wait_for 'sample test'
keys Enter
screen broken-picture
keys ]
screen no-picture
keys q q
wait_for 'left with status 0'
[ "$(wc -l <"$work/data/tagsight/sample-train.journal.jsonl")" -eq 2 ] ||
	fail 'the edit is not in the journal of its split'
rm "$work/data/NER_data/sample_images/sample_1.jpg"
review
keys Enter
wait_for 'sample_1.jpg: the'
capture | grep -q 'file is missing' || fail 'a missing picture is not told:'
finish
