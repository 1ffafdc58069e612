#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Let the original loaders read small files with one defect each, and note what becomes of every record.

    make_load_fixture.py --vocab VOCAB -o tests/oracle/load [--hvpnet DIR] [--mkgformer DIR] [--umt DIR]
                         [--umgf DIR] [--gmner DIR] [--mega DIR]

Each DIR is a checkout of zjunlp/HVPNeT, zjunlp/MKGformer, jefferyYu/UMT, TransformersWsz/UMGF, NUSTM/GMNER or thecharm/Mega; a
loader that is not named keeps its file. VOCAB is the vocabulary of bert-base-uncased. Needs torch,
torchvision, transformers 4.30, Pillow, and for GMNER fastNLP 0.6.0. The loaders' own reading functions
and dataset classes run; no model does, but for the line with which HVPNeT's looks for its markers.

Writes LOADER.json: {"cases": [{"name", "text" (latin-1: bytes), "crash": the file cannot be loaded at all,
"records": [{"first", "last" (lines), "outcomes": []}]}], "pictures": [...]}. GMNER's cases
may have "boxes", the file of tweet 1. UMGF's cases have "files" for a text,
"crops": the pictures that have all four, and records by the file of their words.
"""
import argparse
import ast
import copy
import importlib
import json
import os
import re
import shutil
import sys
import tempfile
import types

import torch
from PIL import Image
from torchvision import transforms
from transformers import BertTokenizer

MARKERS = ["<s>", "</s>", "<o>", "</o>"]

A = "IMGID:1\nJo\tB-PER\nsings\tO\n\n"
B = "IMGID:2\nin\tO\nRome\tB-LOC\n\n"


def tweet(number, *lines):
    return "IMGID:%d\n" % number + "".join(line + "\n" for line in lines) + "\n"


def words(n, word="x"):
    return tweet(3, *["%s\tO" % word] * n)


NER = {
    "good": A + B,
    "no blank line at the end": A + B[:-1],
    "no line end at the end": A + "IMGID:2\nin\tO\nRome\tB-LOC",
    "no line end after O": A + "IMGID:2\nin\tO\nRome\tO",
    "no line end after an I": A + "IMGID:2\nNew\tB-LOC\nRome\tI-LOCX",
    "two blank lines": A + "\n" + B,
    "a blank line first": "\n" + A + B,
    "no id": A + "in\tO\nRome\tB-LOC\n\n",
    "no id first": "in\tO\nRome\tB-LOC\n\n" + A,
    "two ids": "IMGID:9\n" + A + B,
    "an id without words": A + "IMGID:3\n\n" + B,
    "an id at the end": A + B + "IMGID:3\n",
    "ids and blank lines even out": "\nIMGID:9\n" + A + B,
    "they even out later": "\n" + A + "IMGID:9\n" + B,
    "an id is missing, another twice": "in\tO\nRome\tB-LOC\n\n" + A + "IMGID:9\n" + tweet(3, "x\tO"),
    "a blank before two ids": A + "\nIMGID:9\n" + B,
    "blanks in the blank line": A[:-1] + " \n" + B,
    "a tab in the blank line": A[:-1] + "\t\n" + B,
    "no blank line between": A[:-1] + B,
    "blanks for tabs": A + tweet(2, "in O", "Rome B-LOC"),
    "one line without a tab": A + tweet(2, "in", "Rome\tB-LOC"),
    "three columns": A + tweet(2, "in\tIN\tO", "Rome\tNNP\tB-LOC"),
    "tags in the second of three": A + tweet(2, "in\tO\tx", "Rome\tB-LOC\tx"),
    "a second column that is cut to a tag": A + tweet(2, "Rome\tB-LOCX\tB-LOC"),
    "a tab at the end": A + tweet(2, "Rome\tB-LOC\t"),
    "a blank in a word": A + tweet(2, "New York\tB-LOC"),
    "an empty word": A + tweet(2, "\tO", "Rome\tB-LOC"),
    "an empty label": A + tweet(2, "in\t", "Rome\tB-LOC"),
    "an unknown type": A + tweet(2, "Rome\tB-CITY"),
    "IOBES": A + tweet(2, "Rome\tS-LOC"),
    "MISC": A + tweet(2, "Rome\tB-MISC", "Rome\tI-MISC"),
    "OTHER": A + tweet(2, "Rome\tB-OTHER", "Rome\tI-OTHER"),
    "a bare OTHER": A + tweet(2, "Rome\tOTHER"),
    "a bare type": A + tweet(2, "Rome\tLOC"),
    "small letters": A + tweet(2, "Rome\tb-loc"),
    "a small type": A + tweet(2, "Rome\tB-loc"),
    "a hyphen in the type": A + tweet(2, "Rome\tB-LOC-X"),
    "X": A + tweet(2, "Rome\tX"),
    "a class token": A + tweet(2, "Rome\t[CLS]"),
    "a blank behind the tag": A + tweet(2, "Rome\tB-LOC "),
    "an orphan": A + tweet(2, "Rome\tI-LOC"),
    "a joiner with an unknown tag": A + tweet(2, "\u200d\tB-CITY", "in\tO"),
    "a joiner": A + tweet(2, "\u200d\tO", "in\tO"),
    "a byte order mark": "\ufeff" + A + B,
    "a byte order mark before a word": "\ufeffJo\tO\n\n" + B,
    "CR LF": (A + B).replace("\n", "\r\n"),
    "CR": (A + B).replace("\n", "\r"),
    "DOCSTART": "-DOCSTART-\tO\n\n" + A + B,
    "DOCSTART in CoNLL's columns": "-DOCSTART- -X- O O\n\n" + A + B,
    "blanks around an id": "IMGID: 1 \nJo\tB-PER\n\n" + B,
    "not a byte of UTF-8": b"IMGID:1\nJ\xe9\tB-PER\n\n" + B.encode(),
    "77 words": A + words(77),
    "78 words": A + words(78),
    "79 words": A + words(79),
    "125 words": A + words(125),
    "126 words": A + words(126),
    "127 words": A + words(127),
    "26 words of three pieces": A + words(26, "a.b"),
    "27 words of three pieces": A + words(27, "a.b"),
    "43 words of three pieces": A + words(43, "a.b"),
    "an unknown label behind 126 words": A + words(126)[:-1] + "x\tB-CITY\n\n",
}

def box(*objects, root="annotation", size="<size><width>9</width><height>9</height></size>"):
    return "<%s><filename>1.jpg</filename>%s%s</%s>" % (root, size, "".join(objects), root)


def thing(name="<name>Jo</name>", xmax="3", ymax="<ymax>4</ymax>", bndbox=True):
    sides = "<xmin>1</xmin><ymin>2</ymin><xmax>%s</xmax>%s" % (xmax, ymax)
    return "<object>%s%s</object>" % (name, "<bndbox>%s</bndbox>" % sides if bndbox else "")


BOXES = {
    "a box": box(thing()),
    "no object": box(),
    "a fraction": box(thing(xmax="3.0")),
    "blanks around a number": box(thing(xmax=" 3\n")),
    "a sign": box(thing(xmax="+3")),
    "an exponent": box(thing(xmax="3e0")),
    "no number": box(thing(xmax="x")),
    "an empty number": box(thing(xmax="")),
    "a side is missing": box(thing(ymax="")),
    "no box": box(thing(bndbox=False)),
    "no box behind one": box(thing(), thing(bndbox=False)),
    "no name": box(thing(name="")),
    "no name behind one": box(thing(), thing(name="")),
    "two names": box(thing(name="<name>Jo</name><name>Mo</name>")),
    "an empty name": box(thing(name="<name/>")),
    "it ends before it begins": box(thing(xmax="0")),
    "another root": box(thing(), root="boxes"),
    "a size that is no number": box(thing(), size="<size><width>x</width></size>"),
    "an open element": box(thing())[:-13],
    "an unknown entity": box(thing(name="<name>&nbsp;</name>")),
    "a document type": "<!DOCTYPE annotation>" + box(thing()),
    "an empty file": "",
    "no XML": "boxes",
}

MAP = {"None": 0, "/per/loc/place_of_birth": 1}


def relation(token=("Jo", "of", "Rome", "."), h=(0, 1), t=(2, 3), **more):
    line = {"token": list(token), "h": {"name": "x", "pos": list(h)}, "t": {"name": "y", "pos": list(t)},
            "img_id": "a.jpg", "relation": "/per/loc/place_of_birth"}
    line.update(more)
    return repr(line) + "\n"


def without(key):
    line = ast.literal_eval(relation())
    del line[key]
    return repr(line) + "\n"


def far(n, h, t):
    return relation(["x"] * n, h, t)


GOOD = relation()
RE = {
    "good": GOOD + GOOD,
    "JSON": GOOD + json.dumps(ast.literal_eval(GOOD)) + "\n",
    "no line end": GOOD + GOOD[:-1],
    "a blank line": GOOD + "\n" + GOOD,
    "a line of blanks": GOOD + "  \n" + GOOD,
    "a blank line at the end": GOOD + "\n",
    "blanks before": GOOD + "  " + GOOD,
    "a cut line": GOOD + GOOD[:40] + "\n",
    "null": GOOD + GOOD.replace("'a.jpg'", "'a.jpg', 'more': null"),
    "true": GOOD + GOOD.replace("'a.jpg'", "'a.jpg', 'more': true"),
    "None": GOOD + GOOD.replace("'a.jpg'", "'a.jpg', 'more': None"),
    "a number with an exponent": GOOD + GOOD.replace("'a.jpg'", "'a.jpg', 'more': 1e5"),
    "null in a string": GOOD + relation(token=("null", "of", "Rome", ".")),
    "no token": GOOD + without("token"),
    "no h": GOOD + without("h"),
    "no img_id": GOOD + without("img_id"),
    "no relation": GOOD + without("relation"),
    "an unknown relation": GOOD + relation(relation="/per/loc/x"),
    "the head ends at the last token": relation(("Rome", "of", "Jo"), (2, 3), (0, 1)) + GOOD,
    "the tail ends at the last token": relation(("Jo", "of", "Rome")) + GOOD,
    "both do": relation(("Jo", "of", "Rome"), (1, 3), (2, 3)) + GOOD,
    "touching": relation(h=(0, 2), t=(2, 3)) + GOOD,
    "touching, the tail first": relation(h=(1, 2), t=(0, 1)) + GOOD,
    "nested": relation(h=(0, 3), t=(1, 2)) + GOOD,
    "nested, the same begin": relation(h=(0, 2), t=(0, 3)) + GOOD,
    "nested, the same begin, head longer": relation(h=(0, 3), t=(0, 2)) + GOOD,
    "nested, the same end": relation(h=(0, 3), t=(1, 3)) + GOOD,
    "nested, the same end, tail longer": relation(h=(1, 3), t=(0, 3)) + GOOD,
    "the same span": relation(h=(0, 2), t=(0, 2)) + GOOD,
    "crossing": relation(h=(0, 2), t=(1, 3)) + GOOD,
    "crossing, the tail first": relation(h=(1, 3), t=(0, 2)) + GOOD,
    "an empty span": relation(h=(1, 1)) + GOOD,
    "a span that ends before it begins": relation(h=(1, 0)) + GOOD,
    "a span behind the end": relation(h=(4, 5)) + GOOD,
    "a tail behind the end": relation(t=(4, 5)) + GOOD,
    "a negative begin": relation(h=(-1, 1)) + GOOD,
    "an end behind the end": relation(t=(2, 9)) + GOOD,
    "a marker in a token": relation(("Jo", "<s>", "Rome", ".")) + GOOD,
    "a marker inside a token": relation(("Jo", "a<o>b", "Rome", ".")) + GOOD,
    "a closing marker in a token": relation(("Jo", "</s>", "Rome", ".")) + GOOD,
    "a marker in a token for one that is missing": relation(("Jo", "<s>", "Rome", "."), (7, 8), (2, 3)) + GOOD,
    "a tail whose marker is the last to fit": far(90, (0, 1), (75, 76)) + GOOD,
    "a tail whose closing marker is cut off": far(90, (0, 1), (75, 80)) + GOOD,
    "a tail whose marker is cut off": far(90, (0, 1), (76, 77)) + GOOD,
    "a head whose marker is cut off": far(90, (88, 89), (0, 1)) + GOOD,
    "a tail behind 128 pieces": far(140, (0, 1), (125, 126)) + GOOD,
    "a tail just within 128 pieces": far(140, (0, 1), (124, 125)) + GOOD,
    "a head behind 128 pieces": far(140, (130, 131), (0, 1)) + GOOD,
    "a byte order mark": "\ufeff" + GOOD + GOOD,
    "not a byte of UTF-8": GOOD.replace("Jo", "J\u00e9").encode("latin-1") + GOOD.encode(),
}


def declared(text):
    """Tweets as they were meant: an IMGID line or a line behind a blank one begins one."""
    tweets, now = [], None
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8", "replace").lstrip("\ufeff")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            now = None
            continue
        if now is None or line.startswith("IMGID:"):
            if now and not now["pairs"] and line.startswith("IMGID:"):
                now["last"] = number - 1
            now = {"first": number, "last": number, "id": None, "pairs": []}
            tweets.append(now)
        now["last"] = number
        if line.startswith("IMGID:"):
            now["id"] = line[6:].strip()
        else:
            columns = line.split("\t")
            now["pairs"].append((columns[0], columns[-1].strip(" ")))
    return tweets


def attempt(function, *arguments):
    try:
        return function(*arguments), None
    except (Exception, SystemExit) as error:  # whatever the loader raises
        return None, type(error).__name__


def misc(label):
    return label.replace("OTHER", "MISC")


def judge(tweet, records):
    """What became of a tweet; records: (words, labels that were read, picture, error, cut). None: it is whole,
    but another tweet was added to it."""
    meant = [pair[0] for pair in tweet["pairs"]]
    for read, labels, picture, error, cut in records:
        read = [word.strip("\ufeff\n") for word in read]
        if error and read and read[0].startswith("IMGID:"):
            read = read[1:]
        if meant and error and read[:len(meant)] == meant:
            return ["crash"]
        if meant and len(read) > len(meant) and read[:len(meant)] == meant:
            return None
        if read != meant or (not meant and picture != tweet["id"]):
            continue
        outcomes = []
        if picture != tweet["id"]:
            outcomes.append("picture")
        if cut:
            outcomes.append("cut")
        if [misc(x) for x in labels] != [misc(pair[1]) for pair in tweet["pairs"]]:
            outcomes.append("label")
        return outcomes
    return ["lost"]


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


def run_cases(cases, read):
    result = []
    for name, text in cases.items():
        data = text if isinstance(text, bytes) else text.encode()
        crash, records = read(data)
        records = [record for record in records if record["outcomes"] is not None]
        result.append({"name": name, "text": data.decode("latin-1"), "crash": crash, "records": records})
    return result


def import_from(folder, name):
    for module in [m for m in sys.modules if m.split(".")[0] == name.split(".")[0]]:
        del sys.modules[module]
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)


class Loaders:
    def __init__(self, vocab):
        self.folder = tempfile.mkdtemp()
        os.makedirs(os.path.join(self.folder, "bert"))
        os.symlink(os.path.abspath(vocab), os.path.join(self.folder, "bert", "vocab.txt"))
        self.bert = os.path.join(self.folder, "bert")
        torch.save({}, os.path.join(self.folder, "dict.pth"))
        with open(os.path.join(self.folder, "map.json"), "w") as stream:
            json.dump(MAP, stream)

    def paths(self, data):
        dict_path = os.path.join(self.folder, "dict.pth")
        return {"train": write(self.folder, "train.txt", data), "train_auximgs": dict_path,
                "img2crop": dict_path, "train_img2crop": dict_path,
                "re_path": os.path.join(self.folder, "map.json")}


class HvpnetNer(Loaders):
    size = 80

    def open(self, module, data):
        processor = module.MMPNERProcessor(self.paths(data), self.bert)
        return processor, module.MMPNERDataset(processor, None, max_seq=self.size)

    def read(self, module, data):
        opened, error = attempt(self.open, module, data)
        if error:
            return True, []
        processor, dataset = opened
        records = []
        for i, (read, labels, picture) in enumerate(zip(*(dataset.data_dict[k] for k in ("words", "targets", "imgs")))):
            _, error = attempt(dataset.__getitem__, i)
            pieces = sum(len(processor.tokenizer.tokenize(word)) for word in read)
            records.append((read, labels, picture[:-4].strip(), error, pieces > self.size - 2))
        # A tweet without words is none to it.
        return False, [{"first": t["first"], "last": t["last"], "outcomes": judge(t, records)}
                       for t in declared(data) if t["pairs"]]


class MkgformerNer(HvpnetNer):
    size = 128

    def open(self, module, data):
        processor = module.MMPNERBertProcessor(self.paths(data), self.bert)
        labels = ["O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "X", "[CLS]", "[SEP]"]
        mapping = {label: i for i, label in enumerate(labels, 1)}
        mapping["PAD"] = 0
        return processor, module.MMPNERBertDataset(processor, mapping, None, max_seq=self.size)


class HvpnetRe(Loaders):
    def open(self, module, data):
        if hasattr(module, "MMPNERProcessor"):
            processor = module.MMREProcessor(self.paths(data), self.bert)
        else:
            paths = self.paths(data)
            processor = module.MMREProcessor(paths, paths["re_path"], self.bert)
        return processor, module.MMREDataset(processor, None, max_seq=80)

    def look(self, processor, dataset, i):
        ids = dataset[i][0]
        for marker in ("<s>", "<o>"):
            ids.eq(processor.tokenizer.convert_tokens_to_ids(marker)).nonzero().item()
        order = [m for x in ids.tolist() for m in MARKERS if x == processor.tokenizer.convert_tokens_to_ids(m)]
        outcomes = [m for m in ("</s>", "</o>") if m not in order]
        if not outcomes and order in (["<s>", "<o>", "</s>", "</o>"], ["<o>", "<s>", "</o>", "</s>"]):
            outcomes.append("crossed")
        return outcomes

    def read(self, module, data):
        opened, error = attempt(self.open, module, data)
        if error:
            return True, []
        records = []
        for i in range(len(opened[1])):
            outcomes, error = attempt(self.look, *opened, i)
            records.append({"first": i + 1, "last": i + 1, "outcomes": ["crash"] if error else outcomes})
        return False, records


class Umt(Loaders):
    def read(self, module, data):
        processor = module.MNERProcessor()
        tokenizer = BertTokenizer.from_pretrained(self.bert)
        self.paths(data)
        examples, error = attempt(processor.get_train_examples, self.folder)
        if error:
            return True, []
        images = os.path.join(self.folder, "images")
        os.makedirs(images, exist_ok=True)
        Image.new("RGB", (300, 300)).save(os.path.join(images, "17_06_4705.jpg"))
        records = []
        for example in examples:
            read = example.text_a.split(" ")
            _, error = attempt(module.convert_mm_examples_to_features, [example], processor.get_labels(),
                               processor.get_auxlabels(), 128, tokenizer, 224, images)
            pieces = sum(len(tokenizer.tokenize(word)) for word in read)
            records.append((read, example.label, example.img_id[:-4].strip(), error, pieces > 126))
        tweets = declared(data)
        # A word with a blank is several: such a tweet is found by its place.
        return False, [{"first": t["first"], "last": t["last"], "outcomes": self.judge(t, records)} for t in tweets]

    @staticmethod
    def judge(tweet, records):
        meant = dict(tweet, pairs=[(w, label) for word, label in tweet["pairs"] for w in word.split(" ")])
        return judge(meant if meant["pairs"] != tweet["pairs"] else tweet, records)


class Gmner(Loaders):
    def __init__(self, vocab):
        super().__init__(vocab)
        from transformers import BartTokenizer
        from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode
        folder = os.path.join(self.folder, "bart")
        os.makedirs(folder)
        pieces = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] + list(bytes_to_unicode().values())
        with open(os.path.join(folder, "vocab.json"), "w") as stream:
            json.dump({piece: i for i, piece in enumerate(pieces)}, stream)
        with open(os.path.join(folder, "merges.txt"), "w") as stream:
            stream.write("#version: 0.2\n")
        self.tokenizer = BartTokenizer(os.path.join(folder, "vocab.json"), os.path.join(folder, "merges.txt"))

    def pipe(self, module, tokenizer):
        module.AutoTokenizer = types.SimpleNamespace(from_pretrained=lambda name: tokenizer)
        xml = os.path.join(self.folder, "xml")
        os.makedirs(xml, exist_ok=True)
        tokenizer.unique_no_split_tokens = getattr(tokenizer, "unique_no_split_tokens", [])
        return module.BartNERPipe(image_feature_path=self.folder, image_annotation_path=xml)

    def process(self, module, instance):
        from fastNLP import DataSet
        from fastNLP.io import DataBundle
        tokenizer = copy.deepcopy(self.tokenizer)
        pipe = self.pipe(module, tokenizer)
        pipe.process(DataBundle(datasets={"train": DataSet([instance])}))

    def read(self, module, data):
        path = self.paths(data)["train"]
        loaded, error = attempt(module.TwitterNer()._load, path)
        if error:
            return True, []
        records = []
        for instance in loaded:
            _, error = attempt(self.process, module, instance)
            read = instance["raw_words"]
            labels = list(instance["raw_target"])
            records.append((read, labels, instance["img_id"].strip(), error, False))
        tweets = declared(data)
        return False, [{"first": t["first"], "last": t["last"], "outcomes": self.judge(t, i, records)}
                       for i, t in enumerate(tweets)
                       if not (t["pairs"] and t["pairs"][0][0].startswith("-DOCSTART"))]

    def read_boxes(self, module, text):
        path = write(os.path.join(self.folder, "xml"), "1.xml", text.encode())
        crash, records = self.read(module, (A + B).encode())
        pipe = self.pipe(module, copy.deepcopy(self.tokenizer))
        read, _ = attempt(pipe.read_image_label, "1")
        # More boxes than the file has: an object took over another's.
        if read and text.count("<object>") == len(read[1]) > text.count("<bndbox>"):
            records[0]["outcomes"].append("picture")
        os.unlink(path)
        return crash, records

    @staticmethod
    def judge(tweet, i, records):
        """Tweets without words stop it; others keep their order."""
        meant = [pair[0] for pair in tweet["pairs"]]
        for read, labels, picture, error, _ in records:
            if tweet["id"] is not None and picture != tweet["id"]:
                continue
            if tweet["id"] is None and read != meant[1:]:
                continue
            if error:
                return ["crash"]
            if len(read) > len(meant) and read[:len(meant)] == meant:
                return None
            told = [pair[1] for pair in tweet["pairs"]]
            return [] if read == meant and labels == iob2(told) else ["label"]
        return ["lost"]


def iob2(tags):
    fixed = []
    for i, tag in enumerate(tags):
        if tag.startswith("I-") and (i == 0 or tags[i - 1][1:] != tag[1:]):
            tag = "B" + tag[1:]
        fixed.append(tag)
    return fixed


ROW = "0 0 0 0 0 0 0 0 0 0\n"
PLAIN = {"a.jpg": "x\n\n\n"}
WEIGHTS = {"a.txt": "x\n" + ROW}
# objects, weights; @N stands for N zeros apart by tabs.
FILES = {
    "good": (PLAIN, WEIGHTS),
    "an object": ({"a.jpg": "x\nman\n@4096\n"}, WEIGHTS),
    "eleven objects": ({"a.jpg": "x\n" + "\t".join(["man"] * 11) + "\n@45056\n"}, WEIGHTS),
    "no objects": ({"b.jpg": "x\n\n\n"}, WEIGHTS),
    "no weights": (PLAIN, {"b.txt": "x\n" + ROW}),
    "another extension of the weights": (PLAIN, {"a.jpg": "x\n" + ROW}),
    "another extension of the objects": ({"a.png": "x\n\n\n"}, WEIGHTS),
    "two lines of objects": ({"a.jpg": "x\nman\n"}, WEIGHTS),
    "an empty file of objects": ({"a.jpg": ""}, WEIGHTS),
    "numbers without a name": ({"a.jpg": "x\n\n@4096\n"}, WEIGHTS),
    "a name without numbers": ({"a.jpg": "x\nman\n\n"}, WEIGHTS),
    "a word among the numbers": ({"a.jpg": "x\nman\nword\t@4095\n"}, WEIGHTS),
    "a number too few": ({"a.jpg": "x\nman\n@4095\n"}, WEIGHTS),
    "another picture's file is broken": (dict(PLAIN, **{"b.jpg": "x\n"}), WEIGHTS),
    "no weight at all": (PLAIN, {"a.txt": ""}),
    "200 rows of weights": (PLAIN, {"a.txt": "x\n" + 200 * ROW}),
    "a blank row": (PLAIN, {"a.txt": "x\n" + ROW + "\n" + ROW}),
    "a word among the weights": (PLAIN, {"a.txt": "x\n" + ROW.replace("0", "x", 1)}),
    "a weight too few": (PLAIN, {"a.txt": "x\n" + ROW[2:]}),
    "a weight too many": (PLAIN, {"a.txt": "x\n0 " + ROW}),
    "two blanks between weights": (PLAIN, {"a.txt": "x\n" + ROW.replace(" ", "  ", 1)}),
}


class Mega(Loaders):
    files = (PLAIN, WEIGHTS)

    def open(self, modules, data):
        loader, encoder = modules
        for name, files in zip(("objects", "weights"), self.files):
            shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)
            os.makedirs(os.path.join(self.folder, name))
            for file, text in files.items():
                text = re.sub("@([0-9]+)", lambda match: "\t".join("0" * int(match.group(1))), text)
                write(os.path.join(self.folder, name), file, text.encode())
        tokenizer = BertTokenizer.from_pretrained(self.bert)
        state = types.SimpleNamespace(tokenizer=tokenizer, max_length=128, mask_entity=False, blank_padding=True)
        dataset = loader.SentenceREDataset(
            self.paths(data)["train"], os.path.join(self.folder, "weights"), os.path.join(self.folder, "objects"),
            MAP, lambda item: encoder.BERTEntityEncoder.tokenize(state, item), {})
        return tokenizer, dataset

    def look(self, tokenizer, dataset, i):
        item, got = dataset.data[i], dataset[i]
        ids, places = got[1][0].tolist(), {"head": int(got[3]), "tail": int(got[4])}
        outcomes = [whose for whose, mark in (("head", "[unused0]"), ("tail", "[unused2]"))
                    if ids[places[whose]] != tokenizer.convert_tokens_to_ids(mark)]
        pieces = sum(len(tokenizer.tokenize(word)) for word in item["token"]) + 6
        if got[2].sum() < 128 and got[2].sum() > pieces:
            outcomes.append("twice")
        return outcomes

    def read(self, modules, data):
        opened, error = attempt(self.open, modules, data)
        if error:
            return True, []
        # Blank lines are stepped over.
        lines = data.replace(b"\xef\xbb\xbf", b"").decode().split("\n")
        numbers = [i for i, line in enumerate(lines, 1) if line.strip()]
        records = []
        for i in range(len(opened[1])):
            outcomes, error = attempt(self.look, *opened, i)
            records.append({"first": numbers[i], "last": numbers[i], "outcomes": ["crash"] if error else outcomes})
        return False, records


def folder(*tweets):
    files = {}
    for number, (read, labels, picture) in enumerate(tweets, 1):
        for end, text in (("s", read), ("l", labels), ("p", picture)):
            if text is not None:
                files["%d_%s.txt" % (number, end)] = text
    return files


ONE, TWO = ("Jo\tsings", "B-PER\tO", "a"), ("in\tRome", "O\tB-LOC", "b")
UMGF = {
    "good": folder(ONE, TWO),
    "a line end behind the words": folder(ONE, ("in\tRome\n", "O\tB-LOC", "b")),
    "a line end behind the labels": folder(ONE, ("in\tRome", "O\tB-LOC\n", "b")),
    "a line end behind the picture": folder(ONE, ("in\tRome", "O\tB-LOC", "b\n")),
    "a second line": folder(ONE, ("in\tRome\nx", "O\tB-LOC", "b")),
    "fewer labels": folder(ONE, ("in\tRome", "O", "b")),
    "more labels": folder(ONE, ("in", "O\tO", "b")),
    "MISC": folder(ONE, ("Rome", "B-MISC", "b")),
    "OTHER": folder(ONE, ("Rome", "B-OTHER", "b")),
    "blanks for tabs": folder(ONE, ("in Rome", "O B-LOC", "b")),
    "no labels": folder(("x", None, "a"), TWO),
    "no labels behind": folder(ONE, ("x", None, "b")),
    "no picture": folder(("x", "O", None), TWO),
    "no crops": folder(ONE, ("in", "O", "c")),
    "an empty file": folder(ONE, ("", "O", "b")),
    "a joiner with an unknown label": folder(ONE, ("\u200d\tx", "B-CITY\tO", "b")),
    "126 words": folder(ONE, ("\t".join("x" * 126), "\t".join("O" * 126), "b")),
    "127 words": folder(ONE, ("\t".join("x" * 127), "\t".join("O" * 127), "b")),
}


class Umgf(Loaders):
    """Names of files sort as strings: 10 stands before 1, and there are fewer than ten here."""

    def run(self, module, files):
        module.device = torch.device("cpu")
        module.BertTokenizer = types.SimpleNamespace(
            from_pretrained=lambda name: BertTokenizer.from_pretrained(self.bert))
        with tempfile.TemporaryDirectory() as top:
            texts, images = os.path.join(top, "texts"), os.path.join(top, "images")
            os.makedirs(texts)
            for name, text in files.items():
                write(texts, name, text.encode())
            for name in "ab":
                os.makedirs(os.path.join(images, name))
                for kind in ("person", "miscellaneous", "location", "organization"):
                    Image.new("RGB", (8, 8)).save(os.path.join(images, name, "crop_%s_%s.jpg" % (kind, name)))
            dataset = module.MMNerDataset(texts, images)
            return [{"file": os.path.basename(dataset.X_files[i]), "outcomes": self.look(module, dataset, i, files)}
                    for i in range(len(dataset))]

    @staticmethod
    def look(module, dataset, i, files):
        item, error = attempt(dataset.__getitem__, i)
        if not error:
            _, error = attempt(module.collate_fn, [item])
        if error:
            return ["crash"]
        stem = os.path.basename(dataset.X_files[i])[:-6]
        own = [os.path.basename(x[i])[:-6] == stem for x in (dataset.Y_files, dataset.P_files)]
        read = files[stem + "_s.txt"].split("\n")[0].split("\t")
        pieces = [dataset.tokenizer._tokenize(word) for word in read]
        outcomes = [] if all(own) else ["picture"]
        seen = [token for token in item["ntokens"] if token not in ("[CLS]", "[SEP]", "pad")]
        labels = files[os.path.basename(dataset.Y_files[i])].split("\t")
        if len(seen) != len([p for word in pieces for p in word]) or len(labels) != len(read):
            outcomes.append("cut")
        return outcomes


PICTURES = {
    "good": ("1.jpg", (300, 300)), "one side short": ("1.jpg", (300, 223)), "just enough": ("1.jpg", (224, 224)),
    "missing": None, "another extension": ("1.png", (300, 300)), "cut": ("1.jpg", (300, 300), 200),
    "an error page": ("1.jpg", b"<!DOCTYPE html><html></html>"), "a PNG called .jpg": ("1.jpg", (300, 300), None, "PNG"),
}


def make_picture(folder, picture):
    if picture is None:
        return
    path = os.path.join(folder, picture[0])
    if isinstance(picture[1], bytes):
        write(folder, picture[0], picture[1])
        return
    Image.new("RGB", picture[1], "red").save(path, *(picture[3:] or []))
    if len(picture) > 2 and picture[2]:
        data = open(path, "rb").read()
        write(folder, picture[0], data[:picture[2]])


def run_pictures(placeholder, look):
    """`look` takes a folder with the picture of tweet 1 and gives the picture's tensor."""
    result = []
    for name, picture in PICTURES.items():
        for has_placeholder in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                make_picture(folder, picture)
                if has_placeholder:
                    Image.new("RGB", (300, 300), "blue").save(os.path.join(folder, placeholder))
                got, error = attempt(look, folder)
                outcome = "crash" if error else "placeholder" if float(got[2].mean()) > float(got[0].mean()) else ""
            size = picture[1] if picture and not isinstance(picture[1], bytes) else (0, 0)
            result.append({"name": name, "file": picture[0] if picture else None, "width": size[0], "height": size[1],
                           "readable": bool(picture) and not isinstance(picture[1], bytes)
                           and not (len(picture) > 2 and picture[2] is not None),
                           "placeholder": has_placeholder, "outcome": outcome})
    return result


def hvpnet_picture(module, loaders):
    transform = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor()])

    def look(folder):
        processor = module.MMPNERProcessor(loaders.paths(A.encode()), loaders.bert)
        dataset = module.MMPNERDataset(processor, transform, img_path=folder, aux_img_path={"train": folder})
        return dataset[0][4]
    return look


def umt_picture(module, loaders):
    def look(folder):
        processor = module.MNERProcessor()
        loaders.paths(A.encode())
        example = processor.get_train_examples(loaders.folder)
        tokenizer = BertTokenizer.from_pretrained(loaders.bert)
        return module.convert_mm_examples_to_features(example, processor.get_labels(), processor.get_auxlabels(), 128,
                                                      tokenizer, 224, folder)[0].img_feat
    return look


def save(folder, name, cases, pictures=None):
    with open(os.path.join(folder, name + ".json"), "w") as stream:
        json.dump({"cases": cases, "pictures": pictures or []}, stream, indent=0)
        stream.write("\n")


def main():
    parser = argparse.ArgumentParser()
    for name in ("hvpnet", "mkgformer", "umt", "umgf", "gmner", "mega"):
        parser.add_argument("--" + name)
    parser.add_argument("--vocab", required=True)
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()

    if args.hvpnet:
        module = import_from(args.hvpnet, "processor.dataset")
        ner, relations = HvpnetNer(args.vocab), HvpnetRe(args.vocab)
        save(args.output, "hvpnet_ner", run_cases(NER, lambda data: ner.read(module, data)),
             run_pictures("inf.png", hvpnet_picture(module, ner)))
        save(args.output, "hvpnet_re", run_cases(RE, lambda data: relations.read(module, data)))
    if args.mkgformer:
        module = import_from(os.path.join(args.mkgformer, "MNER"), "processor.datasets")
        ner = MkgformerNer(args.vocab)
        save(args.output, "mkgformer_ner", run_cases(NER, lambda data: ner.read(module, data)))
        module = import_from(os.path.join(args.mkgformer, "MRE"), "processor.dataset")
        relations = HvpnetRe(args.vocab)
        save(args.output, "mkgformer_re", run_cases(RE, lambda data: relations.read(module, data)))
    if args.umt:
        for name in ("boto3", "botocore", "botocore.exceptions"):
            sys.modules[name] = types.SimpleNamespace(ClientError=Exception)
        for name in ("resnet", "resnet.resnet", "resnet.resnet_utils", "seqeval", "seqeval.metrics"):
            sys.modules[name] = types.SimpleNamespace(resnet=None, myResnet=None, classification_report=None, metrics=None)
        module = import_from(args.umt, "run_mtmner_crf")
        umt = Umt(args.vocab)
        save(args.output, "umt_ner", run_cases(NER, lambda data: umt.read(module, data)),
             run_pictures("17_06_4705.jpg", umt_picture(module, umt)))
    if args.umgf:
        sys.modules["torchcrf"] = types.SimpleNamespace(CRF=object)
        module = import_from(args.umgf, "ddp_mmner")
        umgf = Umgf(args.vocab)
        save(args.output, "umgf", [{"name": name, "files": files, "crops": ["a", "b"], "records": umgf.run(module, files)}
                                   for name, files in UMGF.items()])
    if args.gmner:
        module = import_from(args.gmner, "model.data_pipe")
        gmner = Gmner(args.vocab)
        cases = run_cases(NER, lambda data: gmner.read(module, data))
        for name, text in BOXES.items():
            crash, records = gmner.read_boxes(module, text)
            cases.append({"name": name, "text": A + B, "boxes": text, "crash": crash, "records": records})
        save(args.output, "gmner_ner", cases)
    if args.mega:
        modules = (import_from(args.mega, "opennre.framework.data_loader"),
                   import_from(args.mega, "opennre.encoder.bert_encoder"))
        mega = Mega(args.vocab)
        cases = run_cases(RE, lambda data: mega.read(modules, data))
        for name, mega.files in FILES.items():
            crash, records = mega.read(modules, GOOD.encode())
            cases.append({"name": name, "text": GOOD, "objects": mega.files[0], "weights": mega.files[1],
                          "crash": crash, "records": records})
        save(args.output, "mega_re", cases)


if __name__ == "__main__":
    main()
