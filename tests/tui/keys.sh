#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys of the user's file in views, hints and help; mistakes in it told before the screen starts.
. "$(dirname "$0")/terminal"

cat >"$XDG_CONFIG_HOME/tagsight/keys" <<'EOK'
# an annotator's keys
accept-prediction = Y A
next-disagreement = F2 ж
tag-person = 1
tag-further = 2 3 4
clear =
EOK
review NO_COLOR=1
screen hints
keys F2
wait_for '>      2'
keys ж
wait_for '>      3'
keys Home Y
wait_for 'prediction is taken'
keys Enter Home 1
wait_for 'tagged as PER'
screen sentence-hints
keys x
wait_for 'this key does nothing here; ? lists the keys'
keys '?'
wait_for 'F2 ж'
screen help
keys q q
wait_for DFS
keys q
wait_for 'left with status 0'
"$TAGSIGHT" review --keys >"$work/printed" || fail 'review --keys failed'
grep -q '^accept-prediction = Y A ' "$work/printed" || fail "$(cat "$work/printed")"
cp "$work/printed" "$XDG_CONFIG_HOME/tagsight/keys"
"$TAGSIGHT" review --keys | cmp - "$work/printed" || fail 'the print is not taken as it is'

printf 'undo = u\nredo = u\n' >"$XDG_CONFIG_HOME/tagsight/keys"
start NO_COLOR=1
wait_for 'left with status 2'
capture | tr -d '\n' | grep -qF "tagsight/keys':2: 'u' is also a key of 'undo' (line 1)" ||
	fail 'a key of two actions is not told:'
printf 'undoo = u\n' >"$XDG_CONFIG_HOME/tagsight/keys"
start NO_COLOR=1
wait_for 'left with status 2'
capture | tr -d '\n' | grep -qF "'undoo' is no action" || fail 'an unknown action is not told:'
finish
