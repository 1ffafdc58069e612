#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Score twenty short tag sequences with the original scorers.

    make_scorer_fixture.py --conlleval conlleval.pl -o tests/oracle/scorers

Writes pairs.txt (word, gold, predicted), gold.txt, predicted.txt, predicted.jsonl, and what conlleval.pl
(version 2004-01-26, under perl) and seqeval 1.2.2 (default mode, four digits) print of them. The tags are
drawn with a fixed seed, malformed ones among them, since the scorers differ there.
"""
import argparse
import json
import os
import random
import subprocess
import warnings

from seqeval.metrics import classification_report

TAGS = ["O"] * 8 + ["B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"] * 2 + [
    "E-PER", "S-LOC", "X", "[CLS]", "PAD", "B-geo-loc", "I-geo-loc", "B--odd"]


def draw(dice):
    sentences = []
    for _ in range(20):
        n = dice.randint(1, 9)
        gold = [dice.choice(TAGS) for _ in range(n)]
        guess = [dice.choice(TAGS) if dice.random() < 0.25 else tag for tag in gold]
        sentences.append((gold, guess))
    return sentences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--conlleval", required=True)
    parser.add_argument("-o", required=True)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    sentences = draw(random.Random(20040126))

    def write(name, text):
        with open(os.path.join(args.o, name), "w", encoding="utf-8") as out:
            out.write(text)

    def columns(separator, *chosen):
        return "".join(
            "".join(separator.join(["w%d" % i] + [row[c] for c in chosen]) + "\n" for i, row in enumerate(zip(*s))) + "\n"
            for s in sentences)

    pairs = columns(" ", 0, 1)
    write("pairs.txt", pairs)
    write("gold.txt", columns("\t", 0))
    write("predicted.txt", columns("\t", 1))
    write("predicted.jsonl", "".join(json.dumps({"tags": s[1]}) + "\n" for s in sentences))
    write("conlleval.txt", subprocess.run(["perl", args.conlleval], input=pairs, capture_output=True, text=True,
                                          check=True).stdout)
    write("seqeval.txt", classification_report([s[0] for s in sentences], [s[1] for s in sentences], digits=4))


if __name__ == "__main__":
    main()
