#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check --format sarif: what SARIF 2.1.0's schema requires, and that it says what the JSON
# Lines say.
. "$(dirname "$0")/prelude"
command -v jq >"$work/jq" || { echo "skip: jq is not installed"; exit 77; }
cd "$work"

mkdir 'a set'
name='a set/t:1 %é.txt'
printf 'IMGID:1\nx\341\tO\ny\tI-PER\nq"\\\tO\003\n\nIMGID:2\nz\tB-DUCK\n' >"$name"
rc=0
"$TAGSIGHT" check -q --format json "$name" >found.jsonl || rc=$?
expect 1 $rc
rc=0
"$TAGSIGHT" check -q --format sarif "$name" >found.sarif || rc=$?
expect 1 $rc

holds() { # what, a jq condition over the whole
	expect true "$(jq "$2" found.sarif)" || fail "$1"
}
holds "version and runs" '.version == "2.1.0" and (.["$schema"] | test("sarif-schema-2.1.0")) and (.runs | length) == 1'
holds "the tool has a name" '.runs[0].tool.driver | (.name == "tagsight") and (.semanticVersion | test("^[0-9]+\\.[0-9]+\\.[0-9]+$"))'
holds "rules are whole and unlike" '.runs[0].tool.driver.rules | all(
	(.id | test("^[a-z0-9]+(-[a-z0-9]+)+$")) and (.shortDescription.text | length > 0) and
	(.fullDescription.text | length > 40) and (.help.text | length > 0) and
	(.defaultConfiguration.level | IN("none", "note", "warning", "error"))) and
	(map(.id) | length == (unique | length))'
holds "results are whole" '.runs[0] | .tool.driver.rules as $rules | .results | all(
	(.message.text | length > 0) and (.level | IN("note", "warning", "error")) and
	$rules[.ruleIndex].id == .ruleId and (.locations | length == 1) and
	(.locations[0].physicalLocation.artifactLocation.uri | test("^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$")) and
	(.locations[0].physicalLocation.region | . == null or (.startLine >= 1 and (.startColumn // 1) >= 1)))'
holds "columns are characters" '.runs[0].columnKind == "unicodeCodePoints"'
holds "the run went to its end" '.runs[0].invocations == [{"executionSuccessful": true}]'
expect "a%20set/t%3A1%20%25%C3%A9.txt" \
	"$(jq -r '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' found.sarif)"

# Rule, level, place, words, record and advice are those of the JSON Lines.
jq -cS 'select(.rule) | [.level, .rule, .line, .column, .message, .record, .fix]' found.jsonl >json
jq -cS '.runs[0].results[] | (.locations[0].physicalLocation.region) as $at |
	[.level, .ruleId, $at.startLine, $at.startColumn, .message.text, .properties.record,
	.properties.fix]' found.sarif >sarif
[ -s json ] || fail "nothing was found"
cmp json sarif || fail "SARIF and JSON Lines differ"
jq -cS 'select(.summary) | .summary' found.jsonl >json
jq -cS '.runs[0].properties' found.sarif >sarif
cmp json sarif || fail "the summaries differ"

# An absolute path, no finding at all, several files, a level that --error raised.
printf 'IMGID:1\ny\tI-PER\n\n' >one.txt
printf 'IMGID:1\ny\tO\n\n' >none.txt
"$TAGSIGHT" check -q --format sarif "$work/one.txt" >found.sarif
expect "file://$work/one.txt" \
	"$(jq -r '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' found.sarif)"
"$TAGSIGHT" check -q --format sarif none.txt >found.sarif
expect '[]' "$(jq -c '.runs[0].results' found.sarif)"
rc=0
"$TAGSIGHT" check -q --format sarif --error tag-orphan-inside one.txt none.txt one.txt >found.sarif || rc=$?
expect 1 $rc
expect '["error","error"]' "$(jq -c '[.runs[0].results[].level]' found.sarif)"

# A run that fails says so, in a file that is whole.
rc=0
"$TAGSIGHT" check -q --format sarif one.txt missing.txt >found.sarif 2>chatter || rc=$?
expect 3 $rc
expect '[{"executionSuccessful":false}]' "$(jq -c '.runs[0].invocations' found.sarif)"
rc=0
"$TAGSIGHT" check --rules --format sarif 2>chatter || rc=$?
expect 2 $rc
