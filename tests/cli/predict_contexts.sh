#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight predict with a model that reads texts about the pictures: where they come from, and that
# they count. The model is a small one that flair saved, with its labels inside.
. "$(dirname "$0")/prelude"

model=$TAGSIGHT_SHARED/oracle/ita/tiny_checkpoint.pt
[ -r "$model" ] || { echo "needs the research data in $TAGSIGHT_SHARED (set TAGSIGHT_SHARED)"; exit 77; }

# Forty pieces, as many as the model has vectors for.
{
	printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]'
	printf '%s\n' a b c d e f g h i j k l m n o p q r s t u v w x y z
	printf '%s\n' '##a' '##b' '##c' '##d' '##e' . man paris the
} >"$work/vocab.txt"
echo '{"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}' >"$work/config.json"
printf 'IMGID:1\nParis\tB-LOC\nab\tO\n\n' >"$work/tweet.txt"
printf 'IMGID:1\nParis\tB-LOC\nab\tO\n<EOS>\tB-X\na\tB-X\nman\tB-X\n\n' >"$work/prepared.txt"
printf '1.jpg\ta man\n' >"$work/columns.tsv"
echo '{"id": "1", "ocr": "man", "captions": ["a"]}' >"$work/lines.jsonl"

predict() { # data option...
	"$TAGSIGHT" predict -q --model "$model" --vocab "$work/vocab.txt" --config "$work/config.json" \
		--format json "$@"
}

# The labels are the file's own; a side file in either form says what the prepared words do.
predict "$work/tweet.txt" >"$work/alone"
expect '["Paris","ab"] 2' "$(jq -r '"\(.tokens) \(.confidence | length)"' "$work/alone")"
predict "$work/prepared.txt" >"$work/with"
expect '["Paris","ab"]' "$(jq -c .tokens "$work/with")"
predict "$work/tweet.txt" --context "$work/columns.tsv" | cmp - "$work/with"
predict "$work/tweet.txt" --context "$work/lines.jsonl" | cmp - "$work/with"
! cmp -s "$work/alone" "$work/with"

# The captions beside a split are found, and nothing is said then; without any, it is said.
cp "$work/columns.tsv" "$work/tweet_captions.tsv"
predict "$work/tweet.txt" | cmp - "$work/with"
rm "$work/tweet_captions.tsv"
"$TAGSIGHT" predict --model "$model" --vocab "$work/vocab.txt" --config "$work/config.json" \
	"$work/tweet.txt" 2>"$work/err" >"$work/out"
grep -q "has no texts about its pictures" "$work/err"

# A converted model needs neither vocabulary nor config.
"$TAGSIGHT" model convert -q "$model" --vocab "$work/vocab.txt" --config "$work/config.json" \
	-o "$work/one.safetensors"
"$TAGSIGHT" predict -q --format json --model "$work/one.safetensors" "$work/prepared.txt" |
	cmp - "$work/with"

# What is wrong is said.
fails() { # status text command...
	wanted=$1 text=$2
	shift 2
	set +e
	"$@" >"$work/out" 2>"$work/err"
	expect "$wanted" $?
	set -e
	grep -q "$text" "$work/err" || { cat "$work/err"; exit 1; }
}
# A picture that cannot be looked into costs its words, not the record, and is told.
mkdir "$work/pictures"
echo '<html>' >"$work/pictures/1.jpg"
set +e
"$TAGSIGHT" predict --model "$model" --vocab "$work/vocab.txt" --config "$work/config.json" --format json \
	--detect --images "$work/pictures" "$work/tweet.txt" 2>"$work/err" >"$work/out"
expect 1 $?
set -e
grep -q "1.jpg': this is .*; nothing is read of it" "$work/err" || { cat "$work/err"; exit 1; }
cmp "$work/out" "$work/alone"
printf 'IMGID:1\n\n' >"$work/empty.txt"
"$TAGSIGHT" predict --model "$model" --vocab "$work/vocab.txt" --config "$work/config.json" \
	--detect --images "$work/pictures" "$work/empty.txt" 2>"$work/err" >"$work/out" || :
grep -q "empty.txt':1: .*; nothing is read of it" "$work/err" || { cat "$work/err"; exit 1; }

printf 'no tab\n' >"$work/bad.tsv"
fails 1 "bad.tsv':1: a line is a name, a tab and a text" predict "$work/tweet.txt" --context "$work/bad.tsv"
rm "$work/config.json"
fails 2 "give the encoder's config.json with --config" \
	"$TAGSIGHT" predict -q --model "$model" --vocab "$work/vocab.txt" "$work/tweet.txt"
fails 2 "the system tagger reads nothing that --ocr gives" "$TAGSIGHT" predict -q --ocr "$work/tweet.txt"
