# SPDX-License-Identifier: Apache-2.0
"""Tweets in CoNLL form, their word pieces and their case classes: the tagger's input, as README.md defines it."""
from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from tokenizers import BertWordPieceTokenizer

from bert import CONFIG, LABELS

SPECIAL, NO_LETTERS, LOWER, CAPITALISED, ALL_CAPS, MIXED, MENTION, HASHTAG, URL, SINGLE_CAPITAL = range(10)


@dataclass
class Tweet:
    words: list[str]
    tags: list[str]


@dataclass
class Pieces:
    """One tweet for the encoder: ids and case classes with [CLS] and [SEP], and each word's first piece."""

    ids: list[int]
    cases: list[int]
    first: list[int]
    tags: list[int]


def read_conll(path: Path) -> list[Tweet]:
    """Lines `word TAB tag`; blank and IMGID lines end a tweet. OTHER is read as MISC."""
    tweets, words, tags = [], [], []
    for line in path.read_text(encoding="utf-8").split("\n") + [""]:
        line = line.rstrip("\r")
        if "\t" in line:
            word, tag = line.split("\t")[:2]
            words.append(word)
            tags.append(tag.strip().replace("OTHER", "MISC"))
        elif words and (not line.strip() or line.startswith("IMGID:")):
            tweets.append(Tweet(words, tags))
            words, tags = [], []
    return tweets


def is_url(word: str) -> bool:
    return word[:4].lower() == "http"


def case_class(word: str) -> int:
    """The case class of a whole word; first rule that fits (README.md)."""
    if is_url(word):
        return URL
    if len(word) > 1 and word[0] in "@#":
        return MENTION if word[0] == "@" else HASHTAG
    letters = [c for c in map(unicodedata.category, word) if c[0] == "L"]
    capitals = [c in ("Lu", "Lt") for c in letters]
    if not letters:
        return NO_LETTERS
    if not any(capitals):
        return LOWER
    if all(capitals):
        return SINGLE_CAPITAL if len(letters) == 1 else ALL_CAPS
    return CAPITALISED if capitals[0] and not any(capitals[1:]) else MIXED


class WordPieces:
    """Words to pieces. A word that starts with http is `http`; a word without pieces is one [UNK]."""

    def __init__(self, vocabulary: bytes) -> None:
        """vocabulary: one piece a line, id = line number."""
        ids = {piece: i for i, piece in enumerate(vocabulary.decode().split("\n")[:-1])}
        self.tokenizer = BertWordPieceTokenizer(ids, lowercase=True)
        special = ("[CLS]", "[SEP]", "[UNK]", "[MASK]")
        self.cls, self.sep, self.unk, self.mask = map(self.tokenizer.token_to_id, special)

    def word(self, word: str) -> list[int]:
        text = "http" if is_url(word) else word
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids[: CONFIG["max_pieces_per_word"]] or [self.unk]

    def tweet(self, tweet: Tweet) -> Pieces:
        """The whole tweet as one sequence; see chunks() for one that the encoder cannot hold."""
        ids, cases, first = [self.cls], [SPECIAL], []
        for word in tweet.words:
            pieces = self.word(word)
            first.append(len(ids))
            ids += pieces
            cases += [case_class(word)] * len(pieces)
        tags = [LABELS.index(t) for t in tweet.tags]
        return Pieces(ids + [self.sep], cases + [SPECIAL], first, tags)


def chunks(words: list[str], pieces: WordPieces) -> Iterator[list[str]]:
    """Runs of whole words, each as long as fits between [CLS] and [SEP] in the encoder's positions."""
    room, used, run = CONFIG["max_position"] - 2, 0, []
    for word in words:
        need = len(pieces.word(word))
        if run and used + need > room:
            yield run
            used, run = 0, []
        used += need
        run.append(word)
    if run:
        yield run


class TestSplits:
    """Hashes of the public test splits' tweets (lines `set kind key`): training text must hold none of them."""

    def __init__(self, table: Path) -> None:
        self.sets: dict[tuple[str, str], set[str]] = {}
        for line in table.read_text().splitlines():
            name, kind, key = line.split()
            self.sets.setdefault((kind, key), set()).add(name)

    def holding(self, words: list[str]) -> set[str]:
        """The names of the sets whose test split holds this tweet, exactly or loosely."""
        return set().union(*(self.sets.get(key, set()) for key in hash_keys(words)))


def hash_keys(words: list[str]) -> Iterator[tuple[str, str]]:
    digest = lambda text: hashlib.sha256(text.encode()).hexdigest()[:16]
    yield "exact", digest(" ".join(words))
    kept = [w for w in words if not re.match(r"(https?|@)", w, re.I) and w.lower() != "rt"]
    loose = re.sub(r"[\W_]+", "", "".join(kept).lower())
    if len(loose) >= 12:
        yield "loose", digest(loose)
