#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random keys and mouse reports, the same ones for a seed, must leave a review that ends well and a
# journal that gives the same file when it is opened again. KEYS and SEED say how many and which; an
# ASan build is used by TAGSIGHT=build/asan/tagsight.
. "$(dirname "$0")/terminal"
KEYS=${KEYS:-1000} SEED=${SEED:-1}

# Nothing that leaves the review, or opens another program.
printf 'leave =\nquit =\nopen-picture =\n' >"$XDG_CONFIG_HOME/tagsight/keys"

awk -v n="$KEYS" -v seed="$SEED" 'BEGIN {
	srand(seed)
	common = "pppllloommxxaaaAgguuurrrr(){}SJ..<>vv[]ddffDFnN1234"
	n_special = split("Up Down Left Right Home End PPage NPage Enter Escape Tab BTab DC Space C-r C-l", special, " ")
	for (i = 0; i < n; i++) {
		r = rand()
		if (r < 0.5)
			print "L" substr(common, int(rand() * length(common)) + 1, 1)
		else if (r < 0.8)
			print "K" special[int(rand() * n_special) + 1]
		else if (r < 0.95)
			printf "L%c\n", 33 + int(rand() * 94)
		else if (r < 0.97)
			print "L" substr("é東ж", int(rand() * 3) + 1, 1)
		else
			printf "M%d;%d;%d%s\n", (rand() < 0.7 ? 0 : 64 + int(rand() * 2)), 1 + int(rand() * 80), 1 + int(rand() * 24), (rand() < 0.5 ? "M" : "m")
	}
}' >"$work/keys"

review NO_COLOR=1 TERM=xterm-256color
sent=0
while IFS= read -r line; do
	key=${line#?}
	case $line in
	L*) [ "$key" != ';' ] || key='\;'; keys -l "$key" ;;
	K*) keys "$key" ;;
	M*) keys -l "$(printf '\033[<%s' "$key")" ;;
	esac
	sent=$((sent + 1))
	[ $((sent % 97)) -ne 0 ] || on resize-window -x $((40 + sent % 50)) -y $((12 + sent % 13))
done <"$work/keys"

# Out of whatever is open, then a file of what there is, and the same from the journal alone.
leave() { # FILE
	keys Escape
	pause
	keys Escape C-l
	pause
	for i in 1 2 3 4; do keys Escape; pause; done
	keys ':'
	pause
	keys C-u "write! $1" Enter
	wait_for 'saved as'
	keys ':' quit Enter
	wait_for 'left with status 0'
}
on resize-window -x 80 -y 24
if capture | grep -q 'left with status [1-9]'; then
	fail "the review ended by itself, seed $SEED:"
else
	leave first.out
	review NO_COLOR=1 TERM=xterm-256color
	leave second.out
	cmp "$work/first.out" "$work/second.out" || fail "the journal gives another file, seed $SEED"
	[ -s "$work/tweets.txt.journal.jsonl" ] || fail 'nothing was edited'
	cmp "$work/tweets.txt" tests/tui/data/tweets.txt || fail 'the original has changed'
	echo "$sent keys, $(wc -l <"$work/tweets.txt.journal.jsonl") lines of journal"
fi
finish
