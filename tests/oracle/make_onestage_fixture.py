#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one-stage grounding (zyang-ur/onestage_grounding at 2fff094) makes of phrases, with its own code.

    make_onestage_fixture.py CHECKOUT

CHECKOUT is a folder with the original's public repository, which this script reads and never copies.
onestage/words.pth and words_zip.pth: a small dictionary as the original's Corpus pickles it, in both containers of torch.
onestage/words.json: phrases and the numbers that Corpus.tokenize() gives, cut as the model cuts them.
Needs: torch 1.6 or later.
"""
import importlib.util
import json
import sys
import types
from pathlib import Path

import torch

OUT = Path(__file__).resolve().parent / "onestage"
WORDS = "<pad> <go> <eos> <unk> the a dog left right of man , . # in on red shirt t s caf\u00e9 x_y 13 \u00b2 stra\u00dfe \u03c3\u03b1\u03c2"
PHRASES = [
    "dog", "The DOG", "the  dog", "the dog left.", "the dog left .", "man, left", "man , left", ".", "..", " . ", "#", "# dog",
    "the man's T-shirt", "caf\u00e9", "cafe\u0301", "x_y", "13", "x\u00b2", "\u00b2", "\u03a3\u0391\u03a3", "STRASSE stra\u00dfe",
    "\u0130dog", "dog\u00a0dog", "\u2003dog\u2003", "\x1cdog\x1c", "dog\ndog", "\U0001f49e dog", "a\u200bb", "\u0967 dog",
    " ".join(["dog"] * 19), " ".join(["dog"] * 20), " ".join(["dog"] * 21), " ".join(["dog"] * 20) + ".", "dog.dog." * 12,
]


def load_words(checkout):
    """The module utils.word_utils, under the name that its pickles have."""
    package = types.ModuleType("utils")
    package.__path__ = [str(checkout / "utils")]
    sys.modules["utils"] = package
    spec = importlib.util.spec_from_file_location("utils.word_utils", checkout / "utils" / "word_utils.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["utils.word_utils"] = module
    spec.loader.exec_module(module)
    return module


def write_words(checkout):
    corpus = load_words(checkout).Corpus()
    corpus.add_to_corpus(WORDS)
    torch.save(corpus, OUT / "words.pth", _use_new_zipfile_serialization=False)
    torch.save(corpus, OUT / "words_zip.pth")
    cases = []
    for phrase in PHRASES:
        for cap in (20, 128):
            ids = corpus.tokenize(phrase.lower(), cap)
            cases.append({"phrase": phrase, "cap": cap, "ids": ids[:int((ids != 0).sum())].tolist()})
    text = json.dumps(cases, ensure_ascii=True, separators=(",", ":")).replace("},{", "},\n{")
    (OUT / "words.json").write_text(text + "\n", encoding="utf-8")


def main():
    OUT.mkdir(exist_ok=True)
    write_words(Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
