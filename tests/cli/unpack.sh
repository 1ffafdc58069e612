#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# unpack on the sample's archives and on the research data: what lands where, output and exit status.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
say() {
	echo "unpack.sh: $*" >&2
	cat "$dir/out" "$dir/err" >&2
	exit 1
}
status_of() { # command...
	rc=0
	"$@" >"$dir/out" 2>"$dir/err" || rc=$?
	echo "$rc"
}

tests/sample/make_archives "$dir/in"
[ "$(status_of "$TAGSIGHT" unpack --list "$dir"/in/* -o "$dir/data")" = 0 ] || say "--list fails"
[ ! -e "$dir/data" ] || say "--list writes"
grep -q '^write   NER_data/sample/train.txt  <-  twitter.tar.gz: release/sample/train.txt$' "$dir/out" ||
	say "--list does not say where train.txt goes"
[ "$(status_of "$TAGSIGHT" unpack "$dir"/in/* -o "$dir/data")" = 0 ] || say "fails on the sample"
grep -q '^25 files unpacked .* 0 refused$' "$dir/out" || say "25 files expected: $(cat "$dir/out")"
grep -q 'umt sample (train, valid, test), hvpnet-re mnre (train, valid, test)' "$dir/err" ||
	say "layout is not named: $(cat "$dir/err")"
cmp tests/sample/tweets/valid.txt "$dir/data/NER_data/sample/valid.txt"
cmp tests/sample/pictures/sample_9.jpg "$dir/data/RE_data/img_org/test/sample_9.jpg"
cmp tests/sample/relations/ours_rel2id.json "$dir/data/RE_data/ours_rel2id.json"

# Again: nothing to do. From a pipe, in another form: the same files.
[ "$(status_of "$TAGSIGHT" unpack --format json "$dir"/in/* -o "$dir/data")" = 0 ] || say "fails again"
tail -n 1 "$dir/out" | grep -q '"written":0,"bytes":0,"kept":25,"ignored":0,"refused":0' ||
	say "does not keep what is there: $(tail -n 1 "$dir/out")"
for form in tar.xz 7z zip; do
	bsdtar -caf "$dir/again.$form" -C "$dir/data" NER_data RE_data
	rm -rf "$dir/other"
	[ "$(status_of "$TAGSIGHT" unpack - -o "$dir/other" <"$dir/again.$form")" = 0 ] || say "fails on $form"
	diff -r -x tagsight "$dir/data" "$dir/other" || say "$form differs"
done
[ "$(status_of "$TAGSIGHT" unpack --keep-layout "$dir/in/mre.zip" -o "$dir/kept")" = 0 ] || say "--keep-layout fails"
cmp tests/sample/relations/ours_val.txt "$dir/kept/data/txt/ours_val.txt"

# Wrong use and broken input.
[ "$(status_of "$TAGSIGHT" unpack)" = 2 ] || say "no archive is not wrong use"
[ "$(status_of "$TAGSIGHT" unpack "$dir/none.zip" -o "$dir/x")" = 3 ] || say "a missing archive is not status 3"
[ "$(status_of "$TAGSIGHT" unpack "$dir/in/mre.zip" --max-files 0 -o "$dir/x")" = 2 ] || say "--max-files 0 passes"
head -c 5000 "$dir/in/mre.zip" >"$dir/cut.zip"
[ "$(status_of "$TAGSIGHT" unpack "$dir/cut.zip" -o "$dir/x")" = 1 ] || say "a cut zip is not status 1"
grep -q '^refuse ' "$dir/out" || say "a cut zip is not reported"
[ "$(status_of "$TAGSIGHT" unpack "$dir/in/twitter.tar.gz" --max-bytes 100k -o "$dir/y")" = 1 ] || say "--max-bytes passes"
grep -q 'more bytes than --max-bytes allows' "$dir/out" || say "--max-bytes is not reported"

[ -d "$TAGSIGHT_SHARED/data/gmner" ] || exit 0
[ "$(status_of "$TAGSIGHT" unpack "$TAGSIGHT_SHARED"/data/gmner/*.tar.gz "$TAGSIGHT_SHARED"/data/mnre/*.zip -o "$dir/real")" = 0 ] ||
	say "fails on the public archives"
[ "$(find "$dir/real" -name '*.xml' | wc -l)" = 4757 ] || say "GMNER's boxes are not all there"
[ -f "$dir/real/NER_data/Twitter10000_v2.0/valid.txt" ] || say "GMNER's dev.txt is not valid.txt"
[ -f "$dir/real/RE_data/txt/ours_test.txt" ] || say "MNRE's texts are not there"
