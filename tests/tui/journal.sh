#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What was shown survives kill -9; a second process is refused; a torn line is mended; an edit that
# the disk has no room for is refused and not shown; leaving says where the edits are.
. "$(dirname "$0")/terminal"
journal=$work/tweets.txt.journal.jsonl

review NO_COLOR=1
keys Enter Home p
wait_for 'tagged as PER'
keys ] a
wait_for 'taken here'
process=$(pid)
if "$TAGSIGHT" review "$work/tweets.txt" </dev/null >"$work/out" 2>&1; then
	fail 'a review without a terminal was allowed'
fi
grep -q 'needs a terminal' "$work/out" || fail "$(cat "$work/out")"
on new-window -d "cd '$work' && $TAGSIGHT review tweets.txt 2>&1; echo status \$?; exec cat"
on select-window -t :1
wait_for 'status 2'
capture | grep -q 'is locked by another tagsight' || fail 'the second process is not told why:'
on kill-window -t :1

kill -9 "$process"
wait_gone "$process"
[ "$(wc -l <"$journal")" -eq 3 ] || fail "the journal has not the two edits: $(cat "$journal")"
printf '{"do":"edit","edit":3,"rec' >>"$journal"
review NO_COLOR=1
wait_for 'cut 26 bytes'
keys Enter
wait_for 'edited'
screen reopened
keys u
wait_for 'undone'
screen undone-after-kill
keys q q
wait_for 'the edits of tweets.txt are in'

# No byte of the journal may be written past its end: the limit counts in blocks of 512.
bytes=$(wc -c <"$journal")
review "ulimit -f $((bytes / 512)); NO_COLOR=1"
before=$(cat "$journal")
keys Enter End o
wait_for 'cannot save the edit'
screen full-disk
[ "$(cat "$journal")" = "$before" ] || fail 'the journal of a full disk has changed'
finish
