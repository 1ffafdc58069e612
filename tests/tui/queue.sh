#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The queue: orders, filters, what is decided staying in its place until it is sorted again, a filter that
# nothing fits, a tweet that is asked for though it is left out, options, a large file, one that changes.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys o
wait_for 'sorted by disagreement'
screen disagreement
keys Enter A ']'
wait_for '3/30'
keys q
screen decided-stays
keys O
wait_for '1 of 30'
screen sorted-again
keys o
wait_for 'sorted by confidence'
screen confidence
keys o
wait_for 'sorted by margin'
keys o
wait_for 'sorted by suspect'
screen suspect
keys : 'order file' Enter
wait_for 'in the order of the file'
keys t OTHER Enter
wait_for 'only OTHER'
screen only-type
keys Enter ']' ']'
wait_for 'this is the last'
keys q t '<0.9' Enter
wait_for '<0.9'
screen only-both
keys t nowhere Enter
wait_for 'No tweet is like that'
screen nothing
keys : 30 Enter
wait_for '1 of 1 shown'
keys T
wait_for 'all tweets are shown'
screen all
keys : 'only text:berlin' Enter
wait_for "only 'berlin'"
on resize-window -x 40 -y 12
screen small
on resize-window -x 80 -y 24
keys : 'order sideways' Enter
wait_for "'sideways' is no order"
keys : 'only <2' Enter
wait_for 'is no confidence'
keys q
wait_for 'left with status 0'

review_arguments='tweets.txt --only tag- --only untouched --order random --seed 7'
review NO_COLOR=1
screen options
keys q
wait_for 'left with status 0'

# A file that is not read at once: its end can be gone to, and counts become final.
awk 'BEGIN { for (i = 1; i <= 60000; i++)
	printf "IMGID:%d\nRT\tO\nnumber%d\tB-PER\nwaits\tO\n\n", i, i }' >"$work/large.txt"
review_arguments='large.txt'
review NO_COLOR=1
wait_for '60,000 tweets'
keys End
wait_for '>  60000'
keys / number31415 Enter
wait_for '>  31415'
screen large
keys / nobody Enter
wait_for "'nobody' is nowhere"
keys : 59999 Enter Enter p
wait_for 'tagged as PER'
truncate -s 100 "$work/large.txt"
keys ']' ']'
keys q Home
wait_for 'has changed since'
screen changed
keys q
wait_for 'left with status 0'
finish
