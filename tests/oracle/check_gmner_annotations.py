#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read what `tagsight ground --voc FOLDER` wrote by GMNER's own method.

usage: check_gmner_annotations.py CHECKOUT FOLDER TEXT...

CHECKOUT is a checkout of NUSTM/GMNER, TEXT the CoNLL files that were grounded. Its read_image_label is called
for every picture that has a file; each must give a name, which is that of an entity in the text as the
original joins it, and boxes of whole numbers within the picture. The rest of the module, which trains, is not
run: its libraries are replaced by empty ones.
"""
import os
import sys
import types
import xml.etree.ElementTree as ET


class Anything(types.ModuleType):
    """A module that has whatever is imported from it."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def load_pipe(checkout):
    for name in ("fastNLP", "fastNLP.io", "fastNLP.io.loader", "fastNLP.io.loader.conll", "fastNLP.io.pipe",
                 "fastNLP.io.pipe.utils", "fastNLP.core", "fastNLP.core.metrics", "transformers", "tqdm", "torch",
                 "torchvision", "numpy"):
        sys.modules[name] = Anything(name)
    module = types.ModuleType("data_pipe")
    path = os.path.join(checkout, "model", "data_pipe.py")
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), module.__dict__)
    return module.BartNERPipe


def entities(path):
    names, words, picture = {}, [], None
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("IMGID:"):
            picture, words = line[6:], []
        parts = line.split("\t")
        tag = parts[-1] if len(parts) > 1 else "O"
        if words and not tag.startswith("I-"):
            names.setdefault(picture, set()).add(" ".join(words))
            words = []
        if tag[:2] in ("B-", "I-"):
            words.append(parts[0])
    return names


def main():
    checkout, folder = sys.argv[1:3]
    reader = types.SimpleNamespace(image_annotation_path=folder)
    read = load_pipe(checkout).read_image_label
    files = objects = bad = 0
    for text in sys.argv[3:]:
        for picture, names in entities(text).items():
            if not os.path.exists(os.path.join(folder, picture + ".xml")):
                continue
            found, boxes = read(reader, picture)
            size = [int(ET.parse(os.path.join(folder, picture + ".xml")).findtext(f"size/{side}")) for side in ("width", "height")]
            within = all(1 <= x0 <= x1 <= size[0] and 1 <= y0 <= y1 <= size[1] for x0, y0, x1, y1 in boxes)
            files += 1
            objects += len(boxes)
            bad += not (found and len(found) == len(boxes) and set(found) <= names and within)
    print(f"{files} files, {objects} objects, {bad} bad")
    sys.exit(bad > 0 or files == 0)


main()
