#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Run every case of tests/cases/*.test: tests/cases/run.sh [--redo] [FILE.test...]
# --redo writes what the program prints now into the files; look at the difference before you commit.
#
#	=== what the case shows
#	--- file train.txt         the lines that follow, as they stand
#	--- bytes train.txt        the lines that follow, joined, through printf's %b
#	--- run                    arguments of tagsight, in the folder of these files
#	--- status 1               when it is not 0
#	--- out                    standard output
set -u
cases=$(cd "$(dirname "$0")" && pwd)
TAGSIGHT=${TAGSIGHT:-$cases/../../build/release/tagsight}
redo=no
[ "${1:-}" != --redo ] || { redo=yes && shift; }
[ $# -gt 0 ] || set -- "$cases"/*.test
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
passed=0 failed=0

split='
function close_part() { if (part != "") close(part); part = "" }
/^=== / { close_part(); n++; dir = top "/" n; system("mkdir -p " dir "/data"); print substr($0, 5) > (dir "/name"); close(dir "/name"); next }
/^--- (file|bytes) / { close_part(); path = $3; folder = dir "/data/" path; sub(/\/[^\/]*$/, "", folder); system("mkdir -p " folder);
	part = dir "/data/" path ($2 == "bytes" ? ".bytes" : ""); printf "" > part; next }
/^--- run/ { close_part(); part = dir "/run"; printf "" > part; next }
/^--- out/ { close_part(); part = dir "/out"; printf "" > part; next }
/^--- status / { close_part(); print $3 > (dir "/status"); close(dir "/status"); next }
part != "" { print > part }
END { close_part(); print n + 0 }'

rewrite='
/^=== / { n++ }
/^--- / { skip = 0 }
/^=== / { skip = 0 }
skip { next }
{ print }
/^--- out/ { while ((getline line < (top "/" n "/actual")) > 0) print line; skip = 1 }'

for file; do
	rm -rf "${top:?}"/*
	n=$(awk -v top="$top" "$split" "$file")
	i=0
	while [ $i -lt "$n" ]; do
		i=$((i + 1))
		dir=$top/$i
		find "$dir/data" -name '*.bytes' | while IFS= read -r bytes; do
			printf '%b' "$(tr -d '\n' <"$bytes")" >"${bytes%.bytes}"
			rm "$bytes"
		done
		expected=$(cat "$dir/status" 2>/dev/null || echo 0)
		(cd "$dir/data" && eval "set -- $(cat "$dir/run")" && exec "$TAGSIGHT" "$@") \
			>"$dir/actual" 2>"$dir/chatter"
		status=$?
		if [ $status -eq "$expected" ] && { [ $redo = yes ] || cmp -s "$dir/out" "$dir/actual"; }; then
			passed=$((passed + 1))
			continue
		fi
		failed=$((failed + 1))
		echo "FAILED $(basename "$file"): $(cat "$dir/name") (exit $status, expected $expected)"
		diff -u "$dir/out" "$dir/actual" | sed 's/^/    /'
		sed 's/^/    stderr: /' "$dir/chatter"
	done
	[ $redo = no ] || { awk -v top="$top" "$rewrite" "$file" >"$top/new" && cat "$top/new" >"$file"; }
done
echo "$passed cases passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
