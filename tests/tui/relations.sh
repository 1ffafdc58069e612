#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Relation lines: the list, head and tail in the text, choosing, flipping, undo, the saved file.
. "$(dirname "$0")/terminal"
review_arguments=relations.txt

review NO_COLOR=1
wait_for '6 relations'
screen list
keys Enter
wait_for 'predicted None'
screen relation
keys 1
wait_for 'the relation is None'
keys x
wait_for 'flipped: SpaceX'
screen flipped
keys u
wait_for 'undone'
keys u C-r
wait_for 'redone'
keys g
wait_for 'of the file is accepted'
keys ] ]
wait_for 'Rocky'
keys x
wait_for 'Rocky is the head now (per), Toronto the tail (loc)'
screen types-of-the-flipped
keys Down Down Enter
wait_for 'the relation is'
screen by-cursor
keys A
wait_for 'prediction is taken'
keys ]
wait_for '東京'
screen without-prediction
keys A
wait_for 'no prediction'
keys e
wait_for ':relation'
keys '/per/lo' Tab 'b' Tab Enter
wait_for 'the relation is /per/loc/place_of_birth'
keys ':' 'relation /nonsense' Enter
wait_for 'not in the relation map'
keys ]
wait_for 'New York City'
screen overlapping
keys ] ]
wait_for 'this is the last relation'
screen out-of-range
keys ?
wait_for 'here'
screen help
keys q / 'coins'
wait_for 'Pompeii'
keys Enter z
wait_for 'no picture'
keys q q
wait_for ' DFS '
screen edited
keys : 'only edited' Enter
wait_for '1 of 1'
keys T w Enter
wait_for 'saved as'
keys q
wait_for 'left with status 0'
sed -e '3,4s/place_of_residence/place_of_birth/' "$work/relations.txt" | diff - "$work/relations.txt.reviewed" ||
	fail 'the saved file has other changes'

# A file that changes meanwhile ends no review.
review
keys Enter
wait_for 'Elon Musk'
echo >>"$work/relations.txt"
keys ]
wait_for 'has changed since it was opened'
keys x 1 Enter Down e Escape A g
wait_for 'has changed since it was opened'
keys Q
wait_for 'left with status'
cp tests/tui/data/relations.txt "$work"

# What was decided is there again; on larger and smaller screens, in colour and without UTF-8.
review LC_ALL=C
on resize-window -x 132 -y 43
on resize-window -x 132 -y 43
wait_for '/per/org/member_of'
screen list-large
keys Enter
screen large
on resize-window -x 40 -y 12
screen small
keys q
wait_for DFS
screen list-small
finish
