#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Score a file of words with gold and predicted tag by seqeval: what `tagsight eval --scorer seqeval` prints.

    peer_eval.py FILE
"""
import sys

from seqeval.metrics import classification_report


def main():
    gold, guess, pairs = [], [], []
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            if line.isspace():
                if pairs:
                    gold.append([pair[0] for pair in pairs])
                    guess.append([pair[1] for pair in pairs])
                pairs = []
            else:
                pairs.append(line.split()[-2:])
    print(classification_report(gold, guess, digits=4))


main()
