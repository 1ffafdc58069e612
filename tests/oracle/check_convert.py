#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ask the tools themselves whether they read what tagsight converts.

    check_convert.py TAGSIGHT [--brat FOLDER] [--doccano FOLDER] [--write]

The tweets and relations of tests/sample, and some that are easy to get wrong, are converted to each
format; the format's own tool reads the result, and its entities, by the text that it finds for each,
have to be those of the tags, which are read here by a rule of our own (an I after nothing begins).

datasets (Hugging Face), spaCy, pandas (for AutoMM, whose documents ask for a table with JSON in a
column), Label Studio's SDK and its converter, pycocotools, torch, iobes; with --brat a checkout of
nlplab/brat whose annotation.py reads the folder, with --doccano one of doccano/doccano, whose importer
reads the lines. What is not installed is skipped, loudly. --write
puts what was found, and by which versions, into convert/checked.json; without it the counts are
compared with that file.
"""
import argparse
import ast
import collections
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import unittest.mock

HERE = os.path.dirname(os.path.abspath(__file__))
STATEMENT = os.path.join(HERE, "convert", "checked.json")
SAMPLE = os.path.join(HERE, "..", "sample")
ODD = [[("RT", "O"), ("\u00a0", "O"), ("\U0001f469\u200d\U0001f680", "B-MISC"), ("e\u0301t\u00e9", "I-MISC")],
       [("\"it's\\\"", "B-PER"), ("\U0001f600", "B-PER"), ("\u2028", "O"), ("Z\u00fcrich", "B-LOC")],
       [("one", "O")]]
CONFIG = """<View><Text name="text" value="$text"/><Image name="image" value="$image"/>
<Labels name="label" toName="text">%s</Labels>
<RectangleLabels name="box" toName="image"><Label value="dog"/><Label value="Bo"/></RectangleLabels></View>"""


def read_tweets(path):
    """[(id, words, tags)] of a CoNLL file."""
    tweets, words, tags, tweet_id = [], [], [], None
    for line in open(path, encoding="utf-8", newline="\n").read().split("\n"):
        if line.startswith("IMGID:"):
            tweet_id = line[6:]
        elif line:
            word, tag = line.split("\t")
            words.append(word)
            tags.append(tag)
        elif words:
            tweets.append((tweet_id, words, tags))
            words, tags, tweet_id = [], [], None
    return tweets


def entities(words, tags):
    """[(type, text)] in order."""
    found = []
    for word, tag in zip(words, tags):
        kind = tag[2:]
        if tag == "O":
            found.append(None)
        elif tag[0] == "I" and found and found[-1] and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + " " + word)
        else:
            found.append((kind, word))
    return [entity for entity in found if entity]


class Check:
    def __init__(self, tagsight, folder):
        self.tagsight, self.folder, self.done = tagsight, folder, collections.OrderedDict()

    def convert(self, source, to, name, *options):
        out = os.path.join(self.folder, name)
        subprocess.run([self.tagsight, "convert", "-q", source, "--to", to, "-o", out, *options],
                       check=True)
        return out

    def equal(self, what, expected, got):
        if expected != got:
            sys.exit("FAILED %s: expected %r\ngot %r" % (what, expected, got))

    def say(self, tool, package, **counts):
        version = importlib.metadata.version(package) if package else "a checkout"
        self.done[tool] = dict(version=version, **counts)
        print("ok", tool, version, counts)


def check_datasets(check, source, tweets):
    import datasets
    path = check.convert(source, "hf", "hf.jsonl")
    rows = datasets.load_dataset("json", data_files=path, split="train",
                                 cache_dir=os.path.join(check.folder, "cache"))
    check.equal("datasets", [(t[0], t[1], t[2]) for t in tweets],
                [(r["id"], r["tokens"], r["ner_tags"]) for r in rows])
    check.say("datasets", "datasets", records=len(rows))


def check_spacy(check, source, tweets):
    import spacy
    nlp, n = spacy.blank("en"), 0
    lines = open(check.convert(source, "spacy", "spacy.jsonl"), encoding="utf-8", newline="\n")
    for line, (_, words, tags) in zip(lines, tweets):
        row = json.loads(line)
        doc = spacy.tokens.Doc(nlp.vocab, [t["text"] for t in row["tokens"]], [t["ws"] for t in row["tokens"]])
        check.equal("spaCy's text", row["text"], doc.text)
        spans = [doc.char_span(s["start"], s["end"], s["label"]) for s in row["spans"]]
        for span, given in zip(spans, row["spans"]):
            check.equal("spaCy's tokens", (given["token_start"], given["token_end"]), (span.start, span.end - 1))
        check.equal("spaCy", entities(words, tags), [(s.label_, s.text) for s in spans])
        n += len(spans)
    check.say("spacy", "spacy", entities=n)


def check_pandas(check, source, tweets):
    import pandas
    table = pandas.read_json(check.convert(source, "automm", "automm.jsonl"), lines=True)
    n = 0
    rows = pandas.read_csv(check.convert(source, "automm-csv", "automm.csv"), keep_default_na=False)
    check.equal("the CSV", table.to_dict("records"), rows.to_dict("records"))
    for (_, words, tags), (_, row) in zip(tweets, table.iterrows()):
        spans = json.loads(row["entity_annotations"])
        check.equal("AutoMM", entities(words, tags),
                    [(s["entity_group"], row["text_snippet"][s["start"]:s["end"]]) for s in spans])
        n += len(spans)
    check.say("automm", "pandas", entities=n)


def check_label_studio(check, source, tweets):
    from label_studio_sdk.converter import Converter
    path = check.convert(source, "label-studio", "tasks.json")
    kinds = sorted({tag[2:] for t in tweets for tag in t[2] if tag != "O"})
    converter = Converter(CONFIG % "".join('<Label value="%s"/>' % kind for kind in kinds), check.folder)
    n = 0
    tasks = json.load(open(path, encoding="utf-8"))
    for i, task in enumerate(tasks):
        task["id"] = i + 1 # which Label Studio gives on import
    json.dump(tasks, open(path, "w", encoding="utf-8"))
    for item, (_, words, tags) in zip(converter.iter_from_json_file(path), tweets):
        spans = item["output"].get("label", [])
        text = item["input"]["text"]
        check.equal("Label Studio", entities(words, tags),
                    [(s["labels"][0], text[s["start"]:s["end"]]) for s in spans])
        check.equal("Label Studio's text", [s["text"] for s in spans], [text[s["start"]:s["end"]] for s in spans])
        n += len(spans)
    check.say("label-studio", "label-studio-sdk", entities=n)


def brat_parts(module, folder, stem):
    document = module.TextAnnotations(os.path.join(folder, stem), read_only=True)
    text = document.get_document_text()
    spans = {t.id: (t.type, text[t.first_start():t.last_end()]) for t in document.get_textbounds()}
    relations = [(r.type, spans[r.arg1][1], spans[r.arg2][1]) for r in document.get_relations()]
    return list(spans.values()), relations


def check_brat(check, source, tweets, relations, brat):
    sys.path[:0] = [os.path.join(brat, "server", "src"), os.path.join(brat, "server", "lib"), brat]
    import annotation
    # Its way to open a file, mode "rU", is gone from Python.
    annotation.open_textfile = lambda name, mode="r": open(name, mode, encoding="utf-8", newline="\n")
    folder = check.convert(source, "brat", "brat")
    n = 0
    for name, (_, words, tags) in zip(sorted(f for f in os.listdir(folder) if f.endswith(".txt")), tweets):
        spans, _ = brat_parts(annotation, folder, name[:-4])
        check.equal("brat", entities(words, tags), spans)
        n += len(spans)
    folder = check.convert(relations, "brat", "brat_relations")
    lines = [ast.literal_eval(line) for line in open(relations, encoding="utf-8")]
    for name, line in zip(sorted(f for f in os.listdir(folder) if f.endswith(".txt")), lines):
        _, found = brat_parts(annotation, folder, name[:-4])
        check.equal("brat's relations", [(line["relation"], line["h"]["name"], line["t"]["name"])], found)
    sys.modules["config"] = unittest.mock.MagicMock(BASE_DIR=check.folder, WORK_DIR=check.folder, DATA_DIR=check.folder)
    import projectconfig
    config = projectconfig.ProjectConfiguration(folder)
    # A configuration has "_" for each character that brat does not want in a type; the .ann keeps it.
    check.equal("brat's types of relations",
                {projectconfig.normalize_to_storage_form(line["relation"]) for line in lines},
                {t for t in config.get_relation_types() if not t.startswith("<")})
    check.say("brat", None, entities=n, relations=len(lines))


def import_doccano(folder):
    """doccano's importer: all of it but its database, which stands in as a mock."""
    import pydantic.v1
    sys.modules["pydantic"] = pydantic.v1
    for name in ("examples", "label_types", "labels", "projects", "pyexcel"):
        for module in (name, name + ".models", name + ".exceptions"):
            sys.modules[module] = unittest.mock.MagicMock()
    sys.path.insert(0, os.path.join(folder, "backend"))
    from data_import.pipeline import data, label, makers, parsers, readers
    return data, label, makers, parsers, readers


def doccano_rows(modules, path):
    """(the text, the metadata, [(label, text)], [(relation, head, tail)]) of each line, as it imports them."""
    data, label, makers, parsers, readers = modules
    parser = parsers.JSONLParser(encoding="utf_8")
    reader = readers.Reader([readers.FileName(path, path, "x.jsonl")], parser)
    for row in list(reader):
        example = data.TextData.parse(**{k: v for k, v in row.items() if k != readers.LINE_NUMBER_COLUMN})
        spans = [label.SpanLabel.parse(row["example_uuid"], item)
                 for item in row.get("label", row.get("entities", []))]
        texts = {s.id: example.text[s.start_offset:s.end_offset] for s in spans}
        relations = [label.RelationLabel.parse(row["example_uuid"], item) for item in row.get("relations", [])]
        yield (example.text, example.meta, [(s.label, example.text[s.start_offset:s.end_offset]) for s in spans],
               [(r.type, texts[r.from_id], texts[r.to_id]) for r in relations])
    if parser.errors:
        sys.exit("FAILED doccano: %s" % parser.errors)


def check_doccano(check, source, tweets, relations, folder):
    modules, n = import_doccano(folder), 0
    rows = list(doccano_rows(modules, check.convert(source, "doccano", "doccano.jsonl")))
    check.equal("doccano's records", len(tweets), len(rows))
    for (tweet_id, words, tags), (text, meta, spans, _) in zip(tweets, rows):
        check.equal("doccano", (tweet_id, " ".join(words), entities(words, tags)), (meta["id"], text, spans))
        n += len(spans)
    lines = [ast.literal_eval(line) for line in open(relations, encoding="utf-8")]
    rows = list(doccano_rows(modules, check.convert(relations, "doccano", "doccano_relations.jsonl")))
    for line, (_, _, _, found) in zip(lines, rows):
        check.equal("doccano's relations", [(line["relation"], line["h"]["name"], line["t"]["name"])], found)
    check.say("doccano", None, entities=n, relations=len(rows))


def write_manifest(path):
    row = {"image": "8.jpg", "record": "IMGID:8", "phrase": "", "kind": "noun-phrase", "box": [10, 20.5, 30, 40],
           "score": 0.5, "class": "dog", "crop": "8_pred_yolo_crop_0.png", "model": "m", "model_sha256": "0",
           "version": "1"}
    with open(path, "w", encoding="utf-8") as out:
        for record, phrase in (("8", ""), ("8", "Bo"), ("9", "")):
            json.dump(dict(row, image=record + ".jpg", record="IMGID:" + record, phrase=phrase), out)
            out.write("\n")


def check_boxes(check):
    from pycocotools.coco import COCO
    manifest = os.path.join(check.folder, "boxes.jsonl")
    write_manifest(manifest)
    coco = COCO(check.convert(manifest, "coco", "coco.json"))
    names = {i: c["name"] for i, c in coco.cats.items()}
    boxes = [(coco.imgs[a["image_id"]]["file_name"], names[a["category_id"]], a["bbox"], a["area"])
             for a in coco.loadAnns(coco.getAnnIds())]
    check.equal("pycocotools", [("8.jpg", "dog", [10, 20.5, 20, 19.5], 390), ("8.jpg", "Bo", [10, 20.5, 20, 19.5], 390),
                                ("9.jpg", "dog", [10, 20.5, 20, 19.5], 390)], boxes)
    check.say("coco", "pycocotools", boxes=len(boxes))


def check_torch(check):
    import torch
    manifest = os.path.join(check.folder, "boxes.jsonl")
    write_manifest(manifest)
    found = torch.load(check.convert(manifest, "img2crop", "x_img2crop.pth", "--image-url", "crops/"),
                       weights_only=True)
    check.equal("torch", {"8": ["crops/8_pred_yolo_crop_0.png"], "9": ["crops/8_pred_yolo_crop_0.png"]}, found)
    check.say("img2crop", "torch", pictures=len(found))


def check_iobes(check, source, tweets):
    import iobes
    encoders = {"IOB1": "iob", "IOB2": "bio", "IOBES": "iobes", "BILOU": "bilou"}
    plain = check.convert(source, "conll", "plain.txt", "--scheme", "IOB2", "--lossy")
    tagged = read_tweets(plain)
    for ours, theirs in encoders.items():
        got = read_tweets(check.convert(plain, "conll", ours + ".txt", "--scheme", ours, "--from-scheme", "IOB2"))
        expected = [getattr(iobes, "bio_to_%s" % theirs)(tags) if theirs != "bio" else tags for _, _, tags in tagged]
        check.equal(ours, expected, [t[2] for t in got])
    check.say("iobes", "iobes", sentences=len(tagged), schemes=len(encoders))


def make_source(check):
    """The tweets of the sample and the odd ones; orphan tags are made begins, which entities() does too."""
    path = os.path.join(check.folder, "source.txt")
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(open(os.path.join(SAMPLE, "tweets", "train.txt"), encoding="utf-8").read())
        for i, tweet in enumerate(ODD):
            out.write("IMGID:odd_%d\n" % i + "".join("%s\t%s\n" % pair for pair in tweet) + "\n")
    return check.convert(path, "conll", "clean.txt", "--scheme", "IOB2", "--lossy")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tagsight")
    parser.add_argument("--brat")
    parser.add_argument("--doccano")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check = Check(os.path.abspath(args.tagsight), folder)
        source = make_source(check)
        tweets = read_tweets(source)
        relations = os.path.join(SAMPLE, "relations", "ours_train.txt")
        checks = [(check_datasets, source, tweets), (check_spacy, source, tweets), (check_pandas, source, tweets),
                  (check_label_studio, source, tweets), (check_boxes,), (check_torch,), (check_iobes, source, tweets)]
        if args.doccano:
            checks.append((check_doccano, source, tweets, relations, args.doccano))
        if args.brat:
            checks.append((check_brat, source, tweets, relations, args.brat))
        for function, *arguments in checks:
            try:
                function(check, *arguments)
            except ImportError as missing:
                print("skip: %s needs %s" % (function.__name__, missing.name))
    stated = json.load(open(STATEMENT)) if os.path.exists(STATEMENT) else {}
    if args.write:
        os.makedirs(os.path.dirname(STATEMENT), exist_ok=True)
        with open(STATEMENT, "w") as out:
            json.dump(dict(stated, **check.done), out, indent=1, sort_keys=True)
            out.write("\n")
        return
    for tool, found in check.done.items():
        check.equal(tool, {k: v for k, v in stated[tool].items() if k != "version"},
                    {k: v for k, v in found.items() if k != "version"})


if __name__ == "__main__":
    main()
