#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tags set, cleared, accepted, undone, redone, and saved as a new file.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys Enter Home Right Right Right
wait_for 'Barack   gold'
keys v Right Right
wait_for 'marked: 3 words'
screen marked
keys o
wait_for 'tagged as ORG'
screen tagged
keys x
wait_for 'taken off'
screen cleared
keys u u
wait_for 'undone'
screen undone
keys C-r
wait_for 'redone'
screen redone
keys d a
wait_for 'taken here'
keys g
wait_for 'accepted'
screen gold-accepted
keys d
wait_for 'IMGID:102'
keys A
wait_for 'prediction is taken'
screen prediction-accepted
keys ] Tab m
wait_for 'OTHER'
keys q
wait_for 'DFS'
screen list
keys w
wait_for 'write tweets.txt.reviewed'
keys Enter
wait_for 'saved as'
screen saved
keys w Enter
wait_for 'exists'
keys ':' 'write tweets.txt' Enter
wait_for 'never written'
keys q
wait_for 'left with status 0'
if ! sed -e '20s/O$/B-LOC/' -e '36s/B-LOC$/B-OTHER/' "$work/tweets.txt" |
	diff - "$work/tweets.txt.reviewed"; then
	fail 'the saved file has other changes'
fi
finish
