#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The boxes of GMNER's release: recognised as the archive has them and as unpack puts them, with the
# counts that Python's xml.etree finds.
. "$(dirname "$0")/prelude"

archive=${TAGSIGHT_SHARED:-../shared}/data/gmner/Twitter10000_v2.0_train_dev.tar.gz
[ -r "$archive" ] || { echo "skip: needs the research data ($archive)"; exit 77; }

count() { # folder rule...
	folder=$1
	shift
	"$TAGSIGHT" check -q --only voc- --format json "$folder" >"$work/findings" || fail "voc- rules fail on $folder"
	for rule; do jq -r --arg rule "$rule" 'select(.rule == $rule) | .rule' "$work/findings" | wc -l; done | tr -d ' ' | paste -sd ' ' -
}

"$TAGSIGHT" unpack -q "$archive" -o "$work/unpacked" >/dev/null
tar -xf "$archive" -C "$work"
for folder in "$work/unpacked" "$work/Twitter10000_v2.0"; do
	expect '635 0 0 0 0 0' "$(count "$folder" voc-filename voc-syntax voc-name-not-entity voc-box-range voc-size voc-orphan)"
done

# One tweet without its text leaves its boxes alone, a name spelt otherwise finds no entity.
sed -i.bak '/^IMGID:O_4862$/,/^$/d' "$work/Twitter10000_v2.0/txt/dev.txt"
sed -i.bak 's/<name>Taylor Swift</<name>Taylor swift</' "$work/Twitter10000_v2.0/xml/O_998.xml"
rm "$work"/Twitter10000_v2.0/*/*.bak
expect '635 0 1 0 0 1' "$(count "$work/Twitter10000_v2.0" voc-filename voc-syntax voc-name-not-entity voc-box-range voc-size voc-orphan)"
