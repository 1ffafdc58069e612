#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example of the man page: shards of ground by GNU parallel, then joined, give the bytes of one run.
. "$(dirname "$0")/prelude"
command -v parallel >/dev/null || {
	echo "GNU parallel is not installed"
	exit 77
}
sample=$(cd "$(dirname "$0")/../sample" && pwd)
cd "$work"

for folder in whole parts; do
	mkdir "$folder"
	cp -r "$sample/tweets" "$folder/sample"
	cp -r "$sample/pictures" "$folder/sample_images"
	"$TAGSIGHT" phrases -q "$folder" 2>/dev/null
done

# Two pictures cannot be read: status 1, and as many failed jobs as shards have one.
"$TAGSIGHT" ground -q whole >/dev/null 2>&1 || [ $? -eq 1 ] || fail "the whole run failed"
parallel "$TAGSIGHT" ground -q parts -j 1 --shard '{}/8' ::: $(seq 8) >/dev/null 2>err || [ $? -le 8 ] || fail "$(cat err)"
"$TAGSIGHT" ground -q parts >/dev/null 2>&1 || [ $? -eq 1 ] || fail "the shards were not joined"
for folder in whole parts; do
	(cd "$folder" && find . -type f ! -name '*.lock' -print0 | sort -z | xargs -0 sha256sum) >"$folder.sum"
done
cmp whole.sum parts.sum || fail "shards by GNU parallel differ from one run"
