#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What grounding found, looked at: the contact sheet and one record explained. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."

# Three tweets that try to be markup, one of them without its picture.
data=$work/data
mkdir -p "$data/twitter2015" "$data/twitter2015_images"
cp tests/sample/pictures/sample_1.jpg "$data/twitter2015_images/1.jpg"
cp tests/sample/pictures/sample_2.jpg "$data/twitter2015_images/2.jpg"
for id in 1 2 3; do
	printf 'IMGID:%d\n<script>alert(1)</script>\tO\nAnn\tB-PER\n&\tO\na\tO\n"dog\tO\n\001\377\tO\n\n' $id
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

# Wrong use.
for wrong in "--report-only" "--report - " "--report x --report-side 5" "--report x --report-page 0"; do
	status=0
	# shellcheck disable=SC2086
	"$TAGSIGHT" ground "$data" $wrong >/dev/null 2>&1 || status=$?
	[ "$status" = 2 ] || fail "$wrong gives $status"
done
