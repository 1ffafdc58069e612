#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The known truths of the public data, counted as a script would: JSON Lines and jq. tests/run gives
# TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
data=${TAGSIGHT_SHARED:-}/data
[ -d "$data/twitter2015" ] || { echo "skip: needs the research data in \$TAGSIGHT_SHARED"; exit 77; }
command -v jq >"$work/jq" || { echo "skip: jq is not installed"; exit 77; }
cd "$work"

found() { # data...: the findings and the summary
	"$TAGSIGHT" check -q --format json "$@" >found.jsonl || [ $? -eq 1 ] || fail "check of $*"
}
count() { # a rule, and a condition on its findings
	jq -n --arg rule "$1" "[inputs | select(.rule == \$rule and (${2:-true}))] | length" found.jsonl
}
records() { jq 'select(.summary).summary.records' found.jsonl; }

# Twitter2015: 4000 and 1000 tweets; orphans, type changes, no final blank line, a lone U+00A0.
found "$data/twitter2015/train.txt"
expect 4000 "$(records)"
expect 175 "$(count tag-orphan-inside)"
expect 11 "$(count tag-type-change)"
expect 1 "$(count conll-no-final-blank)"
expect 1 "$(count text-duplicate-conflict)"
expect 0 "$(count text-duplicate)"
found "$data/twitter2015/valid.txt"
expect 1000 "$(records)"
expect 52 "$(count tag-orphan-inside)"
expect 1 "$(count tag-type-change)"
expect 1 "$(count conll-no-final-blank)"
expect 1 "$(count text-unpieceable '.line == 9658 and .column == 1')"

# The gold entities of its train split, by two rules of counting.
expect '6352 6166' "$("$TAGSIGHT" stats -q --format json "$data/twitter2015/train.txt" |
	jq -r 'select(.entities).entities | "\(.conlleval) \(.["begin-only"])"' | sort -u | head -n 1)"

# Twitter2017: 3373 and 723 tweets, no malformed tag, 4 characters lost.
found "$data/twitter2017/train.txt"
expect 3373 "$(records)"
expect 4 "$(count text-replacement)"
expect 0 "$(jq -n '[inputs | select((.rule // "") | startswith("tag-") and . != "tag-ambiguous-surface")] | length' found.jsonl)"
found "$data/twitter2017/valid.txt"
expect 723 "$(records)"
expect 0 "$(jq -n '[inputs | select((.rule // "") | startswith("tag-") and . != "tag-ambiguous-surface")] | length' found.jsonl)"

# Across splits: two texts of Twitter2015.
found "$data/twitter2015"
expect 2 "$(count text-overlap)"
expect 5000 "$(records)"

# MNRE: lines, markers, overlaps; names and positions all agree; no unknown relation.
found "$data/mnre/mnre_train.txt"
expect 12247 "$(records)"
expect 104 "$(count re-marker-lost)"
expect 59 "$(count re-span-overlap)"
expect 0 "$(jq -n '[inputs | select((.rule // "") | . == "re-span-text" or . == "re-span-range" or
	. == "re-syntax" or . == "re-unknown-relation")] | length' found.jsonl)"
found "$data/mnre/mnre_val.txt"
expect 1624 "$(records)"
expect 16 "$(count re-marker-lost)"
expect 3 "$(count re-span-overlap)"

# The schemes are named, and nothing but the known is wrong with the tags.
"$TAGSIGHT" check --only tag-unknown "$data/twitter2015" "$data/twitter2017" >out 2>chatter
expect 4 "$(grep -c "are in IOB2" chatter)"
expect 2 "$(grep -c "are in IOB2, but for" chatter)"

# The pictures of the sample: one .jpg is a PNG, all are whole; one is too small for UMT, whose placeholder
# is not there.
found "$data/sample"
expect 1 "$(count image-wrong-extension)"
expect 1 "$(count load-umt '.level == "error"')"
expect 1 "$(jq -n '[inputs | select(.level == "error")] | length' found.jsonl)"
