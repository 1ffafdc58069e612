#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Score the labels of small made-up datasets with cleanlab.

    make_label_quality_fixture.py -o tests/oracle/label_quality

Needs cleanlab 2.9.0. Writes golden.json: for each case the labels and probabilities, drawn with a fixed
seed, and what cleanlab makes of them: token and sentence scores, the tokens below two thresholds,
confident thresholds, the confident joint, and the tokens that each filter takes.
"""
import argparse
import json
import os
import warnings

import cleanlab
import numpy as np
from cleanlab import count
from cleanlab.token_classification import filter as token_filter
from cleanlab.token_classification import rank

METHODS = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]
FILTERS = ["prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "predicted_neq_given",
           "low_self_confidence", "low_normalized_margin"]
SOFTMINS = {"softmin": 0.05, "softmin_t0.5": 0.5, "softmin_t0": 0, "softmin_tinf": np.inf}


def draw(seed, n_sentences, n_labels, longest, sharpness, noise, unused):
    dice = np.random.default_rng(seed)
    labels, probabilities = [], []
    for _ in range(n_sentences):
        n = int(dice.integers(1, longest + 1))
        logits = dice.normal(size=(n, n_labels)) * sharpness
        rows = np.exp(logits - logits.max(axis=1, keepdims=True))
        rows = np.round(rows / rows.sum(axis=1, keepdims=True), 6)
        own = rows[:, :n_labels - unused].argmax(axis=1)
        swap = dice.random(n) < noise
        own[swap] = dice.integers(0, n_labels - unused, swap.sum())
        labels.append([int(label) for label in own])
        probabilities.append(rows)
    return labels, probabilities


def plain(values):
    return [v.tolist() if hasattr(v, "tolist") else v for v in values]


def scores(labels, probabilities, method):
    smallest, tokens = rank.get_label_quality_scores(labels, probabilities, token_score_method=method)
    out = {"token": [t.tolist() for t in tokens], "min": smallest.tolist()}
    for name, temperature in SOFTMINS.items():
        out[name] = rank.get_label_quality_scores(
            labels, probabilities, token_score_method=method, sentence_score_method="softmin",
            sentence_score_kwargs={"temperature": temperature})[0].tolist()
    for threshold in (0.1, 0.5):
        found = rank.issues_from_scores(smallest, token_scores=tokens, threshold=threshold)
        out["issues_below_%s" % threshold] = [[int(i), int(j)] for i, j in found]
    return out


def case(name, labels, probabilities):
    flat_labels = np.array([label for sentence in labels for label in sentence])
    flat = np.concatenate(probabilities)

    def issues(**more):
        found = token_filter.find_label_issues(labels, probabilities, n_jobs=1, **more)
        return [[int(i), int(j)] for i, j in found]

    return {
        "name": name,
        "labels": labels,
        "probabilities": plain(probabilities),
        "scores": {method: scores(labels, probabilities, method) for method in METHODS},
        "confident_thresholds": count.get_confident_thresholds(flat_labels, flat).tolist(),
        "confident_joint": count.compute_confident_joint(flat_labels, flat).tolist(),
        "uncalibrated_confident_joint": count.compute_confident_joint(flat_labels, flat, calibrate=False).tolist(),
        "find_label_issues": {name: issues(filter_by=name) for name in FILTERS},
        "find_label_issues_low_memory": [[int(i), int(j)] for i, j in token_filter.find_label_issues(
            labels, probabilities, low_memory=True)],
        "find_label_issues_default_by_normalized_margin": issues(return_indices_ranked_by="normalized_margin"),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", required=True)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    cases = [
        case("tags", *draw(21, 14, 5, 7, 2.0, 0.2, 0)),
        case("sure", *draw(22, 10, 3, 6, 6.0, 0.3, 0)),
        case("vague", *draw(23, 12, 4, 5, 0.5, 0.1, 0)),
        case("unused labels", *draw(24, 8, 7, 6, 2.0, 0.25, 3)),
    ]
    os.makedirs(args.o, exist_ok=True)
    with open(os.path.join(args.o, "golden.json"), "w", encoding="utf-8") as out:
        json.dump({"cleanlab": cleanlab.__version__, "numpy": np.__version__, "cases": cases}, out)
        out.write("\n")


main()
