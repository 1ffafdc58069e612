#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight itself: help, version, what is no command, the man page and the completions.
. "$(dirname "$0")/prelude"

status=0
"$TAGSIGHT" chekc 2>"$work/err" || status=$?
expect 2 "$status"
expect "tagsight: 'chekc' is not a command; did you mean 'check'? see 'tagsight help'" "$(cat "$work/err")"
status=0
"$TAGSIGHT" xyzzy-frobnicate-the-whole-thing 2>"$work/err" || status=$?
expect 2 "$status"
expect "tagsight: 'xyzzy-frobnicate-the-whole-thing' is not a command; see 'tagsight help'" "$(cat "$work/err")"
status=0
"$TAGSIGHT" 2>"$work/err" || status=$?
expect 2 "$status"
grep -q '^usage: tagsight COMMAND' "$work/err" || fail "no usage on stderr"

"$TAGSIGHT" --version >"$work/version"
grep -q '^tagsight [0-9]' "$work/version" || fail "no version"
grep -q '^cpu: ' "$work/version" || fail "no CPU features"
grep -q 'OpenBLAS [0-9.]* (' "$work/version" || fail "OpenBLAS is not found: $(cat "$work/version")"

# Every command explains itself, within 80 columns but for choices, in help, man page and completions.
"$TAGSIGHT" help --man >"$work/man"
"$TAGSIGHT" help --completion bash >"$work/bash"
bash -n "$work/bash"
"$TAGSIGHT" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >"$work/commands"
[ "$(wc -l <"$work/commands")" -ge 12 ] || fail "commands are missing: $(cat "$work/commands")"
while read -r command; do
	"$TAGSIGHT" help "$command" >"$work/help"
	"$TAGSIGHT" "$command" --help | cmp -s - "$work/help" || fail "help of $command differs"
	grep -q "^usage: tagsight $command " "$work/help" || fail "no usage of $command"
	grep -q "^.SS tagsight $command " "$work/man" || fail "$command is not in the man page"
	sed -n 's/^  .*--\([a-z0-9-]*\).*/\1/p' "$work/help" | sort -u | while read -r option; do
		grep -q -e "--$option " "$work/bash" || fail "bash does not complete --$option of $command"
	done
	status=0
	"$TAGSIGHT" "$command" --no-such-option >"$work/out" 2>"$work/err" || status=$?
	expect "2 0" "$status $(wc -c <"$work/out")"
	grep -q "see 'tagsight help $command'" "$work/err" || fail "no way to the help of $command"
done <"$work/commands"

# A full disk is an error, not a short file.
if [ -w /dev/full ]; then
	status=0
	"$TAGSIGHT" help >/dev/full 2>"$work/err" || status=$?
	expect 3 "$status"
fi
