#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight convert: round trips that keep every byte, what is lost and how it is told, pipes. tests/run
# gives TAGSIGHT.
. "$(dirname "$0")/prelude"

sample=$PWD/tests/sample
cd "$work"

refuse() { # expected exit status, words of the message, arguments
	expected=$1 words=$2 rc=0
	shift 2
	"$TAGSIGHT" convert "$@" >said 2>&1 || rc=$?
	expect "$expected" $rc
	grep -q -- "$words" said || fail "'$words' is not in: $(cat said)"
}

# There and back by files: the same bytes.
round_trip() { # file, format, format between, options back...
	file=$1 format=$2 between=$3
	shift 3
	rm -rf between back
	"$TAGSIGHT" convert -q "$file" --to "$between" -o between || fail "$file to $between"
	"$TAGSIGHT" convert -q between --from "$between" --to "$format" -o back "$@" ||
		fail "$file back from $between"
	cmp "$file" back || fail "$file differs by way of $between"
}

# Formats of tags keep the malformed ones; the others get the tags as they are read.
for split in train valid test; do
	for between in conll hf hvpnet umgf; do
		round_trip "$sample/tweets/$split.txt" conll "$between"
	done
	"$TAGSIGHT" convert -q "$sample/tweets/$split.txt" --to conll --scheme IOB2 --lossy -o clean.txt 2>/dev/null
	for between in doccano label-studio brat spacy automm automm-csv; do
		round_trip clean.txt conll "$between"
	done
	mv clean.txt "$split.txt"
done
for split in train val test; do
	for between in mnre hf doccano label-studio brat spacy; do
		round_trip "$sample/relations/ours_$split.txt" mnre "$between"
	done
done

# The format is known by content and by name; - is both ends of a pipe.
"$TAGSIGHT" convert -q train.txt -o train.doccano.jsonl
"$TAGSIGHT" convert -q - --to conll <train.doccano.jsonl >back.txt
cmp train.txt back.txt || fail "standard input changes bytes"
mkfifo pipe
cat train.doccano.jsonl >pipe &
"$TAGSIGHT" convert -q pipe --from doccano --to conll >back.txt
cmp train.txt back.txt || fail "a pipe changes bytes"

# What is lost is said before anything is written.
printf 'IMGID:1\na\tI-PER\nb\tB-LOC\nc\tI-PER\nd\tB-LOC\ne\tB-ORG\n\n' >orphans.txt
refuse 1 "lost: 2 malformed tags, by doccano; first orphans.txt:1 (1): 'I-PER' of 'a' is read as 'B-PER' (IOB2)" \
	orphans.txt -o x.jsonl --to doccano
grep -q 'nothing was written' said || fail "no advice"
[ ! -e x.jsonl ] || fail "a refused conversion left a file"
"$TAGSIGHT" convert orphans.txt -o x.jsonl --to doccano --lossy 2>/dev/null || fail "--lossy"

# An id that is no line of its own, and a word that would end its sentence.
printf '{"id":"a\\nb","tokens":["x","","y"],"ner_tags":["B-PER","O","O"]}\n{"id":" c","tokens":["z",""]}\n' >ids.jsonl
refuse 1 "lost: 2 ids of records, by conll; first ids.jsonl:1 (a.x0ab): 'a.x0ab' is written 'a b'" ids.jsonl --from hf --to conll
refuse 1 "lost: 1 word that cannot be told from its neighbours, by conll" ids.jsonl --from hf --to conll
expect "$(printf 'IMGID:a b\nx\tB-PER\n\tO\ny\tO\n\nIMGID:c\nz')" \
	"$("$TAGSIGHT" convert -q ids.jsonl --from hf --to conll --lossy 2>/dev/null)"
expect '{"id":"1","text":"a b c d e","label":[[0,1,"PER"],[2,3,"LOC"],[4,5,"PER"],[6,7,"LOC"],[8,9,"ORG"]]}' "$(cat x.jsonl)"
rc=0
"$TAGSIGHT" convert orphans.txt -o y.jsonl --to doccano --format json >report.jsonl || rc=$?
expect 1 $rc
expect '{"loss":"tag","count":2,"file":"orphans.txt","line":1,"record":"1","message":"'"'I-PER' of 'a' is read as 'B-PER' (IOB2)"'"}
{"summary":{"file":"orphans.txt","from":"conll","to":"doccano","records":1,"words":5,"entities":5,"relations":0,"boxes":0,"losses":2,"written":false}}' \
	"$(cat report.jsonl)"
# Tags that stay tags are left alone.
expect '{"id":"1","tokens":["a","b","c","d","e"],"ner_tags":["I-PER","B-LOC","I-PER","B-LOC","B-ORG"]}' \
	"$("$TAGSIGHT" convert -q orphans.txt --to hf)"
# A record that cannot be read is one of the losses, and makes the exit status 1 though it may be left out.
printf '{"text":"a","label":[[0,9,"X"]]}\n{"text":"b","label":[]}\n' >bad.jsonl
refuse 1 "there is 1 record that cannot be read; first bad.jsonl:1: the entity 0 to 9" bad.jsonl --to conll
rc=0
got=$("$TAGSIGHT" convert bad.jsonl --to conll --lossy 2>/dev/null) || rc=$?
expect 1 $rc
expect 'b	O' "$got"

refuse 2 "say the format of the output with --to" orphans.txt
refuse 2 "img2crop can only be written" orphans.txt --from img2crop --to hf
refuse 2 "umgf is no text: name it with -o" orphans.txt --to umgf
refuse 2 "OLD=NEW" orphans.txt --to hf --map MISC
refuse 2 "cannot tell the format of 'said'" said --to hf
refuse 3 "cannot open 'nowhere.txt'" nowhere.txt --to hf
mkdir full
echo x >full/file
refuse 2 "'full' is there already" "$sample/tweets/train.txt" --to umgf -o full --map MISC=OTHER

# A cleanup script reads what each format holds, and how many were lost of what.
if command -v jq >/dev/null; then
	expect "boxes ids images scores" \
		"$("$TAGSIGHT" convert --list --format json | jq -r 'select(.format == "manifest") | .holds | sort | join(" ")')"
	expect 2 "$(jq -s 'map(select(.loss == "tag").count) | add' report.jsonl)"
	"$TAGSIGHT" convert -q "$sample/relations/ours_train.txt" --to label-studio -o tasks.json
	expect "$(wc -l <"$sample/relations/ours_train.txt" | tr -d ' ')" \
		"$(jq '[.[].annotations[0].result[] | select(.type == "relation")] | length' tasks.json)"
	# Offsets count characters, as jq does.
	expect true "$(jq '[.[] | .data.text as $text | .annotations[0].result[] | select(.type == "labels").value |
		$text[.start:.end] == .text] | all' tasks.json)"
else
	echo "skip: there is no jq"
fi

# All splits of a folder, or none.
mkdir set
cp train.txt valid.txt set
"$TAGSIGHT" convert -q set --to doccano -o set.doccano
"$TAGSIGHT" convert -q set.doccano/valid.jsonl --to conll -o back.txt
cmp valid.txt back.txt || fail "a split of a folder"
cp orphans.txt set/test.txt
refuse 1 "test.txt:1 (1): 'I-PER'" set --to doccano -o refused
[ ! -e refused ] || fail "a folder was written in part"
"$TAGSIGHT" convert -q set --to umgf --map MISC=OTHER -o my_data/set
"$TAGSIGHT" convert -q my_data/set --to conll -o set.back
for split in train valid test; do
	cmp set/$split.txt set.back/$split.txt || fail "my_data and back: $split"
done
refuse 2 "name one for the output with -o" set --to hf

# Boxes that lie beside the texts, as in GMNER, in percent of the pictures' sides.
mkdir xml
cat >xml/1.xml <<'END_OF_XML'
<annotation><filename>1.jpg</filename><size><width>200</width><height>100</height><depth>3</depth></size>
<object><name>b</name><bndbox><xmin>1</xmin><ymin>26</ymin><xmax>100</xmax><ymax>50</ymax></bndbox></object></annotation>
END_OF_XML
printf 'IMGID:1\na\tO\nb\tB-LOC\n\n' >boxed.txt
"$TAGSIGHT" convert -q boxed.txt --boxes xml --to label-studio -o boxed.json
grep -q '"original_width":200,"original_height":100,.*"x":0.0,"y":25.0,"width":50.0,"height":25.0' boxed.json ||
	fail "boxes in percent: $(cat boxed.json)"
refuse 1 "lost: 1 text, by voc" boxed.json --to voc -o boxes
"$TAGSIGHT" convert -q boxed.json --to voc -o boxes --lossy 2>/dev/null
grep -A4 '<bndbox>' boxes/1.xml | tr -d '\n\t ' | grep -q '<xmin>1</xmin><ymin>26</ymin><xmax>100</xmax><ymax>50</ymax>' ||
	fail "boxes in pixels: $(cat boxes/1.xml)"

# The size of a picture is its own, where --images says where it is.
cat >found.jsonl <<'END_OF_LINE'
{"image":"sample_1.jpg","record":"IMGID:sample_1","phrase":"","kind":"person","box":[0,0,64,48],"score":0.5,"class":"person","crop":"","model":"m","model_sha256":"0","version":"1"}
END_OF_LINE
refuse 1 "the size of 'sample_1.jpg' is not known" found.jsonl --to label-studio
"$TAGSIGHT" convert -q found.jsonl --to label-studio --images "$sample/pictures" >sized.json
grep -q '"original_width":[1-9][0-9]*,"original_height":[1-9]' sized.json || fail "no size: $(cat sized.json)"
"$TAGSIGHT" convert -q sized.json --to coco >sized.coco
grep -q '"bbox":\[0.0,0.0,64.0,48.0\]' sized.coco || fail "a box came back as another: $(cat sized.coco)"

shared=${TAGSIGHT_SHARED:-}/data
if [ ! -d "$shared/twitter2015" ]; then
	echo "skip: round trips of the public data need \$TAGSIGHT_SHARED"
	exit 0
fi
for set in twitter2015/train twitter2015/valid twitter2017/train twitter2017/valid sample/twitter2015/train \
	sample/twitter2015/valid sample/twitter2017/train sample/twitter2017/valid; do
	file=$shared/$set.txt
	final=
	case $set in twitter2015/*) final=--no-final-blank ;; esac
	for between in conll hf; do
		# shellcheck disable=SC2086
		round_trip "$file" conll "$between" $final
	done
	"$TAGSIGHT" convert -q "$file" --to conll --scheme IOB2 --lossy -o clean.txt 2>/dev/null
	for between in doccano label-studio spacy automm automm-csv hvpnet; do
		round_trip clean.txt conll "$between"
	done
	case $set in */train) continue ;; esac # many small files take their time
	round_trip clean.txt conll brat
	"$TAGSIGHT" convert -q clean.txt --to conll --map MISC=OTHER -o other.txt
	round_trip other.txt conll umgf
done
refuse 1 "lost: 186 malformed tags, by doccano; first .*train.txt:399 (140364)" "$shared/twitter2015/train.txt" --to doccano
for split in train val; do
	for between in mnre hf doccano label-studio spacy; do
		round_trip "$shared/mnre/mnre_$split.txt" mnre "$between"
	done
done
for name in pos chunk; do
	"$TAGSIGHT" convert -q "$shared/twitter_nlp/$name.txt" --to conll --separator blank -o back.txt
	cmp "$shared/twitter_nlp/$name.txt" back.txt || fail "$name"
done
