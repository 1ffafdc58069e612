# SPDX-License-Identifier: Apache-2.0
"""Train the default tagger; write the float32 weights, the counts and the scores into a folder.

    train_tagger.py --data DATA --encoder FOLDER --out BUILD [--seed N] [--epochs N]

DATA holds twitter2015/ and twitter2017/ (train.txt, valid.txt) and test_hashes.tsv; FOLDER holds the encoder's
model.safetensors and vocab.txt. Every random step comes from the seed.
"""
from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Callable

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from bert import LABELS, Tagger, load_minilm
from scores import valid_scores
from tweets import Pieces, TestSplits, Tweet, WordPieces, hash_keys, read_conll

SETS = ("twitter2015", "twitter2017")
ENCODER_RATE, HEAD_RATE, WARM_UP = 1.5e-4, 1e-3, 0.1
BATCH_PIECES = 1024
WORD_MASK = 0.1  # share of words whose pieces training hides


def training_tweets(data: Path) -> tuple[list[Tweet], dict]:
    """The train splits without any tweet of a public test split or of a valid split, and the counts."""
    tests = TestSplits(data / "test_hashes.tsv")
    valid = {k for s in SETS for t in read_conll(data / s / "valid.txt") for k in hash_keys(t.words)}
    kept, counts = [], {}
    for name in SETS:
        tweets = read_conll(data / name / "train.txt")
        in_test = [bool(tests.holding(t.words)) for t in tweets]
        in_valid = [any(k in valid for k in hash_keys(t.words)) for t in tweets]
        kept += [t for t, a, b in zip(tweets, in_test, in_valid) if not a and not b]
        by_set: dict[str, int] = {}
        for tweet in tweets:
            for where in tests.holding(tweet.words):
                by_set[where] = by_set.get(where, 0) + 1
        counts[name] = {
            "read": len(tweets),
            "in_a_test_split": sum(in_test),
            "in_a_valid_split_only": sum(b and not a for a, b in zip(in_test, in_valid)),
            "by_test_split": dict(sorted(by_set.items())),
        }
    counts["trained_on"] = len(kept)
    return kept, counts


def batches(examples: list[Pieces], rng: random.Random) -> list[list[Pieces]]:
    """Batches of at most BATCH_PIECES pieces, padding included, of about equal lengths, in random order."""
    order = sorted(examples, key=lambda e: (len(e.ids), rng.random()))
    out: list[list[Pieces]] = [[]]
    for example in order:
        if out[-1] and len(example.ids) * (len(out[-1]) + 1) > BATCH_PIECES:
            out.append([])
        out[-1].append(example)
    rng.shuffle(out)
    return out


def padded(rows: list[list[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [0] * (width - len(row)) for row in rows])


def length_mask(rows: list[list[int]]) -> Tensor:
    lengths = torch.tensor([len(r) for r in rows])
    return torch.arange(int(lengths.max()))[None, :] < lengths[:, None]


def masked_ids(example: Pieces, mask: int, rng: random.Random) -> list[int]:
    """The ids with some words hidden, so that the words around them have to tell; case classes stay."""
    ids = list(example.ids)
    for start, end in zip(example.first, example.first[1:] + [len(ids) - 1]):
        if rng.random() < WORD_MASK:
            ids[start:end] = [mask] * (end - start)
    return ids


def batch_loss(tagger: Tagger, batch: list[Pieces], mask: int, rng: random.Random) -> Tensor:
    ids, tags = [masked_ids(e, mask, rng) for e in batch], [e.tags for e in batch]
    emissions = tagger(padded(ids), padded([e.cases for e in batch]), length_mask(ids), padded([e.first for e in batch]))
    return tagger.crf.loss(emissions, padded(tags), length_mask(tags))


def make_optimizer(tagger: Tagger) -> torch.optim.AdamW:
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, p in tagger.named_parameters():
        head = not name.startswith("encoder.") or name == "encoder.embeddings.case"
        rate = HEAD_RATE if head else ENCODER_RATE
        decay = 0.0 if p.ndim == 1 or head else 0.01
        groups.setdefault((rate, decay), []).append(p)
    return torch.optim.AdamW([{"params": p, "lr": r, "weight_decay": d} for (r, d), p in groups.items()])


def train(
    tagger: Tagger,
    examples: list[Pieces],
    epochs: int,
    mask: int,
    rng: random.Random,
    after_epoch: Callable[[int, float], None],
) -> None:
    """after_epoch is called with the epoch's number from 1 and its mean loss."""
    optimizer = make_optimizer(tagger)
    plan = [batches(examples, rng) for _ in range(epochs)]
    steps = sum(map(len, plan))
    warm = max(1, int(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: (s + 1) / warm if s < warm else (steps - s) / (steps - warm)
    )
    for epoch, epoch_batches in enumerate(plan, 1):
        tagger.train()
        total = 0.0
        for batch in epoch_batches:
            loss = batch_loss(tagger, batch, mask, rng)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        after_epoch(epoch, total / len(epoch_batches))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=6)
    args = parser.parse_args()

    torch.set_num_threads(1)  # sums in the same order on every machine
    started, cpu = time.time(), time.process_time()
    rng = random.Random(args.seed)
    pieces = WordPieces((args.encoder / "vocab.txt").read_bytes())
    kept, counts = training_tweets(args.data)
    print(json.dumps(counts), flush=True)
    torch.manual_seed(0)  # every seed starts from the same point, so that runs can be averaged
    tagger = Tagger()
    torch.nn.init.normal_(tagger.classifier.weight, std=0.02)
    torch.nn.init.zeros_(tagger.classifier.bias)
    load_minilm(tagger, load_file(args.encoder / "model.safetensors"))
    torch.manual_seed(args.seed)

    def report(epoch: int, loss: float) -> None:
        f1 = valid_scores(tagger, pieces, args.data)
        print(f"epoch {epoch} loss {loss:.3f} valid F1 {f1} after {time.time() - started:.0f} s", flush=True)

    train(tagger, [pieces.tweet(t) for t in kept], args.epochs, pieces.mask, rng, report)
    args.out.mkdir(parents=True, exist_ok=True)
    save_file(tagger.state_dict(), args.out / "tagger-fp32.safetensors")
    record = {
        "seed": args.seed,
        "epochs": args.epochs,
        "labels": LABELS,
        "counts": counts,
        "valid_fp32": valid_scores(tagger, pieces, args.data),
        "cpu_minutes": round((time.process_time() - cpu) / 60, 1),
        "torch": torch.__version__,
    }
    (args.out / "training.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
