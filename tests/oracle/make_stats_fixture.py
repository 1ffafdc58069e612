#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Count a small data set with other programs.

    make_stats_fixture.py --conlleval conlleval.pl -o tests/oracle/stats

Needs perl, numpy and seqeval. Writes toy/train.txt and toy/valid.txt, tweets with malformed tags drawn with a
fixed seed, and golden.json: phrases by conlleval.pl, by seqeval's default and strict mode (IOB2) and by B- tags,
lengths by NumPy, words and names that train lacks by sets.
"""
import argparse
import collections
import json
import os
import random
import subprocess

import numpy as np
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

WORDS = ["Jo", "Mo", "of", "the", "Rome", "Inn", "New", "York", "é", "@x", "#y", "rt", "in", "a"]
TAGS = ["O"] * 9 + ["B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]


def draw(dice, n, words):
    return [[(dice.choice(words), dice.choice(TAGS)) for _ in range(dice.randint(1, 20))] for _ in range(n)]


def phrases(conlleval, sentences):
    text = "".join("".join("%s %s %s\n" % (w, t, t) for w, t in s) + "\n" for s in sentences)
    out = subprocess.run(["perl", conlleval], input=text, capture_output=True, text=True, check=True).stdout
    types = {}
    for line in out.splitlines()[2:]:
        types[line.split(":")[0].strip()] = int(line.split()[-1])
    return int(out.split("with ")[1].split()[0]), types


def conlleval_names(sentences):
    """Entities by their words; without E and S conlleval's entities are those of seqeval's default mode."""
    names = []
    per_sentence = []
    for sentence in sentences:
        found = get_entities([t for _, t in sentence])
        per_sentence.append(len(found))
        names += [" ".join(w for w, _ in sentence[begin:end + 1]) for _, begin, end in found]
    return names, per_sentence


def describe(values):
    values = np.array(values)
    percentile = {"p%d" % p: int(np.percentile(values, p, method="inverted_cdf")) for p in (25, 75, 95, 99)}
    return {"mean": float(values.mean()), "median": float(np.median(values)), **percentile, "max": int(values.max()),
            "counts": np.bincount(values).tolist()}


def vocabulary(items, train):
    out = {"distinct": len(set(items)), "total": len(items), "not_in_train": None, "total_not_in_train": None}
    if train is not None:
        out["not_in_train"] = len(set(items) - set(train))
        out["total_not_in_train"] = sum(item not in set(train) for item in items)
    return out


def count(conlleval, sentences, train):
    tags = [[t for _, t in s] for s in sentences]
    total, types = phrases(conlleval, sentences)
    begin = collections.Counter(t[2:] for s in tags for t in s if t.startswith("B-"))
    default = collections.Counter(e[0] for s in tags for e in get_entities(s))
    strict = collections.Counter(e.tag for s in Entities(tags, IOB2).entities for e in s)
    names, per_sentence = conlleval_names(sentences)
    assert len(names) == total
    words = [w for s in sentences for w, _ in s]
    train_words = train and [w for s in train for w, _ in s]
    by_rule = {"conlleval": types, "begin-only": dict(begin), "seqeval": dict(default), "strict": dict(strict)}
    return {
        "records": len(sentences),
        "tokens": len(words),
        "entities": {rule: sum(counts.values()) for rule, counts in by_rule.items()},
        "types": types,
        "types_by_rule": by_rule,
        "length": describe([len(s) for s in sentences]),
        "entities_per_record": describe(per_sentence),
        "words": vocabulary(words, train_words),
        "surfaces": vocabulary(names, train and conlleval_names(train)[0]),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--conlleval", required=True)
    parser.add_argument("-o", required=True)
    args = parser.parse_args()
    dice = random.Random(1912)
    train, valid = draw(dice, 37, WORDS[:-3]), draw(dice, 20, WORDS)
    os.makedirs(os.path.join(args.o, "toy"), exist_ok=True)
    golden = {"train": count(args.conlleval, train, None), "valid": count(args.conlleval, valid, train)}
    number = 0
    for name, sentences in (("train", train), ("valid", valid)):
        with open(os.path.join(args.o, "toy", name + ".txt"), "w", encoding="utf-8") as out:
            for sentence in sentences:
                number += 1
                out.write("IMGID:%d\n" % number + "".join("%s\t%s\n" % pair for pair in sentence) + "\n")
    with open(os.path.join(args.o, "golden.json"), "w", encoding="utf-8") as out:
        json.dump(golden, out, indent=1)
        out.write("\n")


main()
