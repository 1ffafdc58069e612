#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A span is grown, shrunk, split and joined at its ends, edits are repeated, all are undone.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
keys Enter Home Right Right Right
wait_for 'gold PER "Barack Obama"'
keys ')'
wait_for 'gold PER "Barack Obama visits"'
keys '('
wait_for 'gold PER ": Barack Obama visits"'
keys Right '{' '{'
wait_for 'gold PER "Obama visits"'
screen grown-and-shrunk
keys '}'
wait_for 'gold PER "Obama"'
keys '}'
wait_for 'one word only; x takes'
keys J
wait_for 'gold PER "Obama visits São Paulo"'
screen joined
keys J
wait_for 'Paulo and 東京"'
keys J
wait_for 'no span comes after'
keys Right S
wait_for 'a new span begins here'
screen split
keys S
wait_for 'the span begins here'
keys '('
wait_for 'J on it joins'
keys u u u u u u u u u
wait_for 'nothing to undo'
keys Left
wait_for 'gold PER "Barack Obama"'
keys Home .
wait_for 'no gold span is at the cursor'
keys o Right .
wait_for 'gold ORG "@anna"'
keys q
wait_for DFS
keys .
wait_for 'the last edit was of words: Enter opens'
keys A Down Down .
wait_for '2 decided'
keys q
wait_for 'left with status 0'
finish
