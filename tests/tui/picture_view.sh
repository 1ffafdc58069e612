#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The picture over the whole screen: boxes with their labels, zoom, crops, the user's viewer, and pictures
# that are none, or of odd sizes. How a picture is drawn is libchafa's: its symbols are blanks here.
. "$(dirname "$0")/terminal"
mkdir -p "$work/data/NER_data/sample" "$work/data/tagsight"
cp tests/sample/tweets/*.txt "$work/data/NER_data/sample"
cp -r tests/sample/pictures "$work/data/NER_data/sample_images"
pictures=$work/data/NER_data/sample_images
echo iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGM4IScHAAK2AQU0pnWqAAAAAElFTkSuQmCC |
	base64 -d >"$pictures/sample_2.jpg"
echo iVBORw0KGgoAAAANSUhEUgAAH0AAAAAUAQMAAAA6tplxAAAABlBMVEUAAADIeB4nMrCqAAAARUlEQVR42u3TAQ0AAAjDMMC/56M\
D0kpYsk4B340EYHTA6IDRAaMDRgeMDhgdMDoYHTA6YHTA6IDRAaMDRgeMDkYHjA5ctVP9ASeg/ieeAAAAAElFTkSuQmCC |
	base64 -d >"$pictures/sample_3.jpg"
echo '<html>gone</html>' >"$pictures/sample_4.jpg"
rm "$pictures/sample_5.jpg"

box() { # IMAGE PHRASE CLASS SCORE BOX
	printf '{"image":"%s","record":"IMGID:x","phrase":"%s","kind":"person","box":[%s],"score":%s,%s}\n' \
		"$1" "$2" "$5" "$4" "\"class\":\"$3\",\"crop\":\"c.png\",\"model\":\"m\",\"model_sha256\":\"0\",\"version\":\"1\""
}
{
	box sample_1.jpg 'Eileen Collins' person 0.74 10,11,320,445
	box sample_1.jpg 'a Space Shuttle 横浜🚀' airplane 0.41 300,20,440,200
	box sample_1.jpg '' tie 0.30 330,220,440,440
	box sample_1.jpg 'the first woman' whole-picture 0 0,0,448,448
	box sample_2.jpg 'Cape' boat 0.5 -100,-1e30,1e30,1
	box sample_3.jpg 'My cat' cat 0.5 7900,2,8000,18
} >"$work/data/tagsight/sample-train.boxes.jsonl"
review_arguments=data

capture() {
	on capture-pane -p | sed -e 's/[█▀▄▌▐▖▗▘▝▙▛▜▟▞▚▁▂▃▅▆▇▉▊▋▍▎▏▔▕░▒▓]/ /g' -e 's/ *$//'
}

review NO_COLOR=1
keys Enter z
wait_for 'sample_1.jpg'
screen whole
keys BTab
wait_for 'box 4 of 4'
keys Tab Tab
wait_for 'box 2 of 4: a Space'
screen second-box
keys + + Right
wait_for 'x 2.2'
screen nearer
keys - 0 c
wait_for ' 1 Eileen Collins 0.74 '
screen crops
keys c
on resize-window -x 132 -y 43
screen large
keys c
screen large-crops
on resize-window -x 40 -y 12
screen small-crops
keys c
screen small
on resize-window -x 80 -y 24
keys ']'
wait_for '1 x 1'
screen one-pixel
keys + c
screen one-pixel-crop
keys c ']'
wait_for '8000 x 20'
screen long
keys Tab + + + + + + + + + + + + + +
wait_for 'x 64.0'
screen long-nearer
keys ']'
screen broken
keys o ']'
wait_for 'no picture: sample_5.jpg'
screen missing
keys o
wait_for 'there is no picture to open'
keys '?'
wait_for 'keys of tagsight review'
keys q q
wait_for 'word 12 of 16'
keys q q
wait_for 'left with status 0'

# The viewer has the picture, and the terminal is left alone.
printf '#!/bin/sh\ntest -t 0 || echo "$1 $2" >"%s/viewed.new"\nmv "%s/viewed.new" "%s/viewed"\n' \
	"$work" "$work" "$work" >"$work/viewer"
chmod +x "$work/viewer"
review NO_COLOR=1 "TAGSIGHT_VIEWER='$work/viewer -n'"
keys Enter z o
wait_for 'sample_1.jpg is opened in your viewer'
tries=0
until [ -f "$work/viewed" ] || [ $tries -gt 200 ]; do
	tries=$((tries + 1))
	pause
done
grep -qx -- '-n .*sample_images/sample_1.jpg' "$work/viewed" || fail 'the viewer was not started:'
wait_for 'box 1 of 4'
keys Q
review NO_COLOR=1 TAGSIGHT_VIEWER=/nonexistent
keys Enter z o
wait_for "cannot start '/nonexistent'"
keys Q
review NO_COLOR=1 DISPLAY= WAYLAND_DISPLAY= TAGSIGHT_VIEWER=
keys Enter z o
wait_for 'no display here'
keys Q
review_arguments='data --pictures none'
review NO_COLOR=1
keys Enter
screen no-pictures
keys z
wait_for 'pictures are off'
screen no-pictures-whole
keys Q

# Symbols in true colour come beside curses, and leave with their view.
review_arguments=data
review COLORTERM=truecolor
keys Enter z
wait_for 'box 1 of 4'
on capture-pane -p -e | grep -q '48;2;' || fail 'there is no true colour:'
screen true-color
keys q q
wait_for 'DFS'
on capture-pane -p -e | grep -q '48;2;' && fail 'the picture is still there:'
screen true-color-list
finish
