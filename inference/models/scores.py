# SPDX-License-Identifier: Apache-2.0
"""Print the seqeval F1 of a stored tagger on both valid splits: scores.py TAGGER.safetensors DATA"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from seqeval.metrics import f1_score
from torch import Tensor

from bert import LABELS, Tagger
from export_tagger import load_int8
from tweets import Tweet, WordPieces, chunks, read_conll

VALID = ("twitter2015", "twitter2017")


@torch.no_grad()
def word_emissions(tagger: Tagger, pieces: WordPieces, words: list[str]) -> Tensor:
    """[words, labels] of one tweet, computed alone (no padding), in chunks where it is too long."""
    rows = []
    for run in chunks(words, pieces):
        p = pieces.tweet(Tweet(run, []))
        ids = torch.tensor([p.ids])
        hidden = tagger.piece_emissions(ids, torch.tensor([p.cases]), torch.ones_like(ids, dtype=torch.bool))
        rows.append(hidden[0, p.first])
    return torch.cat(rows)


def predict(tagger: Tagger, pieces: WordPieces, tweets: list[Tweet]) -> list[list[str]]:
    tagger.eval()
    return [[LABELS[i] for i in tagger.crf.decode(word_emissions(tagger, pieces, t.words))] for t in tweets]


def valid_scores(tagger: Tagger, pieces: WordPieces, data: Path) -> dict[str, float]:
    """seqeval's default micro F1, in per cent, on each valid split."""
    out = {}
    for name in VALID:
        tweets = read_conll(data / name / "valid.txt")
        guess = predict(tagger, pieces, tweets)
        out[name] = round(100 * f1_score([t.tags for t in tweets], guess), 2)
    return out


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tagger, pieces = load_int8(Path(sys.argv[1]))
    print(json.dumps(valid_scores(tagger, pieces, Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
