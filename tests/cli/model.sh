#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight model: what is listed, and files that lie. tests/run gives TAGSIGHT and TAGSIGHT_MODELS.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."

"$TAGSIGHT" model list --format json >"$work/list"
expect '"tagger"' "$(jq 'select(.name == "tagger") | .system' "$work/list" | head -n 1)"
expect '"tagger"' "$("$TAGSIGHT" model info tagger --format json | jq .metadata.system)"
expect '[]' "$("$TAGSIGHT" model info tagger --format json | jq -c .left_over)"
"$TAGSIGHT" model verify tagger --format json >"$work/verify"
expect 'true' "$(jq .loads "$work/verify")"
expect "\"$(sha256sum inference/models/tagger.safetensors | cut -d ' ' -f 1)\"" "$(jq .sha256 "$work/verify")"
"$TAGSIGHT" model verify detector >/dev/null

# Files that are cut short, lie about their header, or hold what is no number.
set +e
head -c 5000000 inference/models/tagger.safetensors >"$work/cut.safetensors"
"$TAGSIGHT" model verify "$work/cut.safetensors" 2>"$work/err"
expect 1 $?
grep -q 'the file is cut short' "$work/err" || fail "$(cat "$work/err")"
printf '\377\377\377\377\377\377\377\177{}' >"$work/header.safetensors"
"$TAGSIGHT" model info "$work/header.safetensors" 2>"$work/err"
expect 1 $?
printf '\070\000\000\000\000\000\000\000{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  \000\000\300\177' >"$work/nan.safetensors"
"$TAGSIGHT" model info "$work/nan.safetensors" >/dev/null
expect 0 $?
"$TAGSIGHT" model verify "$work/nan.safetensors" 2>"$work/err"
expect 1 $?
grep -q "number 0 of tensor 'a' is not finite" "$work/err" || fail "$(cat "$work/err")"

# What a system has no use for is told, but for the counters beside each batch norm.
{
	printf '\200\000\000\000\000\000\000\000'
	printf '%s' '{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"n.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}  '
	head -c 16 /dev/zero
} >"$work/counter.safetensors"
expect '["a"]' "$("$TAGSIGHT" model info "$work/counter.safetensors" --system bert_crf --format json | jq -c .left_over)"

# A tagger whose tensor has another shape than its config says: refused, not read past its end.
LC_ALL=C sed 's/\\"hidden\\": 384/\\"hidden\\": 768/' inference/models/tagger.safetensors >"$work/shape.safetensors"
"$TAGSIGHT" model verify "$work/shape.safetensors" 2>"$work/err"
expect 1 $?
grep -q 'but this system needs' "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" model 2>"$work/err"
expect 2 $?
"$TAGSIGHT" model frob 2>"$work/err"
expect 2 $?
"$TAGSIGHT" model info none 2>"$work/err"
expect 3 $?

# Darknet's weights: their layers by the cfg, and what does not fit.
network=tests/oracle/darknet_layers/original
"$TAGSIGHT" model info $network.weights --format json >"$work/info"
expect '[true,7226,7226,18,[24,40],2]' \
	"$(jq -c '[.runs, .numbers, .numbers_wanted, (.layers | length), .input, .classes]' "$work/info")"
expect '["scale_channels",[12,20,8],0]' "$(jq -c '.layers[4] | [.kind, .shape, .numbers]' "$work/info")"
"$TAGSIGHT" model verify $network.weights --format json >"$work/verify"
expect "[true,7226,\"$(sha256sum $network.weights | cut -d ' ' -f 1)\"]" \
	"$(jq -c '[.loads, .numbers, .sha256]' "$work/verify")"
"$TAGSIGHT" model verify $network.weights --config tests/oracle/darknet_layers/layers.cfg 2>"$work/err"
expect 1 $?
grep -q 'holds 7226 numbers, but the cfg asks for 1974' "$work/err" || fail "$(cat "$work/err")"
cp $network.weights "$work/alone.weights"
"$TAGSIGHT" model verify "$work/alone.weights" 2>"$work/err"
expect 1 $?
grep -q 'a cfg is named with --config' "$work/err" || fail "$(cat "$work/err")"
"$TAGSIGHT" model convert "$work/alone.weights" -o "$work/no.safetensors" 2>"$work/err"
expect 2 $?
grep -q 'Darknet weights, which ground takes as they are' "$work/err" || fail "$(cat "$work/err")"
printf 'IMGID:1\nAnna\tB-PER\n\n' >"$work/train.txt"
"$TAGSIGHT" ground "$work/train.txt" -m "$work/alone.weights" 2>"$work/err"
expect 2 $?
grep -q 'and --config names none' "$work/err" || fail "$(cat "$work/err")"
cp $network.cfg "$work/alone.cfg"
printf '\377\377\377\377' | dd of="$work/alone.weights" bs=1 seek=400 conv=notrunc 2>"$work/err"
"$TAGSIGHT" model verify "$work/alone.weights" 2>"$work/err"
expect 1 $?
grep -q 'number 95 is not finite' "$work/err" || fail "$(cat "$work/err")"
expect '["darknet","onestage","nanodet"]' \
	"$("$TAGSIGHT" model list --format json | jq -sc '[.[] | select(.kind == "grounder").name]')"

# A checkpoint of PyTorch's: what it holds, and that no system here is taken for it.
"$TAGSIGHT" model info tests/fuzz/seeds/checkpoint/state_legacy.pt --format json >"$work/info"
expect 0 $?
expect '"legacy"' "$(jq .form "$work/info")"
expect '""' "$(jq .system "$work/info")"
"$TAGSIGHT" model verify tests/fuzz/seeds/checkpoint/state.pt >"$work/verify"
expect 0 $?
grep -q 'all finite; system not named' "$work/verify" || fail "$(cat "$work/verify")"
"$TAGSIGHT" predict README.md --model tests/fuzz/seeds/checkpoint/state.pt 2>"$work/err"
expect 1 $?
# What trainers save beside the tensors is stepped over, whatever it is made of.
"$TAGSIGHT" model info tests/fuzz/seeds/checkpoint/extras_legacy.pt --format json >"$work/info"
expect 0 $?
expect '["b","w"]' "$(jq -c '[.tensors[].name]' "$work/info")"
expect '["args (an object)","scheduler (a dict)","history (an object)","recent (an object)","when (an object)","rng (an object)","optimizer (an object)"]' \
	"$(jq -c .stepped_over "$work/info")"
# Tried as a system whose tensors it does not have.
"$TAGSIGHT" model info tests/fuzz/seeds/checkpoint/state.pt --system bert_crf --format json >"$work/info"
expect 'false' "$(jq .runs "$work/info")"

# Systems are listed beside the models; a converted model needs nothing else and says the same.
expect 1 "$(jq -s '[.[] | select(.kind == "system" and .name == "hvpnet_re" and .task == "re")] | length' "$work/list")"
"$TAGSIGHT" model convert tagger -o "$work/mine.safetensors" >/dev/null
expect 0 $?
"$TAGSIGHT" predict tests/sample/tweets/valid.txt --format json >"$work/wanted"
"$TAGSIGHT" predict tests/sample/tweets/valid.txt --format json --model "$work/mine.safetensors" >"$work/got"
cmp "$work/wanted" "$work/got" || fail 'a converted tagger says something else'
"$TAGSIGHT" model convert tagger 2>"$work/err"
expect 2 $?
"$TAGSIGHT" model convert tagger -o "$work/wide.safetensors" --precision fp32 2>"$work/err"
expect 1 $?
grep -q 'is int8 already' "$work/err" || fail "$(cat "$work/err")"
test ! -e "$work/wide.safetensors" || fail 'half a conversion was left'
