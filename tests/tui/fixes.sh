#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Findings that are mended by a key: by tags, by the label that a model finds likelier, or not by tags.
. "$(dirname "$0")/terminal"

printf '%s\n' \
	'{"level":"warning","rule":"tag-orphan-inside","file":"tweets.txt","line":81,"column":4,"message":"'"'I-LOC'"' goes on with an entity that has not begun","fix":"write B- where an entity starts"}' \
	'{"level":"warning","rule":"label-suspect","file":"tweets.txt","line":79,"message":"'"'B-PER'"' scores 0.01: '"'B-ORG'"' is likelier, 0.900","unit":"token","word":"中村俊輔","given":"B-PER","likelier":"B-ORG","probability":0.9}' \
	'{"level":"error","rule":"text-empty-token","file":"tweets.txt","line":83,"message":"a token without a word"}' \
	>"$work/tweets.txt.findings.jsonl"
review NO_COLOR=1
keys f Enter
wait_for '1/3'
screen findings
keys M
wait_for 'mended: tag-orphan-inside'
screen mended
keys M
wait_for 'mended: label-suspect'
screen likelier
keys M
wait_for "text-empty-token' mends it"
screen not-by-tags
keys u u
wait_for '1/3'
keys R
wait_for '> 2/3'
screen second
grep -q '"what":"fix"' "$work/tweets.txt.journal.jsonl" || fail 'the journal has no fix'
keys q q
wait_for 'left with status 0'
finish
