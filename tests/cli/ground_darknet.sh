#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight ground with a Darknet network: a run is done again when its cfg or the names of its classes
# are others, and only then. tests/run gives TAGSIGHT.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/../.."

network=tests/oracle/darknet_layers
cp $network/original.cfg "$work/net.cfg"
cp $network/original.weights "$work/net.weights"
printf 'dog\nperson\n' >"$work/net.names"
mkdir -p "$work/data/NER_data/twitter2015" "$work/data/NER_data/twitter2015_images"
cp tests/sample/pictures/sample_7.jpg "$work/data/NER_data/twitter2015_images/1.jpg"
printf 'IMGID:1\nAnn\tB-PER\nand\tO\na\tO\ndog\tO\n\n' >"$work/data/NER_data/twitter2015/train.txt"

ground() { # option...
	"$TAGSIGHT" ground "$work/data" -q -m "$work/net.weights" --format json "$@" 2>"$work/err" ||
		[ $? = 1 ] || fail "$(cat "$work/err")"
}

ground | grep -q '"done_before":false' || fail "a first run found itself done"
settings=$(cat "$work"/data/tagsight/*.jsonl | jq -r 'select(.settings).settings' | sort -u)
case $settings in
"cfg "*", names "*) ;;
*) fail "settings: '$settings'" ;;
esac
ground | grep -q '"done_before":true' || fail "it was done twice"
cp "$work/net.names" "$work/same.names"
ground --names "$work/same.names" | grep -q '"done_before":true' || fail "the same names are others"
printf 'cat\nperson\n' >"$work/other.names"
ground --names "$work/other.names" | grep -q '"done_before":false' || fail "other names are the same"
sed 's/^channels=3/channels=3\nletter_box=1/' "$work/net.cfg" >"$work/other.cfg"
ground --config "$work/other.cfg" | grep -q '"done_before":false' || fail "another cfg is the same"

# What is of a model that was not given is not passed over.
for option in "--names $work/net.names" "--config $work/net.cfg" "--vocab $work/net.names" '--anchors coco' '--query-cap 20'; do
	status=0
	# shellcheck disable=SC2086
	"$TAGSIGHT" ground "$work/data" -q $option 2>"$work/err" || status=$?
	expect 2 "$status"
	grep -q 'by --model' "$work/err" || fail "$option: $(cat "$work/err")"
done
