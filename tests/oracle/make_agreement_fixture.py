#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure the agreement of made-up annotators with the libraries that the field uses.

    make_agreement_fixture.py -o tests/oracle/agreement

Needs scikit-learn, statsmodels, krippendorff, nltk and seqeval. Writes anna.txt, ben.txt, cleo.txt and
dora.txt, CoNLL files of the same words whose tags are drawn with a fixed seed, and golden.json: Cohen's
kappa by scikit-learn and by NLTK, Fleiss' kappa by statsmodels, Krippendorff's alpha by krippendorff and by
NLTK, F1 on spans by seqeval; on all words, on those with a tag, and of each type.
"""
import argparse
import itertools
import json
import os
import random

import krippendorff
import numpy as np
from nltk.metrics.agreement import AnnotationTask
from seqeval.metrics import f1_score
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

NAMES = ["anna", "ben", "cleo", "dora"]
TYPES = ["LOC", "ORG", "PER"]


def draw(dice):
    """Sentences of well-formed IOB2 tags, and four annotators who change some spans."""
    sentences = []
    for number in range(30):
        n = dice.randint(2, 12)
        versions = []
        spans = [(dice.randrange(n), dice.randint(1, 3), dice.choice(TYPES)) for _ in range(dice.randint(0, 3))]
        for _ in NAMES:
            tags = ["O"] * n
            for begin, length, kind in spans:
                if dice.random() < 0.15:
                    continue
                if dice.random() < 0.15:
                    kind = dice.choice(TYPES)
                length += dice.random() < 0.1
                if any(tag != "O" for tag in tags[begin:begin + length]):
                    continue
                for i in range(begin, min(n, begin + length)):
                    tags[i] = ("B-" if i == begin else "I-") + kind
                after = begin + length
                if after < n and tags[after].startswith("I-"):
                    tags[after] = "B-" + tags[after][2:]
            versions.append(tags)
        sentences.append((number, versions))
    return sentences


def measures(rows):
    """Of a list of units, each a list of categories by annotator."""
    rows = np.array(rows)
    out = {"units": len(rows)}
    codes = {c: i for i, c in enumerate(sorted(set(rows.flat)))}
    numbers = np.vectorize(codes.get)(rows)
    task = AnnotationTask([(str(r), str(u), str(c)) for u, row in enumerate(rows) for r, c in enumerate(row)])
    if rows.shape[1] == 2:
        out["cohen"] = cohen_kappa_score(rows[:, 0], rows[:, 1])
        assert abs(out["cohen"] - task.kappa()) < 1e-12
    out["fleiss"] = fleiss_kappa(aggregate_raters(numbers)[0])
    out["krippendorff"] = krippendorff.alpha(numbers.T, level_of_measurement="nominal",
                                             value_domain=sorted(codes.values()))
    assert abs(out["krippendorff"] - task.alpha()) < 1e-9
    return {key: value if isinstance(value, int) else float(value) for key, value in out.items()}


def select(units, scope, raters):
    rows = [[unit[r] for r in raters] for unit in units]
    if scope == "tagged":
        return [row for row in rows if any(c != "O" for c in row)]
    if scope in TYPES:
        return [[str(c.endswith("-" + scope)) for c in row] for row in rows]
    return rows


def only(tags, scope):
    return [t if scope not in TYPES or t.endswith("-" + scope) else "O" for t in tags]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", required=True)
    args = parser.parse_args()
    sentences = draw(random.Random(1960))
    units = [list(unit) for _, versions in sentences for unit in zip(*versions)]
    everyone = range(len(NAMES))
    golden = {}
    for scope in ["all", "tagged"] + TYPES:
        golden[scope] = measures(select(units, scope, everyone))
        golden[scope].pop("cohen", None)
        golden[scope]["pairs"] = []
        for a, b in itertools.combinations(everyone, 2):
            pair = measures(select(units, scope, [a, b]))
            pair["f1"] = float(f1_score([only(v[a], scope) for _, v in sentences],
                                        [only(v[b], scope) for _, v in sentences]))
            golden[scope]["pairs"].append(pair)
    os.makedirs(args.o, exist_ok=True)
    for r, name in enumerate(NAMES):
        with open(os.path.join(args.o, name + ".txt"), "w", encoding="utf-8") as out:
            for number, versions in sentences:
                out.write("IMGID:%d\n" % number)
                for i, tag in enumerate(versions[r]):
                    out.write("w%d\t%s\n" % (i, tag))
                out.write("\n")
    with open(os.path.join(args.o, "golden.json"), "w", encoding="utf-8") as out:
        json.dump(golden, out, indent=1)
        out.write("\n")


main()
