#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same fix for all places of the same words: looked at first, some left out, undone one by one.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys : 8 Enter
wait_for '>      8'
keys Enter End p
wait_for 'tagged as PER'
keys '*'
wait_for '"Berlin" as PER'
wait_for '22 of 22'
screen found
keys x
wait_for '21 of 22'
keys X X
wait_for '22 of 22'
keys Home x Down x
wait_for '20 of 22'
screen left-out
on resize-window -x 40 -y 12
screen small
on resize-window -x 80 -y 24
keys '?'
wait_for 'leave all places out'
keys q
wait_for '20 of 22'
keys Enter
wait_for '20 places changed'
keys u u
wait_for '29/30'
keys q
wait_for '19 decided'
screen list
keys Enter Home '*'
wait_for 'as no entity'
wait_for 'No other place'
screen none
keys q q q
wait_for 'left with status 0'
finish
