#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands: completion, history, what is wrong with one; help by view.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys : w Tab
wait_for 'write write!'
screen several
keys ! Tab 'a b.txt' Enter
wait_for "saved as 'a b.txt'"
[ -f "$work/a b.txt" ] || fail 'no file with a blank in its name'
keys : x Tab
wait_for 'nothing completes'
keys C-u 7 Enter
wait_for '>      7'
keys : Up Up
wait_for ':write! a b.txt'
keys Down
wait_for ':7'
keys Up Enter
wait_for "saved as 'a b.txt'"
keys : 'split tw' Tab Enter
wait_for 'tweets.txt'
keys : nonsense Enter
wait_for 'is no command: write, write!'
keys : 'quit now' Enter
wait_for 'takes nothing after it'
keys : 99 Enter
wait_for 'they are 1 to 30'
keys '?'
screen help-list
keys q Enter '?'
screen help-tweet
on resize-window -x 40 -y 12
screen help-small
keys End
wait_for 'kept'
screen help-small-end
on resize-window -x 80 -y 24
keys q : q Tab
wait_for ':quit'
keys Enter
wait_for 'left with status 0'
finish
