#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Colours where the terminal has them, none where NO_COLOR or --color never forbids them, ASCII signs
# where the locale has no others, and a terminal that nobody knows.
. "$(dirname "$0")/terminal"

# How many sequences of the screen set a colour.
colors() { on capture-pane -p -e | grep -o "$(printf '\033')\[[0-9;]*[34][0-8][0-9;]*m" | wc -l; }

review TERM=tmux-256color
keys Enter
wait_for 'word 10 of 13'
[ "$(colors)" -gt 5 ] || fail 'there are no colours:'
# Of the terminal's own colours neither yellow nor white, which nobody sees on a light background.
unseen() { on capture-pane -p -e | grep -c "$(printf '\033')\[\([0-9;]*;\)\{0,1\}\(33\|37\|93\|97\)[m;]"; }
for term in tmux-256color screen; do
	review TERM=$term
	[ "$(unseen)" -eq 0 ] || fail "yellow or white in the list with $term:"
	keys Enter
	wait_for 'word 10 of 13'
	[ "$(unseen)" -eq 0 ] || fail "yellow or white with $term:"
done
review NO_COLOR=1 TERM=tmux-256color
keys Enter
wait_for 'word 10 of 13'
[ "$(colors)" -eq 0 ] || fail 'NO_COLOR does not hold:'
review_arguments='tweets.txt --color never'
review TERM=tmux-256color
keys Enter
wait_for 'word 10 of 13'
[ "$(colors)" -eq 0 ] || fail '--color never does not hold:'
review_arguments=tweets.txt
review LC_ALL=C NO_COLOR=1
keys Enter
wait_for '[PER--'
screen ascii
keys Q
wait_for 'left with status 0'
start TERM=nonsense
wait_for "the terminal 'nonsense' is not known"
wait_for 'left with status 2'
finish
