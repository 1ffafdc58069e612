#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shards of ground, joined: the same bytes as a run that was never divided, however many there are.
. "$(dirname "$0")/prelude"
sample=$(cd "$(dirname "$0")/../sample" && pwd)
cd "$work"

# Two of the pictures cannot be read, which is status 1.
tagsight() {
	"$TAGSIGHT" "$@" 2>err || [ $? -eq 1 ] || fail "$* failed: $(cat err)"
}

refused() { # wanted in the message, arguments
	wanted=$1
	shift
	rc=0
	"$TAGSIGHT" "$@" >/dev/null 2>err || rc=$?
	expect 2 "$rc"
	grep -q "$wanted" err || fail "no '$wanted' in: $(cat err)"
}

cat >boxes.jsonl <<'EOF'
{"image":"sample_1.jpg","box":[10,20,90,100],"score":0.9,"class":"person"}
{"image":"sample_2.jpg","box":[0,0,60,60],"score":0.8,"class":"dog"}
{"image":"sample_3.jpg","box":[5,5,80,90],"score":0.7,"class":"person"}
EOF

fresh() { # folder
	mkdir "$1"
	cp -r "$sample/tweets" "$1/sample"
	cp -r "$sample/pictures" "$1/sample_images"
}

# Everything but locks.
sum() { # folder
	(cd "$1" && find . -type f ! -name '*.lock' -print0 | sort -z | xargs -0 sha256sum)
}

fresh whole
tagsight ground -q whole --boxes boxes.jsonl >whole.out
sum whole >whole.sum
[ "$(find whole -name '*_pred_yolo_crop_*' | wc -l)" -gt 3 ] || fail "no crops to compare"

for shards in 1 3 7 40; do
	fresh parts
	tagsight phrases -q parts
	for i in $(seq "$shards"); do
		tagsight ground -q parts --boxes boxes.jsonl --shard "$i/$shards" >>parts.out
	done
	grep -q "shard $shards/$shards is done" parts.out || fail "a shard does not say that it is done"
	[ -z "$(find parts -name '*.pth')" ] || fail "a shard wrote a dict"
	tagsight ground -q parts --boxes boxes.jsonl >joined.out
	sum parts >parts.sum
	cmp whole.sum parts.sum || fail "$shards shards, joined, differ from the whole"
	[ "$(sed 's/; it was.*//' joined.out)" = "$(sed 's/, [0-9.]* pictures a second//' whole.out)" ] ||
		fail "the report of the joined run differs"
	rm -r parts
done

# One that is missing is named; so is one that was cut short.
fresh parts
tagsight ground -q parts --boxes boxes.jsonl --shard 1/3 >/dev/null
tagsight ground -q parts --boxes boxes.jsonl --shard 3/3 >/dev/null
refused 'shard 2/3 of sample train is not done' ground -q parts --boxes boxes.jsonl
tagsight ground -q parts --boxes boxes.jsonl --shard 2/3 >/dev/null
journal=$(ls parts/tagsight/*train.2-of-3.boxes.jsonl.part)
head -c -20 "$journal" >cut && cp cut "$journal"
refused 'run it with --shard 2/3' ground -q parts --boxes boxes.jsonl
tagsight ground -q parts --boxes boxes.jsonl --shard 2/3 >/dev/null
tagsight ground -q parts --boxes boxes.jsonl >/dev/null
sum parts >parts.sum
cmp whole.sum parts.sum || fail "a shard that was done again differs"

# Shards of another run are no shards of this.
fresh other
tagsight ground -q other --boxes boxes.jsonl --top 1 --shard 1/2 >/dev/null
tagsight ground -q other --boxes boxes.jsonl >/dev/null
[ -f other/sample/sample_train_dict.pth ] || [ -n "$(find other -name '*.pth')" ] || fail "no dict"

refused 'I from 1 to N' ground -q other --shard 3/2
refused 'at most 1000' ground -q other --shard 1/2000

# A whole run waits for shards at work, and they for it.
fresh locked
tagsight phrases -q locked
tagsight ground -q locked --boxes boxes.jsonl --shard 1/2 >/dev/null
lock=locked/tagsight/sample-train.ground.lock
[ -e "$lock" ] || fail "no $lock"
flock -s "$lock" "$TAGSIGHT" ground -q locked --boxes boxes.jsonl --shard 2/2 >/dev/null || [ $? = 1 ] ||
	fail 'shards do not share the lock'
status=0
flock -s "$lock" "$TAGSIGHT" ground -q locked --boxes boxes.jsonl >/dev/null 2>err || status=$?
expect 2 "$status"
grep -q 'is locked by another tagsight' err || fail "$(cat err)"
status=0
flock -x "$lock" "$TAGSIGHT" ground -q locked --boxes boxes.jsonl --shard 1/2 >/dev/null 2>err || status=$?
expect 2 "$status"

# At once, as an array job runs them.
fresh at_once
tagsight phrases -q at_once
for i in 1 2 3 4; do
	tagsight ground -q at_once --boxes boxes.jsonl --shard "$i/4" >/dev/null &
done
wait
tagsight ground -q at_once --boxes boxes.jsonl >/dev/null
sum at_once >parts.sum
cmp whole.sum parts.sum || fail "shards at once differ"
