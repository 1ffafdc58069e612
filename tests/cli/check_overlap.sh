#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check --overlap: who leaks into whom, as table, JSON and places, the same by any number of threads;
# the known truths of the public data. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
sample=$(cd "$(dirname "$0")/.." && pwd)/sample
cd "$work"

mkdir a b
cat >a/train.txt <<'END'
IMGID:1
Flowers	O
outside	O
the	O
school	O
in	O
Ansan	B-LOC

IMGID:2
RT	O
@jo	O
:	O
See	O
#Rome	B-LOC
in	O
August	O
http://t.co/x	O

IMGID:3
nothing	O
like	O
it	O
anywhere	O

END
cat >a/valid.txt <<'END'
IMGID:4
Flowers	O
outside	O
the	O
school	O
in	O
Ansan	B-LOC

END
cat >b/test.txt <<'END'
IMGID:5
see	O
#	O
rome	B-LOC
in	O
august	O
!	O

IMGID:6
Flowers	O
outside	O
the	O
school	O
in	O
Ansan	B-LOC
now	O

END
"$TAGSIGHT" check --overlap --pairs -q a b >out
expect "a/train.txt:2: warning: the same words stand in 'a/valid.txt' at line 2 [text-overlap]
a/train.txt:2: warning: a like text stands in 'b/test.txt' at line 10 (similarity 0.90) [text-overlap]
a/train.txt:10: warning: the same text stands in 'b/test.txt' at line 2 [text-overlap]
a/valid.txt:2: warning: the same words stand in 'a/train.txt' at line 2 [text-overlap]
a/valid.txt:2: warning: a like text stands in 'b/test.txt' at line 10 (similarity 0.90) [text-overlap]
b/test.txt:2: warning: the same text stands in 'a/train.txt' at line 10 [text-overlap]
b/test.txt:10: warning: a like text stands in 'a/train.txt' at line 2 (similarity 0.90) [text-overlap]
b/test.txt:10: warning: a like text stands in 'a/valid.txt' at line 2 (similarity 0.90) [text-overlap]
split      records  stand in     exact  normalised      near     share
a train          3  a valid          1           0         0   33.33 %
a train          3  b test           0           1         1   66.67 %
a valid          1  a train          1           0         0  100.00 %
a valid          1  b test           0           0         1  100.00 %
b test           2  a train          0           1         1  100.00 %
b test           2  a valid          0           0         1   50.00 %
2 records of train splits stand in a valid or test split" "$(cat out)"

# JSON: rows, places and a summary; a script drops what leaks.
"$TAGSIGHT" check --overlap --pairs -q --format json a b >out
expect '{"file":"a/train.txt","set":"a","split":"train","records":3,"other_file":"b/test.txt","other_set":"b","other_split":"test","exact":0,"normalised":1,"near":1,"share":0.6666666666666666}' \
	"$(jq -c 'select(.share and .file == "a/train.txt" and .other_set == "b")' out)"
expect "IMGID:1 IMGID:2" "$(jq -r 'select(.rule == "text-overlap" and .file == "a/train.txt" and
	(.other_file | test("test|valid"))).record' out | sort -u | tr '\n' ' ' | sed 's/ $//')"
expect 'normalised 10 2 IMGID:5 1' "$(jq -r 'select(.kind == "normalised" and .file == "a/train.txt") |
	"\(.kind) \(.line) \(.other_line) \(.other_record) \(.similarity)"' out)"
expect '6 8 2 0.7' "$(jq -r 'select(.summary).summary | "\(.records) \(.pairs) \(.leaks) \(.similarity)"' out)"

# Exit status, thresholds, wrong use.
"$TAGSIGHT" check --overlap -q --similarity 0.95 a b | grep -q 'a train .* b test  *0  *1  *0 ' || fail "--similarity has no effect"
rc=0
"$TAGSIGHT" check --overlap -q --error text-overlap a b >out || rc=$?
expect 1 $rc
"$TAGSIGHT" check --overlap -q --error text-overlap b >out
expect "no record of one split stands in another" "$(cat out)"
for use in '--similarity 0' '--similarity 1.5' '--similarity nan' '--format sarif'; do
	rc=0
	# shellcheck disable=SC2086
	"$TAGSIGHT" check --overlap -q $use a b >out 2>err || rc=$?
	expect 2 $rc
done
rc=0
"$TAGSIGHT" check --pairs a >out 2>err || rc=$?
expect 2 $rc

# Hashes of a test that is not at hand: words joined by blanks, and letters in lower case.
hash() { printf '%s' "$1" | sha256sum | cut -c 1-16; }
printf 'hidden\texact\t%s\nhidden\tloose\t%s\n' "$(hash 'nothing like it anywhere')" "$(hash seeromeinaugust)" >hashes.tsv
"$TAGSIGHT" check --overlap --pairs -q --hashes hashes.tsv a/train.txt >out
expect "a/train.txt:10: warning: the same text stands in 'hidden test' [text-overlap]
a/train.txt:20: warning: the same words stand in 'hidden test' [text-overlap]" "$(head -n 2 out)"
printf 'hidden\texact\tno hash\n' >wrong.tsv
rc=0
"$TAGSIGHT" check --overlap -q --hashes wrong.tsv a >out 2>err || rc=$?
expect 1 $rc
expect "tagsight check: 'wrong.tsv':1: a line of hashes is a set, exact or loose, and 16 hexadecimal digits" "$(cat err)"

# Pictures: the same bytes under another name count, and a rule's name leaves them out.
mkdir c d c/images d/images
printf 'IMGID:one\nfirst\tO\n\nIMGID:two\nsecond\tO\n\n' >c/train.txt
printf 'IMGID:other\nthird\tO\n\n' >d/test.txt
cp "$sample/pictures/sample_1.jpg" c/images/one.jpg
cp "$sample/pictures/sample_2.jpg" c/images/two.jpg
cp "$sample/pictures/sample_1.jpg" d/images/other.jpg
"$TAGSIGHT" check --overlap --pairs -q --images c/images c >out
expect "no record or picture of one split stands in another" "$(cat out)"
rc=0
"$TAGSIGHT" check --overlap --pairs -q --error image-duplicate c d >out || rc=$?
expect 1 $rc
expect "c/images/one.jpg: warning: the same picture stands in 'd/test.txt' at line 1 as 'd/images/other.jpg' [image-duplicate]
d/images/other.jpg: warning: the same picture stands in 'c/train.txt' at line 1 as 'c/images/one.jpg' [image-duplicate]
split      records  stand in     exact  normalised      near     share  pictures      same      like
c train          2  d test           0           0         0    0.00 %         2         1         0
d test           1  c train          0           0         0    0.00 %         1         1         0
0 records of train splits stand in a valid or test split" "$(cat out)"
expect 'same 0 c/images/one.jpg IMGID:other' "$("$TAGSIGHT" check --overlap --pairs -q --format json c d |
	jq -r 'select(.rule and .file == "c/train.txt") | "\(.kind) \(.distance) \(.image) \(.other_record)"')"

"$TAGSIGHT" check --overlap -q --except image- c d >out
expect "no record of one split stands in another" "$(cat out)"

# The public data.
data=$TAGSIGHT_SHARED/data
[ -d "$data/twitter2015" ] || {
	echo "skip: the public data is not in $TAGSIGHT_SHARED"
	exit 77
}
"$TAGSIGHT" check --overlap -q -j 1 --format json "$data/twitter2015" "$data/twitter2017" "$data/mnre" >one
"$TAGSIGHT" check --overlap -q -j 4 --format json "$data/twitter2015" "$data/twitter2017" "$data/mnre" >four
cmp one four
expect 2 "$(jq 'select(.set == "twitter2015" and .split == "train" and .other_set == "twitter2015").exact' one)"
tar xzf "$data/gmner/Twitter10000_v2.0_train_dev.tar.gz"
"$TAGSIGHT" check --overlap --pairs -q --format json --hashes "$data/test_hashes.tsv" "$data/twitter2015/train.txt" \
	"$data/twitter2017/train.txt" Twitter10000_v2.0 >out
# How many records of each train split stand in any public test, by hash.
for known in twitter2015/train:126 twitter2017/train:488 Twitter10000_v2.0/txt/train:918; do
	expect "${known#*:}" "$(jq -r --arg file "${known%:*}.txt" 'select(.other_set and (.file | endswith($file))
		and .rule).line' out | sort -u | wc -l | tr -d ' ')"
done
expect "0 2071" "$(jq -r 'select(.share and .split == "train" and .other_set == "Twitter10000_v2.0" and
	.other_split == "train").exact' out | tr '\n' ' ' | sed 's/ $//')"
