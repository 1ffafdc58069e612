#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight merge: what is taken, what conflicts, what stays as it was. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$work"

same() { # file file
	cmp "$1" "$2" || fail "$(diff "$1" "$2")"
}

status_of() {
	rc=0
	"$@" >out 2>chatter || rc=$?
	echo $rc
}

# Two lines of blanks, a column more and no final blank line stay as they are.
printf 'IMGID:1\nJo\tB-PER\nof\tO\nNew\tO\nYork\tO\n\n\nIMGID:2\nMo\tX O\n\nIMGID:3\nBo\tO\n\nIMGID:4\nPo\tO' >base.txt
sed 's/^York.*/York\tI-LOC/; s/^New.*/New\tB-LOC/' base.txt >anna.txt
sed 's/^Jo.*/Jo\tO/; s/^Po.*/Po\tB-PER/' base.txt >ben.txt
expect 0 "$(status_of "$TAGSIGHT" merge anna.txt ben.txt --base base.txt -o merged.txt)"
sed 's/^York.*/York\tI-LOC/; s/^New.*/New\tB-LOC/; s/^Jo.*/Jo\tO/; s/^Po.*/Po\tB-PER/' base.txt >wanted
same wanted merged.txt
grep -q '4 records: 0 changed in the first file, 1 in the second, 1 in both; 0 added, 0 removed; 0 conflicts decided, 0 left' chatter ||
	fail "$(cat chatter)"
[ ! -e merged.txt.findings.jsonl ] || fail "findings without a conflict"

# An unchanged side gives the other, to the byte.
"$TAGSIGHT" merge -q anna.txt base.txt --base base.txt >out && same anna.txt out
"$TAGSIGHT" merge -q base.txt anna.txt --base base.txt >out && same anna.txt out
"$TAGSIGHT" merge -q anna.txt anna.txt --base base.txt >out && same anna.txt out
"$TAGSIGHT" merge -q anna.txt anna.txt >out && same anna.txt out
printf '\357\273\277a\tO\r\nb\tO\r\n\r\n' >bom.txt
"$TAGSIGHT" merge -q bom.txt bom.txt >out && same bom.txt out

# A conflict: the base stands, the finding says who has what where, and the status is 1.
sed 's/^York.*/York\tB-LOC/' base.txt >ben.txt
expect 1 "$(status_of "$TAGSIGHT" merge anna.txt ben.txt --base base.txt -o merged.txt)"
same base.txt merged.txt
expect '{"level":"error","rule":"merge-conflict","file":"merged.txt","line":4,"column":5,"record":"IMGID:1","message":"'"'anna.txt' has LOC 'New York', 'ben.txt' has LOC 'York'"', and the base had nothing","fix":"decide which of the two is right","text":"New York","words":[2,4],"base":"nothing","ours":"LOC '"'New York'"'","theirs":"LOC '"'York'"'"}' \
	"$(cat merged.txt.findings.jsonl)"
grep -q "'merged.txt':4: conflict in IMGID:1" chatter || fail "$(cat chatter)"
"$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt --prefer ours >out && same anna.txt out
"$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt --prefer theirs >out && same ben.txt out
"$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt --prefer union >out && same anna.txt out
# Decided, the old findings go.
expect 0 "$(status_of "$TAGSIGHT" merge anna.txt ben.txt --base base.txt --prefer ours -o merged.txt)"
expect '' "$(cat merged.txt.findings.jsonl)"
# To standard output, the findings go where they are asked for.
expect 1 "$(status_of "$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt --conflicts found.jsonl)"
expect '"merge-conflict"' "$(jq .rule found.jsonl)"

# Without a base, all that differs is a conflict, and ours stands.
expect 1 "$(status_of "$TAGSIGHT" merge -q anna.txt base.txt)"
same anna.txt out

# Records: added on either side, removed on one, removed on one and changed on the other.
printf 'IMGID:1\na\tO\n\nIMGID:2\nb\tO\n\nIMGID:3\nc\tO\n\nIMGID:4\nd\tO\n\n' >base.txt
printf 'IMGID:1\na\tO\n\nIMGID:9\nx\tO\n\nIMGID:3\nc\tO\n\n' >anna.txt
printf 'IMGID:1\na\tO\n\nIMGID:2\nb\tO\n\nIMGID:3\nc\tO\n\nIMGID:8\ny\tO\n\nIMGID:4\nd\tB-PER\n\n' >ben.txt
expect 1 "$(status_of "$TAGSIGHT" merge anna.txt ben.txt --base base.txt -o merged.txt)"
printf 'IMGID:1\na\tO\n\nIMGID:9\nx\tO\n\nIMGID:3\nc\tO\n\nIMGID:8\ny\tO\n\nIMGID:4\nd\tB-PER\n\n' >wanted
same wanted merged.txt
expect '[13,"IMGID:4","no such record","changed this record"]' \
	"$(jq -c '[.line, .record, .ours, .theirs]' merged.txt.findings.jsonl)"
expect 0 "$(status_of "$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt --prefer ours)"
expect 'IMGID:1 IMGID:9 IMGID:3 IMGID:8' "$(grep IMGID out | tr '\n' ' ' | sed 's/ $//')"

# Words of a tweet that one side mends, and that both do.
sed 's/^b/bb/' base.txt >anna.txt
sed 's/^b/bbb/' base.txt >ben.txt
"$TAGSIGHT" merge -q anna.txt base.txt --base base.txt >out && same anna.txt out
expect 1 "$(status_of "$TAGSIGHT" merge -q anna.txt ben.txt --base base.txt)"
same base.txt out

# Relations: the relation may change.
line() { # image relation
	printf "{'token': ['Jo', 'of', 'Rome'], 'h': {'name': 'Jo', 'pos': [0, 1]}, 't': {'name': 'Rome', 'pos': [2, 3]}, 'img_id': '%s.jpg', 'relation': '%s'}\n" "$@"
}
{ line 1 None && line 2 None && line 3 None; } >base.re
{ line 1 /per/loc/x && line 2 None && line 3 /per/loc/x; } >anna.re
{ line 1 None && line 2 /per/loc/y && line 3 /per/loc/y; } >ben.re
expect 1 "$(status_of "$TAGSIGHT" merge anna.re ben.re --base base.re -o merged.re)"
{ line 1 /per/loc/x && line 2 /per/loc/y && line 3 None; } >wanted
same wanted merged.re
expect '[3,"None","/per/loc/x","/per/loc/y"]' "$(jq -c '[.line, .base, .ours, .theirs]' merged.re.findings.jsonl)"

# What cannot be read is refused, and no output is left.
rm -f merged.txt
head -c 2000000 /dev/zero | tr '\0' 'x' >long.txt
expect 1 "$(status_of "$TAGSIGHT" merge long.txt base.txt -o merged.txt)"
[ ! -e merged.txt ] || fail "an output of a merge that failed"
printf 'a\n' >untagged.txt
expect 1 "$(status_of "$TAGSIGHT" merge untagged.txt untagged.txt)"
expect 3 "$(status_of "$TAGSIGHT" merge nowhere.txt base.txt)"
expect 2 "$(status_of "$TAGSIGHT" merge base.txt)"
expect 2 "$(status_of "$TAGSIGHT" merge --shards --prefer ours base.txt)"

# Parts of a sharded run.
printf 'IMGID:1\na\tO\n\nIMGID:2\nb\tO\n\nIMGID:3\nc\tO\n\nIMGID:4\nd\tO\n\nIMGID:5\nd\tO\n\n' >whole.txt
for format in conll json; do
	"$TAGSIGHT" predict -q -f $format whole.txt >whole.out
	for part in 1 2 3; do
		"$TAGSIGHT" predict -q -f $format --shard $part/3 whole.txt >part$part
	done
	expect 0 "$(status_of "$TAGSIGHT" merge --shards part1 part2 part3)"
	same whole.out out
	expect 1 "$(status_of "$TAGSIGHT" merge --shards part2 part3 part1)"
	expect 1 "$(status_of "$TAGSIGHT" merge --shards part3 part1 -o joined)"
	[ ! -e joined ] || fail "parts that do not fit were joined"
done

# ... of which a record was skipped: the text tells where.
{
	head -n 3 whole.txt
	head -c 2000000 /dev/zero | tr '\0' 'x'
	printf '\tO\n\n'
	tail -n +4 whole.txt
} >skips.txt
for format in conll json; do
	"$TAGSIGHT" predict -q -f $format skips.txt >whole.out || true
	for part in 1 2 3; do
		"$TAGSIGHT" predict -q -f $format --shard $part/3 skips.txt >part$part || true
	done
	expect 1 "$(status_of "$TAGSIGHT" merge --shards part1 part2 part3)"
	grep -q 'the parts do not fit together' chatter || fail "$(cat chatter)"
	expect 0 "$(status_of "$TAGSIGHT" merge --shards part1 part2 part3 --base skips.txt)"
	same whole.out out
	expect 1 "$(status_of "$TAGSIGHT" merge --shards part2 part1 part3 --base skips.txt)"
done

shared=${TAGSIGHT_SHARED:-}/data
if [ ! -d "$shared/twitter2015" ]; then
	echo "skip: the public data need \$TAGSIGHT_SHARED"
	exit 0
fi
# The public files, one side changed on even lines, the other on odd tweets: nothing else moves.
for file in twitter2015/train twitter2017/valid twitter2015/valid mnre/mnre_val; do
	"$TAGSIGHT" merge -q "$shared/$file.txt" "$shared/$file.txt" --base "$shared/$file.txt" >out
	same "$shared/$file.txt" out
done
awk -F '\t' -v OFS='\t' '/^IMGID/ { n++ } NF > 1 && n % 2 && $NF == "B-PER" { $NF = "B-ORG" } { print }' "$shared/twitter2017/valid.txt" >anna.txt
awk -F '\t' -v OFS='\t' '/^IMGID/ { n++ } NF > 1 && n % 2 == 0 && $NF == "B-PER" { $NF = "B-LOC" } { print }' "$shared/twitter2017/valid.txt" >ben.txt
awk -F '\t' -v OFS='\t' '/^IMGID/ { n++ } NF > 1 && $NF == "B-PER" { $NF = n % 2 ? "B-ORG" : "B-LOC" } { print }' "$shared/twitter2017/valid.txt" >wanted
expect 0 "$(status_of "$TAGSIGHT" merge -q anna.txt ben.txt --base "$shared/twitter2017/valid.txt")"
same wanted out
