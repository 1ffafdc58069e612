#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What else a model took the word at the cursor for, where its predictions tell, in their order; not its own tag, nor
# what is no tag, nor what would be 0.00.
. "$(dirname "$0")/terminal"

cat >"$work/told.txt" <<'EOF'
IMGID:1
to	O
Paris	B-PER
now	O

EOF
cat >"$work/told.txt.predictions.jsonl" <<'EOF'
{"id":"1","tokens":["to","Paris","now"],"tags":["O","B-LOC","O"],"raw":["O","B-LOC","O"],"confidence":[0.999,0.3,1],"labels":["O","B-PER","X","B-LOC","B-ORG"],"probabilities":[[0.999,0.001,0,0,0],[0.07,0.4,0.2,0.3,0.03],null]}
EOF
review_arguments=told.txt
review
keys Enter Home
wait_for 'word 1 of 3: to   gold O   predicted O 1.00'
! capture | grep -q 'then' || fail 'what is 0.00 is told'
keys Right
wait_for 'predicted B-LOC 0.30, then B-PER 0.40, O 0.07'
keys Right
wait_for 'word 3 of 3'
! capture | grep -q 'then' || fail 'a word without probabilities has some'
keys Q
finish
