#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Three lines for who is new: once, until something is done; none on a screen without room.
. "$(dirname "$0")/terminal"

rm "$XDG_STATE_HOME/tagsight/review-was-seen"
review NO_COLOR=1
wait_for 'New here?'
screen first
on resize-window -x 40 -y 12
screen small
on resize-window -x 80 -y 24
keys Down
wait_for '>      2'
wait_for 'New here?'
keys g
wait_for 'accepted'
! capture | grep -q 'New here?' || fail 'the lines stay:'
keys q
wait_for 'left with status 0'
review NO_COLOR=1
! capture | grep -q 'New here?' || fail 'the lines come again:'
chmod a-w "$XDG_STATE_HOME/tagsight"
rm -rf "$XDG_STATE_HOME"
review "XDG_STATE_HOME=/dev/null/none NO_COLOR=1"
wait_for 'New here?'
finish
