#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The scores: figures and confusion, from a number to its entities, counts that follow edits and undo, the
# same numbers from eval, a filter, narrow and wide screens, nothing to compare.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys S
wait_for 'spurious'
screen first
keys Right Right Down
wait_for '>66.67'
screen moved
keys Tab
wait_for '0 gold LOC taken for OTHER'
keys Enter
wait_for 'there are none'
keys Left
wait_for '2 gold LOC taken for ORG'
screen confusion

# From the number to its entities, one after the other and back.
keys Enter
wait_for '1/30'
screen opened
keys n
wait_for '5/30'
screen next
keys n
wait_for '1/30'
keys N
wait_for '5/30'
keys a
wait_for 'the prediction is taken here'
keys q
wait_for '1 gold LOC taken for ORG'
screen edited
keys Enter
wait_for '1/30'
keys n
wait_for 'no other tweet has one'
keys a q
wait_for '0 gold LOC taken for ORG'
keys q u S
wait_for '1 gold LOC taken for ORG'
keys q u S
wait_for '2 gold LOC taken for ORG'
keys q C-r S
wait_for '1 gold LOC taken for ORG'

# A search for a text is another thing again.
keys Enter / 'wins' Enter
wait_for '3/30'
keys n q
wait_for 'spurious'
keys '?'
wait_for 'scores'
screen help
keys q
on resize-window -x 40 -y 12
wait_for '1 gold LOC taken for ORG'
screen small
keys Home Right Right Right Right
wait_for 'right'
screen small-right
on resize-window -x 132 -y 43
screen large
on resize-window -x 80 -y 24
keys q t OTHER Enter
wait_for 'only OTHER'
keys S
wait_for ' 1 tweet compared'
screen filtered
keys q T S
wait_for '29 tweets'
keys q q

# After edits, eval says the same of the file that is saved.
awk -v RS= -v ORS='\n\n' '!/^no\t/' "$work/tweets.txt" >"$work/joined.txt"
cp "$work/tweets.txt.predictions.jsonl" "$work/joined.txt.predictions.jsonl"
review_arguments=joined.txt
review NO_COLOR=1
keys Enter d a d x d A d Right l q ':' 'write saved.txt' Enter
wait_for 'saved as'
keys S
wait_for 'compared'
screen saved
capture | tr -d '>' >"$work/scores"
evaluate() { # OPTION...
	"$TAGSIGHT" eval --scorer seqeval "$@" --format json "$work/saved.txt" \
		"$work/joined.txt.predictions.jsonl"
}
same() { # WHAT
	[ -s "$work/got" ] && diff "$work/expected" "$work/got" || fail "eval says other $1"
}
evaluate | jq -r '.types | to_entries[] |
	"\(.key) \(.value.precision) \(.value.recall) \(.value.f1) \(.value.support)"' |
	awk '{ printf "%s %.2f %.2f %.2f %d\n", $1, 100 * $2, 100 * $3, 100 * $4, $5 }' >"$work/expected"
awk '/^type/ { on = 1; next } /^all/ { exit } on { print $1, $2, $3, $4, $5 }' "$work/scores" >"$work/got"
same figures
evaluate --confusion | jq -r 'select(.confusion == "overlap") |
	(.pairs | to_entries[] | .key as $gold | .value | to_entries[] | "\($gold) \(.key) \(.value)"),
	(.missed | to_entries[] | "\(.key) missed \(.value)"),
	(.spurious | to_entries[] | "spurious \(.key) \(.value)")' | sort >"$work/expected"
awk '$1 == "gold" { n = split($0, names); on = 1; next }
	on && NF > 2 { for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) print $1, names[i], $i }
	$1 == "spurious" { exit }' "$work/scores" | sort >"$work/got"
same pairs
keys q q

# No predictions, and more types than a screen holds.
rm "$work/joined.txt.predictions.jsonl"
review NO_COLOR=1
keys S
wait_for 'tagsight predict'
screen nothing
keys Down Enter q q
for i in $(seq 30); do
	printf 'IMGID:%d\nw\tB-type-of-a-long-name-%d\nx\tO\n\n' "$i" $((i % 15))
	printf '{"id":"%d","tokens":["w","x"],"tags":["B-type-of-a-long-name-%d","O"],' "$i" $((i % 10)) >&3
	printf '"raw":["O","O"],"confidence":[1,1]}\n' >&3
done >"$work/joined.txt" 3>"$work/joined.txt.predictions.jsonl"
review NO_COLOR=1
keys S
wait_for 'compared'
keys Tab End
wait_for 'where gold has nothing'
screen many-types
keys Up Right Right Right Right Right Right Right
wait_for 'taken for type-of-a-long-name-2'
screen many-types-right
keys q q

# Relations.
grep -v -e '渡辺' -e "It's" "$work/relations.txt" >"$work/pairs.txt"
cp "$work/relations.txt.predictions.jsonl" "$work/pairs.txt.predictions.jsonl"
review_arguments=pairs.txt
review NO_COLOR=1
keys S
wait_for 'compared'
screen relations
capture | tr -d '>' | awk '/^type/ { on = 1; next } /^all/ { exit } on && $5 { print $2, $3, $4, $5 }' >"$work/got"
"$TAGSIGHT" eval --scorer mnre --format json "$work/pairs.txt" "$work/pairs.txt.predictions.jsonl" |
	jq -r '.types | to_entries | sort_by(.key)[] | select(.value.support > 0) |
		"\(.value.precision) \(.value.recall) \(.value.f1) \(.value.support)"' |
	awk '{ printf "%.2f %.2f %.2f %d\n", 100 * $1, 100 * $2, 100 * $3, $4 }' >"$work/expected"
same relations
keys Tab Down Down Down Right Right
wait_for '1 gold /per/loc/place_of_residence taken for /per/loc/place_of_birth'
screen relation-pairs
keys Enter
wait_for 'n next'
screen relation-opened
keys A q
wait_for '0 gold'
screen relation-edited
keys q q

# A click selects a number, a double click opens it.
click() { # COLUMN ROW, from 1
	keys -l "$(printf '\033[<0;%d;%dM' "$1" "$2")"
	keys -l "$(printf '\033[<0;%d;%dm' "$1" "$2")"
}
review_arguments='tweets.txt --journal clicks.jsonl'
review NO_COLOR=1 TERM=xterm-256color
keys S
wait_for 'spurious'
click 40 4
wait_for '2 ORG wrong on either side'
click 20 10
click 2 11
click 70 20
click 20 11
wait_for '2 gold LOC taken for ORG'
click 10 11
wait_for '27 gold LOC'
click 20 11
wait_for '2 gold LOC taken for ORG'
click 20 11
wait_for '1/30'
finish
