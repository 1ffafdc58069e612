#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Edits of the boxes in a picture: left out, moved, chosen, given to another phrase; undo in one history with
# the tags, kept over a kill; the manifest that is written, and the crops that ground makes of it.
. "$(dirname "$0")/terminal"
mkdir -p "$work/data/NER_data/sample" "$work/data/tagsight"
cp tests/sample/tweets/*.txt "$work/data/NER_data/sample"
cp -r tests/sample/pictures "$work/data/NER_data/sample_images"
manifest=$work/data/tagsight/sample-train.boxes.jsonl
reviewed=$work/data/tagsight/sample-train.boxes.reviewed.jsonl
journal=$work/data/tagsight/sample-train.journal.jsonl

box() { # IMAGE PHRASE CLASS SCORE BOX
	printf '{"image":"%s","record":"IMGID:x","phrase":"%s","kind":"person","box":[%s],"score":%s,%s}\n' \
		"$1" "$2" "$5" "$4" "\"class\":\"$3\",\"crop\":\"c.png\",\"model\":\"m\",\"model_sha256\":\"0\",\"version\":\"1\""
}
manifest_of_boxes() {
	box sample_1.jpg 'Eileen Collins' person 0.74 10,11,320,445
	box sample_1.jpg 'Eileen Collins' person 0.41 300,20,440,200
	box sample_1.jpg '' tie 0.30 330,220,440,440
	box sample_2.jpg 'Cape' boat 0.5 -100,-1e30,1e30,9
}
manifest_of_boxes >"$manifest"
cp "$manifest" "$work/before.jsonl"
review_arguments=data

capture() {
	on capture-pane -p | sed -e 's/[█▀▄▌▐▖▗▘▝▙▛▜▟▞▚▁▂▃▅▆▇▉▊▋▍▎▏▔▕░▒▓]/ /g' -e 's/ *$//'
}

review NO_COLOR=1
keys Enter z
wait_for 'box 1 of 3'
screen before
keys x
wait_for 'the box is left out'
screen left-out
keys x x
wait_for 'all boxes of this picture are left out'
screen none-left
keys x
wait_for 'there is no box to edit'
keys u u u
wait_for 'box 1 of 3'
keys u
wait_for 'nothing to undo'
keys r
wait_for 'box 1 of 2'
keys u S-Right S-Down
wait_for '317 x 437 at 10,11  edited'
keys S-Right S-Down S-Down S-Down S-Down
wait_for 'nothing to change here'
keys e S-Left S-Left S-Left S-Up S-Up
wait_for 'at 0,0  edited'
screen moved
keys e S-Right S-Right
wait_for 'at 14,0  edited'
keys + + + S-Left
wait_for 'at 12,0  edited'
keys 0 c
screen crops
keys c Tab Enter
wait_for 'chosen: 1 other box of the phrase is left out'
screen chosen
keys Enter
wait_for 'this phrase has no other box'
keys p
wait_for ':box-phrase'
keys Tab
wait_for 'Space Shuttle'
screen phrases
keys 'Sp' Tab Enter
wait_for 'the box has another phrase'
screen another-phrase
keys ':' 'box-phrase nobody' Enter
wait_for 'no phrase of the tweet'
keys q Tab x
wait_for 'the tag is taken off'
kill -9 "$(pid)"

# All is there again, on a smaller screen too, and one history has boxes and tags.
review NO_COLOR=1
keys Enter z
wait_for 'edited'
keys '?'
wait_for 'S-Left H'
keys q u
wait_for 'undone'
on resize-window -x 40 -y 12
screen small
on resize-window -x 80 -y 24
keys ']'
wait_for 'sample_2.jpg'
keys S-Left
wait_for 'at 0,0  edited'
keys w Enter
wait_for 'saved as'
screen saved
keys ':' 'write-boxes! data/tagsight/sample-train.boxes.jsonl' Enter
wait_for 'is the manifest'
keys q q q
wait_for 'left with status 0'
cmp "$manifest" "$work/before.jsonl" || fail 'the manifest was edited'
diff - "$reviewed" <<END || fail 'the manifest has other boxes'
$(box sample_1.jpg 'Eileen Collins' person 0.74 12.0,0.0,346.0,448.0)
$(box sample_1.jpg 'Space Shuttle' person 0.41 300.0,20.0,440.0,200.0 | sed s/'"person","box'/'"misc","box'/)
$(box sample_1.jpg '' tie 0.30 330,220,440,440)
$(box sample_2.jpg 'Cape' boat 0.5 0.0,0.0,441.0,9.0)
END

# Crops of the edits, and no edit is lost on the manifest that they are in.
(cd "$work" && "$TAGSIGHT" ground data --boxes "$reviewed" --again --quiet >ground.out)
[ $? -le 1 ] || fail 'ground failed:' # pictures of the test split are missing
grep -q '"phrase":"Space Shuttle".*"box":\[300.0,20.0,440.0,200.0\].*"crop"' "$manifest" || fail 'the box was not cropped'
review NO_COLOR=1
keys Enter z
wait_for 'box 1 of'
screen grounded

# Boxes that others made meanwhile.
box sample_1.jpg 'Eileen Collins' person 0.9 1,2,30,40 >"$manifest"
keys x
wait_for 'have changed underneath'
keys q z
screen changed
keys Q
review NO_COLOR=1
keys Enter z
wait_for 'of boxes not shown'
keys Q
grep -q '"what":"box-move"' "$journal" || fail 'the journal has no box'
finish
