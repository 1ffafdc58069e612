# SPDX-License-Identifier: Apache-2.0
"""The checks of texts and tags as a careful script would do them: one pass, no regular expression a line, no list of
tokens kept.

    python peer_check.py FILE.conll

Prints how many findings of each rule there are, as one JSON object; exits 0.
"""
from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter

TYPES = {"PER", "LOC", "ORG", "MISC", "OTHER"}
DROPPED = {"Cc", "Cf", "Cn", "Co", "Cs", "Zs", "Zl", "Zp", "Mn"}


def is_dropped(character: str) -> bool:
    return unicodedata.category(character) in DROPPED or character == "\ufffd"


class Checker:
    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.texts: dict[str, str] = {}
        self.surfaces: dict[str, set[str]] = {}

    def line(self, line: str) -> None:
        if line.isascii() and line.isprintable():
            return
        for character in line:
            code = ord(character)
            if code == 0xFFFD:
                self.found["text-replacement"] += 1
            elif code < 0x20 and character != "\t" or 0x7F <= code < 0xA0 or code in (0xFEFF, 0x2028, 0x2029):
                self.found["text-control"] += 1

    def token(self, word: str, tag: str, before: str) -> None:
        if not word:
            self.found["text-empty-token"] += 1
        elif not word[0].isascii() and all(map(is_dropped, word)):
            self.found["text-unpieceable"] += 1
        if tag == "O":
            return
        prefix, kind = tag[:2], tag[2:]
        if prefix not in ("B-", "I-") or kind not in TYPES:
            self.found["tag-unknown"] += 1
        elif prefix == "I-" and before == "O":
            self.found["tag-orphan-inside"] += 1
        elif prefix == "I-" and before[2:] != kind:
            self.found["tag-type-change"] += 1

    def sentence(self, words: list[str], tags: list[str]) -> None:
        text, labels = " ".join(words), " ".join(tags)
        if text in self.texts:
            same = self.texts[text] == labels
            self.found["text-duplicate" if same else "text-duplicate-conflict"] += 1
        else:
            self.texts[text] = labels
        start = None
        for i, tag in enumerate(tags + ["O"]):
            goes_on = start is not None and tag[:2] == "I-" and tag[2:] == tags[i - 1][2:]
            if start is not None and not goes_on:
                self.surfaces.setdefault(" ".join(words[start:i]), set()).add(tags[start][2:])
                start = None
            if start is None and tag != "O":
                start = i

    def check(self, path: str) -> None:
        words: list[str] = []
        tags: list[str] = []
        before = "O"
        has_id = False
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file:
                line = line[:-1]
                self.line(line)
                if not line:
                    if not words:
                        self.found["conll-empty-sentence"] += 1
                    elif not has_id:
                        self.found["conll-missing-id"] += 1
                    if words:
                        self.sentence(words, tags)
                    words, tags, before, has_id = [], [], "O", False
                elif line.startswith("IMGID:"):
                    if line in self.ids:
                        self.found["conll-duplicate-id"] += 1
                    self.ids.add(line)
                    has_id = True
                elif line.isspace():
                    self.found["conll-blank-line-spaces"] += 1
                else:
                    columns = line.split("\t")
                    if len(columns) != 2:
                        self.found["conll-columns"] += 1
                        continue
                    word, tag = columns
                    self.token(word, tag, before)
                    words.append(word)
                    tags.append(tag)
                    before = tag
        self.found["tag-ambiguous-surface"] = sum(len(kinds) > 1 for kinds in self.surfaces.values())


def main() -> None:
    checker = Checker()
    checker.check(sys.argv[1])
    print(json.dumps(dict(sorted(checker.found.items()))))


if __name__ == "__main__":
    main()
