# SPDX-License-Identifier: Apache-2.0
"""Near-duplicates of one CoNLL file in another with datasketch: as many hash functions, the same similarity and runs of
characters as tagsight check --overlap, candidates compared by their true similarity; prints how many there are."""
import sys

from datasketch import MinHash, MinHashLSH


def texts(path):
    words = []
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("IMGID:"):
            continue
        if line:
            words.append(line.split("\t")[0])
        elif words:
            yield "".join(c for c in "".join(words).lower() if c.isalnum())
            words = []


def runs(text):
    return {text[i:i + 5] for i in range(max(1, len(text) - 4))}


def signature(these):
    minhash = MinHash(num_perm=96, seed=1)
    minhash.update_batch([run.encode() for run in these])
    return minhash


def main():
    first = [runs(text) for text in texts(sys.argv[1])]
    index = MinHashLSH(threshold=0.7, num_perm=96, params=(24, 4))
    for number, these in enumerate(first):
        index.insert(number, signature(these))
    found = 0
    for text in texts(sys.argv[2]):
        these = runs(text)
        found += any(len(these & first[n]) >= 0.7 * len(these | first[n]) for n in index.query(signature(these)))
    print(found)


main()
