#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight check on what no dataset should be: an answer each time, soon, in little memory.
. "$(dirname "$0")/prelude"
cd "$work"

answers() { # exit status expected, arguments of check: the answer is in `out`
	expected=$1 rc=0
	shift
	(ulimit -v 400000 2>/dev/null || :; exec timeout 60 "$TAGSIGHT" check -q -j 2 "$@") >out 2>chatter || rc=$?
	expect "$expected" $rc
}
says() { grep -q "$1" out chatter || fail "no '$1' in: $(cat out chatter)"; }

# One line that never ends, as tags and as relations, from a file with a hole and from a pipe.
truncate -s 1G sparse.txt
answers 1 sparse.txt
says 'sparse.txt:1: error: a line of 1073741824 bytes is longer than the 1048576 allowed'
answers 1 --task re sparse.txt
says 'sparse.txt:1: error: a line of 1073741824 bytes'
rm sparse.txt
rc=0
head -c 64M /dev/zero | timeout 60 "$TAGSIGHT" check -q - >out || rc=$?
expect 1 $rc
says '^-:1: error: a line of 67108864 bytes'

# A sentence that never ends: stepped over, and what comes behind it is checked.
{
	yes 'word	O' | head -n 700000
	printf '\na\tI-PER\n\n'
} >endless.txt
answers 1 endless.txt
says 'endless.txt:[0-9]*: error: a sentence has more than the 65536 tokens allowed'
says 'endless.txt:700002:3: warning: .I-PER. goes on'

# NUL bytes, bytes that are no UTF-8, noise.
printf 'IMGID:1\na\0b\tO\n\0\tO\n\n' >nul.txt
answers 1 nul.txt
says 'nul.txt:2:2: warning: control character U+0000'
says 'nul.txt:3:1: error: a token line without a word'
head -c 300000 /dev/urandom >noise.txt
answers 1 noise.txt
answers 1 --task re noise.txt
answers 1 --format json noise.txt
if command -v jq >jq; then
	jq -e . out >parsed || fail "noise breaks the JSON"
	answers 1 --format sarif noise.txt
	jq -e '.version == "2.1.0"' out >parsed || fail "noise breaks the SARIF"
fi

# Files that are empty, of one byte, of blank lines alone.
: >empty.txt
answers 0 empty.txt
says '^1 file, 0 records'
answers 0 --task re empty.txt
printf 'x' >byte.txt
answers 1 byte.txt
printf '\n\n\n' >blank.txt
answers 1 blank.txt
says 'blank.txt:1: error: a blank line without a sentence before it'

# A pipe with a name, and one without, are read once.
printf 'IMGID:1\na\tI-PER\n\n' >good.txt
mkfifo pipe
cat good.txt >pipe &
answers 0 pipe
wait
says '^pipe:2:3: warning'

# Loops of links, a folder called as a text, nothing at all, no such thing.
mkdir -p loop/train.txt nothing
ln -s ../loop loop/self
ln -s two loop/one
ln -s one loop/two
answers 1 loop
says "no dataset in 'loop'"
answers 3 loop/one
says "cannot open 'loop/one': Too many levels of symbolic links"
answers 1 nothing
answers 3 missing.txt
says "cannot open 'missing.txt': No such file"
cp good.txt loop/valid.txt
answers 0 loop
says '^1 file, 1 record'

# A folder of very many files that are no texts.
mkdir many
cp good.txt many/train.txt
(cd many && seq -f 'tweet%g.json' 20000 | xargs touch)
answers 0 many
says '^1 file, 1 record'

# What may not be read. Root reads all, so this runs as nobody.
chmod 755 "$work"
cp good.txt secret.txt
chmod 000 secret.txt
if [ "$(id -u)" -ne 0 ]; then
	answers 3 secret.txt
	says "cannot open 'secret.txt': Permission denied"
elif command -v setpriv >found; then
	rc=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$TAGSIGHT" check -q secret.txt >out 2>chatter || rc=$?
	[ $rc -ne 126 ] && [ $rc -ne 127 ] || exit 0 # the program itself is out of nobody's reach
	expect 3 $rc
	says "cannot open 'secret.txt': Permission denied"
fi
