#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Find like tweets by comparing all with all, as `tagsight check --overlap` must without doing so.

    make_overlap_fixture.py                 write tests/oracle/overlap/pairs.tsv from made-up tweets
    make_overlap_fixture.py A.txt B.txt     print the pairs of two CoNLL files: lines, similarity

Normalisation is written again here, from its description in preprocess/overlap/tweet_key.h, with Python's own
Unicode tables; the similarity is the Jaccard index of the sets of runs of five characters.
"""
import os
import random
import re
import sys
import unicodedata

LENGTH, LEAST, THRESHOLD = 5, 12, 0.7


def normalise(words):
    out, before = [], ""
    for word in words:
        link = before.lower().startswith("http") and before.endswith(".")
        lower = word.lower()
        skip = (before == "@" or link or word.startswith("@") or lower == "rt"
                or lower.startswith(("http", "www.", "pic.twitter.com")))
        before = word
        if skip:
            continue
        word = re.split(r"https?://", word)[0]
        word = re.sub(r"(?i)&(amp|lt|gt|quot|#39)(?![A-Za-z0-9]);?", "", word)
        out.append(word)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", "".join(out)).casefold())
    text = "".join(c for c in text if unicodedata.category(c)[0] in "LN")
    return re.sub(r"([^\W\d_])\1\1+", r"\1\1", text)


def runs(text):
    return {text[i:i + LENGTH] for i in range(max(1, len(text) - LENGTH + 1))}


def pairs(first, second):
    """(number, number, similarity) of all that are alike and not the same."""
    index = {}
    second = [(normalise(words), number) for number, words in second]
    second = [(text, number, runs(text)) for text, number in second if len(text) >= LEAST]
    for at, (_, _, those) in enumerate(second):
        for run in those:
            index.setdefault(run, []).append(at)
    for number, words in first:
        text = normalise(words)
        if len(text) < LEAST:
            continue
        these, both = runs(text), {}
        for run in these:
            for at in index.get(run, ()):
                both[at] = both.get(at, 0) + 1
        for at, n in both.items():
            other, other_number, those = second[at]
            similarity = n / (len(these) + len(those) - n)
            if similarity >= THRESHOLD and other != text:
                yield number, other_number, similarity


def read(path):
    words, start = [], 0
    for number, line in enumerate(open(path, encoding="utf-8", newline="\n"), 1):
        line = line.rstrip("\r\n")
        if not line.strip(" \t") or line.startswith("IMGID:"):
            if words:
                yield start, words
            words = []
        else:
            start = start if words else number
            words.append(line.split("\t")[0])
    if words:
        yield start, words


def made_up():
    """Tweets and versions of them, a word changed here and there."""
    rng = random.Random(7)
    syllables = "ba ke lo mi nu ra se ti vo zu an er is ok ún ış ßa".split()
    lexicon = ["".join(rng.choice(syllables) for _ in range(rng.randint(1, 4))) for _ in range(400)]
    extras = ["@name", "#Tag", "http://t.co/x1", "RT", "&amp;", "&lt", "soooo", "ＦＵＬＬ", "😀", "Ünïcode", "e\u0301te", "1000000", "..."]
    for _ in range(120):
        words = [rng.choice(lexicon) for _ in range(rng.randint(3, 18))]
        other = list(words)
        for _ in range(rng.randint(0, 5)):
            other[rng.randrange(len(other))] = rng.choice(lexicon)
        for side in (words, other):
            for _ in range(rng.randint(0, 4)):
                side.insert(rng.randint(0, len(side)), rng.choice(extras))
        yield words, other


def main():
    if len(sys.argv) == 3:
        for a, b, similarity in pairs(read(sys.argv[1]), read(sys.argv[2])):
            print("%d\t%d\t%.6f" % (a, b, similarity))
        return
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "overlap")
    with open(os.path.join(folder, "pairs.tsv"), "w", encoding="utf-8") as out:
        for words, other in made_up():
            a, b = runs(normalise(words)), runs(normalise(other))
            out.write("%s\t%s\t%s\t%s\t%.6f\n" % (" ".join(words), " ".join(other), normalise(words),
                                                  normalise(other), len(a & b) / len(a | b)))


main()
