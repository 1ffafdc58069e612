#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What grounding found, looked at: the contact sheet and one record explained. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."

# Three tweets that try to be markup, one of them without its picture.
data=$work/data
mkdir -p "$data/twitter2015" "$data/twitter2015_images"
cp tests/sample/pictures/sample_1.jpg "$data/twitter2015_images/1.jpg"
cp tests/sample/pictures/sample_3.jpg "$data/twitter2015_images/2.jpg"
for id in 1 2 3; do
	printf 'IMGID:%d\n<script>alert(1)</script>\tO\nAnn\tB-PER\n&\tO\na\tO\ndog\tO\n"\tO\n\001\377\tO\n\n' $id
done >"$data/twitter2015/train.txt"

# The report of a run, then the same from its manifest alone.
sheet=$work/sheet.html
status=0
"$TAGSIGHT" ground -q "$data" --report "$sheet" >"$work/out" 2>"$work/err" || status=$?
[ "$status" = 1 ] || fail "exit $status: $(cat "$work/err")"
[ "$(grep -c '<article' "$sheet")" = 3 ] || fail "not three records"
for id in 1 2 3; do
	grep -q "<h3>IMGID:$id" "$sheet" || fail "no record $id"
done
! grep -q '<script' "$sheet" || fail "a tweet became a script"
grep -q '&lt;script&gt;alert(1)&lt;/script&gt;' "$sheet" || fail "the tweet is not there"
! grep -qE '(src|href)="?(https?:)?//|url\(|@import' "$sheet" || fail "the page wants the network"
[ "$(grep -o 'src="data:image/jpeg;base64,/9j/' "$sheet" | wc -l)" = 2 ] || fail "not two pictures"
grep -q "no picture: &#39;3.jpg&#39; is missing" "$sheet" || fail "the missing picture is not named"
boxes=$(cat "$data"/tagsight/*.boxes.jsonl | wc -l)
[ "$boxes" -ge 2 ] || fail "only $boxes boxes"
expect "$boxes" "$(grep -o '<rect ' "$sheet" | wc -l)"
iconv -f UTF-8 -t UTF-8 "$sheet" >/dev/null 2>&1 || fail "not UTF-8"
if command -v xmllint >/dev/null 2>&1; then
	xmllint --html --noout "$sheet" 2>&1 | grep 'error' |
		grep -vE 'Tag (article|section|main|footer|figure|mark|svg|g|rect|text|title) invalid' >"$work/lint" || true
	[ ! -s "$work/lint" ] || fail "$(cat "$work/lint")"
fi
"$TAGSIGHT" ground "$data" --report-only --report "$work/again.html" >"$work/out" 2>"$work/err" ||
	fail "$(cat "$work/err")"
cmp "$sheet" "$work/again.html"
[ ! -s "$work/out" ] || fail "it grounded again"

# Pages.
"$TAGSIGHT" ground -q "$data" --report-only --report "$work/paged.html" --report-page 2
[ "$(grep -c '<article' "$work/paged.html")" = 2 ] || fail "page 1"
[ "$(grep -c '<article' "$work/paged-2.html")" = 1 ] || fail "page 2"
grep -q 'href="./paged-2.html">next page' "$work/paged.html" || fail "no link to page 2"
grep -q 'href="./paged.html">previous page' "$work/paged-2.html" || fail "no link to page 1"
[ ! -e "$work/paged-3.html" ] || fail "a page too many"

# A manifest in another order, with lines that are none and boxes that are none.
manifest=$(echo "$data"/tagsight/*.boxes.jsonl)
{
	sed -n '1!G;h;$p' "$manifest"
	echo '{"record":"IMGID:1"}'
	echo 'not JSON'
	sed -n 1p "$manifest" | sed 's/"box":\[[^]]*\]/"box":[-1e30,-5,1e30,"x"]/'
	sed -n 1p "$manifest" | sed 's/"box":\[[^]]*\]/"box":[-1e30,-5,1e30,1e30]/'
	sed -n 1p "$manifest" | sed 's/IMGID:1/IMGID:nowhere/'
} >"$work/manifest"
cp "$work/manifest" "$manifest"
status=0
"$TAGSIGHT" ground "$data" --report-only --report "$work/odd.html" 2>"$work/err" || status=$?
[ "$status" = 1 ] || fail "exit $status: $(cat "$work/err")"
grep -q "3 lines of the manifest are left out, the first: '.*boxes.jsonl':[0-9]*" "$work/err" ||
	fail "$(cat "$work/err")"
expect "$((boxes + 1))" "$(grep -o '<rect ' "$work/odd.html" | wc -l)"

# One record explained, by the manifest; the drawing shows the box's colour along its edge, and is read
# back by check.
sed -n "1,${boxes}p" "$work/manifest" >"$manifest"
"$TAGSIGHT" ground -q "$data" --explain IMGID:1 -o "$work/1.png" >"$work/out" || fail "explain"
grep -q 'boxes of nanodet-coco, by the manifest:' "$work/out" || fail "$(cat "$work/out")"
grep -q '  1  0\.[0-9]*  Ann (person): person, [0-9]*,[0-9]* to [0-9]*,[0-9]*, 1_pred_yolo_crop_0.png' \
	"$work/out" || fail "$(cat "$work/out")"
grep -q "^twitter2015 train, IMGID:1, picture 1$" "$work/out" || fail "$(cat "$work/out")"
[ "$(head -c 4 "$work/1.png" | tail -c 3)" = PNG ] || fail "no PNG"
mkdir -p "$work/drawn/twitter2015" "$work/drawn/twitter2015_images"
cp "$work/1.png" "$work/drawn/twitter2015_images/1.jpg"
printf 'IMGID:1\nAnn\tB-PER\n\n' >"$work/drawn/twitter2015/train.txt"
"$TAGSIGHT" ground -q "$work/drawn" --format json | jq -e '.unreadable == 0' >/dev/null || fail "the PNG is broken"
"$TAGSIGHT" ground -q "$data" --explain 1 -o "$work/1.jpg" >"$work/again" || fail "explain to a JPEG"
cmp "$work/out" "$work/again"
! LC_ALL=C grep -q "$(printf '\001')" "$work/out" || fail "a control character reached the terminal"

# Without a manifest it is grounded now, and nothing is left behind.
fresh=$work/fresh
mkdir "$fresh"
cp -r "$data/twitter2015" "$data/twitter2015_images" "$fresh"
"$TAGSIGHT" ground -q "$fresh" --explain 2 --format json >"$work/out" || fail "explain without a manifest"
jq -e '.grounded_now and .record == "IMGID:2" and .boxes[0].phrase == "a dog" and .boxes[0].class == "dog"' \
	"$work/out" >/dev/null || fail "$(cat "$work/out")"
jq -e '.without[0].phrase == "Ann"' "$work/out" >/dev/null || fail "$(cat "$work/out")"
[ ! -e "$fresh/tagsight" ] || fail "explaining left files behind"

# Records that are not there, or in two places, or have no picture.
status=0
"$TAGSIGHT" ground -q "$data" --explain IMGID:11 2>"$work/err" || status=$?
expect "2 tagsight ground: no record is called 'IMGID:11'; near it are 'IMGID:1', 'IMGID:2', 'IMGID:3'" \
	"$status $(cat "$work/err")"
cp "$data/twitter2015/train.txt" "$data/twitter2015/valid.txt"
status=0
"$TAGSIGHT" ground -q "$data" --explain 1 2>"$work/err" || status=$?
expect "2 tagsight ground: '1' is in twitter2015 train and in twitter2015 valid; choose by --split, or give one text file" \
	"$status $(cat "$work/err")"
status=0
"$TAGSIGHT" ground -q "$data" --split train --explain 3 -o "$work/3.png" >"$work/out" 2>"$work/err" || status=$?
expect 1 "$status"
grep -q 'Ann (person): the picture cannot be read' "$work/out" || fail "$(cat "$work/out")"
grep -q 'nothing can be drawn: ' "$work/err" || fail "$(cat "$work/err")"
[ ! -e "$work/3.png" ] || fail "a picture of nothing"

# Wrong use.
for wrong in "--explain 1 --report x" "--report-only" "--report - " "--report x --report-side 5" "--report x --report-page 0"; do
	status=0
	# shellcheck disable=SC2086
	"$TAGSIGHT" ground "$data" $wrong >/dev/null 2>&1 || status=$?
	[ "$status" = 2 ] || fail "$wrong gives $status"
done
