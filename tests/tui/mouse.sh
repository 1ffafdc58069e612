#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The mouse: a click selects, a double click opens, a drag marks words, the wheel scrolls; in a
# terminal that reports it in the long form, and by tmux itself in the form that it gives programs.
. "$(dirname "$0")/terminal"

# What a terminal sends: button, column and row from 1, M for down and moves, m for up.
sgr() { printf '\033[<%d;%d;%d%s' "$1" "$2" "$3" "$4"; }
x10() {
	[ "$4" = M ] || set -- 3 "$2" "$3" m
	printf "\\033[M$(printf '\\%03o\\%03o\\%03o' $(($1 + 32)) $(($2 + 32)) $(($3 + 32)))"
}
form=sgr
mouse() { keys -l "$($form "$@")"; }

use() {
	mouse 0 30 9 M
	mouse 0 30 9 m
	wait_for '>      7'
	mouse 65 30 9 M
	wait_for '>     10'
	mouse 64 30 9 M
	wait_for '>      7'
	mouse 0 30 3 M
	mouse 0 30 3 m
	wait_for '>      1'
	mouse 0 30 3 M
	mouse 0 30 3 m
	wait_for '1/30'
	mouse 0 15 4 M
	mouse 0 15 4 m
	wait_for 'word 3 of 13'
	mouse 0 21 4 M
	wait_for 'word 4 of 13'
	mouse 32 24 4 M
	wait_for 'marked: 2 words'
	mouse 32 34 4 M
	wait_for 'marked: 3 words'
	mouse 0 34 4 m
	wait_for 'marked: 3 words'
	mouse 0 6 8 M
	wait_for 'word 11 of 13: today'
	mouse 0 6 8 m
	mouse 0 2 18 M
	mouse 0 2 18 m
	keys '?'
	wait_for 'keys of tagsight'
	mouse 65 5 5 M
	wait_for 'previous span'
	keys q q q
	wait_for 'left with status 0'
}

review NO_COLOR=1 TERM=xterm-256color
use
form=x10
review NO_COLOR=1 TERM=tmux-256color
use
review NO_COLOR=1 TERM=tmux-256color
[ "$(on display-message -p '#{mouse_button_flag}')" = 1 ] || fail 'drags are not asked for'
on set -g mouse on
keys Down
wait_for '>      2'
keys q
wait_for 'left with status 0'
[ "$(on display-message -p '#{mouse_any_flag}')" = 0 ] || fail 'the mouse is kept'
review NO_COLOR=1 TERM=vt100
wait_for '>      1'
finish
