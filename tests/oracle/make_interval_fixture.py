#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compute bootstrap intervals and paired tests with numpy, from the resamples that lib/corpus/resample.h draws.

    make_interval_fixture.py -o tests/oracle/intervals

Only the stream of numbers (SplitMix64, started from the seed and a text by FNV-1a) is stated again here; quantiles,
counts and ratios are numpy's. Needs numpy.
"""
import argparse
import json
import os

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


class Stream:
    def __init__(self, seed, text):
        state = 0xCBF29CE484222325
        for byte in text.encode():
            state = (state ^ byte) * 0x100000001B3 & MASK
        self.state = (state + seed * GOLDEN) & MASK
        self.state = self.next()

    def next(self):
        self.state = (self.state + GOLDEN) & MASK
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        return z ^ z >> 31


def ratios(counts):
    """counts [..., 3] are gold, found, correct."""
    gold, found, correct = np.moveaxis(counts.astype(float), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(found > 0, correct / found, 0)
        recall = np.where(gold > 0, correct / gold, 0)
        f1 = np.where(precision + recall > 0, 2 * precision * recall / (precision + recall), 0)
    return precision, recall, f1


def interval(values):
    return np.percentile(values, [2.5, 97.5]).tolist()


def case(n, resamples, seed, dice):
    gold = dice.integers(0, 4, n)
    found = dice.integers(0, 4, n)
    records = np.stack([gold, found, dice.binomial(np.minimum(gold, found), 0.8)], -1)
    found = dice.integers(0, 4, n)
    others = np.stack([gold, found, dice.binomial(np.minimum(gold, found), 0.7)], -1)
    draws = [Stream(seed, "bootstrap/%d" % r) for r in range(resamples)]
    index = np.array([[stream.next() % n for _ in range(n)] for stream in draws])
    precision, recall, f1 = ratios(records[index].sum(1))
    differences = f1 - ratios(others[index].sum(1))[2]
    tosses = [Stream(seed, "randomisation/%d" % r) for r in range(resamples)]
    words = np.array([[stream.next() for _ in range((n + 63) // 64)] for stream in tosses], dtype=np.uint64)
    bits = np.array([[int(words[r, i // 64]) >> i % 64 & 1 for i in range(n)] for r in range(resamples)], dtype=bool)
    first = np.where(bits[..., None], others, records).sum(1)
    second = np.where(bits[..., None], records, others).sum(1)
    swapped = ratios(first)[2] - ratios(second)[2]
    found_difference = float(ratios(records.sum(0))[2] - ratios(others.sum(0))[2])
    bound = abs(found_difference) - 1e-12

    def part(values):
        return float((1 + np.count_nonzero(np.abs(values) >= bound)) / (1 + resamples))

    return {"seed": seed, "resamples": resamples, "records": records.tolist(), "others": others.tolist(),
            "precision": interval(precision), "recall": interval(recall), "f1": interval(f1),
            "difference": found_difference, "interval": interval(differences),
            "bootstrap_p": part(differences - found_difference), "randomisation_p": part(swapped)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", required=True)
    args = parser.parse_args()
    dice = np.random.default_rng(1)
    cases = [case(1, 5, 1, dice), case(40, 99, 1, dice), case(150, 200, 7, dice)]
    with open(os.path.join(args.o, "intervals.json"), "w", encoding="utf-8") as out:
        json.dump(cases, out, separators=(",", ":"))
        out.write("\n")


main()
