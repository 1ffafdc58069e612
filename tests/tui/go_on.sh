#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One key a decision: what settles a tweet goes on to the next difference, when that is wanted; and an
# order of predictions that are made meanwhile is there when they are.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys Enter
wait_for '1/30'
keys g
wait_for 'are accepted'
capture | grep -q '1/30' || fail 'went on without being told:'
keys P
wait_for 'from now on a decision goes on'
keys A
wait_for '2/30'
keys g
wait_for '3/30'
# What changes nothing, or is no decision, stays.
keys h
wait_for 'marked as hard'
capture | grep -q '3/30' || fail 'a mark went on:'
keys p
wait_for 'tagged as PER'
capture | grep -q '3/30' || fail 'a tag went on:'
keys u u a
screen next-tweet
keys g
wait_for 'no undecided disagreement is left'
keys P
wait_for 'from now on a decision stays'
keys u
wait_for 'undone'
keys g
wait_for 'are accepted'
capture | grep -q '5/30' || fail 'went on when not told to:'
keys Q
wait_for 'left with status 0'

# A relation is decided by its number.
review_arguments=relations.txt
review NO_COLOR=1
keys P Enter
wait_for '1/'
keys 1
screen relation
keys Q
wait_for 'left with status 0'

# Nobody has touched the list, so that it is sorted once all is predicted; else a key is named.
head -n 200 tests/tui/data/tweets.txt >"$work/plain.txt"
review_arguments='plain.txt --order disagreement' predict=
review NO_COLOR=1
wait_for 'sorted by disagreement'
keys Q
wait_for 'left with status 0'
rm "$work"/plain.txt.*
review NO_COLOR=1
keys Down
wait_for 'all is predicted; O in the list sorts it again'
finish
