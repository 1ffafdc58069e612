#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run an original on tweets of this repository with generated weights, and write what it gave.

    make_system_fixture.py SYSTEM CHECKOUT [--seed N] [--tweets FILE] [--max-pieces N] [--out DIR] [--keep DIR]

CHECKOUT is a folder with the original's public repository, which this script reads and never copies:
    bert_crf, hvpnet_ner, hvpnet_re    zjunlp/HVPNeT          umgf                   TransformersWsz/UMGF
    umt                                jefferyYu/UMT          rpbert, rpbert_linear  Multimodal-NER/RpBERT
    maf                                xubodhu/MAF            mega                   thecharm/Mega

SYSTEM.json: the records (words, pictures by their path in this repository, ids, raw label of each word or null,
relation), the parts of the model (systems/common.py) and the seed. SYSTEM.safetensors: N.emissions or N.logits of
record N and some intermediates, by the names of `tagsight predict --dump-all`.
FILE has records as systems/tweets.json. DIR of --keep gets the data as the original's users have them, the checkpoint as its trainer
writes it, and vocab.txt, so that `tagsight predict` can run on them.
Needs: torch 1.13 or later, torchvision, transformers 4.30, pytorch-crf, Pillow 9 or later, safetensors, numpy, seqeval, scikit-learn.
"""
import argparse
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import torch  # noqa: E402
from systems import common  # noqa: E402

MODULES = ["hvpnet", "umt", "maf", "umgf", "rpbert", "mega"]


class Run:
    """What a system's script works with, and where it puts its results."""
    def __init__(self, name, system, args, folder):
        kind = "relations" if "relations" in system else "tweets"
        self.name, self.folder, self.checkout = name, folder, args.checkout.resolve()
        self.seed = system["seed"] if args.seed is None else args.seed
        self.models = system["models"]
        self.max_pieces, self.fallback = args.max_pieces, system.get("fallback")
        self.saves = args.keep is not None
        pool = json.loads((args.tweets or common.HERE / (kind + ".json")).read_text(encoding="utf-8"))
        self.records = [r for r in pool if args.tweets or r["id"] in system[kind]]
        self.facts, self.tensors = [], {}

    def save(self, state, name):
        """A checkpoint, where it is wanted."""
        if self.saves:
            torch.save(state, self.folder / name)

    def add(self, facts, tensors):
        """The results of the next record."""
        record = dict(self.records[len(self.facts)])
        for name, value in tensors.items():
            self.tensors["%d.%s" % (len(self.facts), name)] = value
        self.facts.append({**record, **facts})

    def write(self, out):
        facts = {"system": self.name, "seed": self.seed, "models": self.models, "records": self.facts}
        for key in ("max_pieces", "fallback"):
            if getattr(self, key):
                facts[key] = getattr(self, key)
        common.write_golden(out, self.name, facts, self.tensors)


def all_systems():
    found = {}
    for name in MODULES:
        found.update(importlib.import_module("systems." + name).SYSTEMS)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--tweets", type=Path)
    parser.add_argument("--max-pieces", type=int)
    parser.add_argument("--out", type=Path, default=common.HERE)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    systems = all_systems()
    if args.system not in systems:
        parser.error("the systems are " + ", ".join(systems))
    torch.set_num_threads(1)
    common.no_start_weights()
    with tempfile.TemporaryDirectory() as temporary, torch.no_grad():
        folder = (args.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        common.write_vocabulary(folder / "vocab.txt")
        run = Run(args.system, systems[args.system], args, folder)
        out = args.out.resolve()
        os.chdir(folder)
        systems[args.system]["make"](run)
        run.write(out)


if __name__ == "__main__":
    main()
