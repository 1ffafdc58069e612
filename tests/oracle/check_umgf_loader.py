#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load what `tagsight ground` left in DATA, a folder with my_data/ and data/, by UMGF's own dataset class.

usage: check_umgf_loader.py CHECKOUT DATA VOCAB

CHECKOUT is a checkout of TransformersWsz/UMGF, VOCAB the vocab.txt of a BERT. Every sample is asked for, and
its pictures are opened and prepared by the original's collate_fn; a split passes when there are as many
samples as N_s.txt files and four pictures each. Needs torch, torchvision, transformers and Pillow; what
the module imports beside them for training is replaced by empty modules.
"""
import glob
import importlib
import importlib.machinery
import os
import sys
import types

import torch
from transformers import BertTokenizer


class Anything(types.ModuleType):
    """A module that has whatever is imported from it."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **named: None


def load_module(checkout, vocab):
    sys.path.insert(0, checkout)
    for name in ("torchcrf", "tqdm", "seqeval", "seqeval.metrics", "tensorboardX", "torch.utils.tensorboard"):
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = Anything(name)
    tokenizer = BertTokenizer(vocab, do_lower_case=False)
    BertTokenizer.from_pretrained = classmethod(lambda cls, name, **named: tokenizer)
    sys.argv = sys.argv[:1]
    module = importlib.import_module("ddp_mmner")
    module.device = torch.device("cpu")
    return module


def main():
    checkout, data, vocab = (os.path.abspath(path) for path in sys.argv[1:4])
    module = load_module(checkout, vocab)
    failed = False
    for folder in sorted(glob.glob(os.path.join(data, "my_data", "*", "*"))):
        images = os.path.join(data, "data", os.path.basename(os.path.dirname(folder)), "image")
        samples = module.MMNerDataset(folder, images)
        wanted = len(glob.glob(os.path.join(folder, "*_s.txt")))
        opened = 0
        for i in range(len(samples)):
            pictures = module.collate_fn([samples[i]])["b_img"]
            opened += sum(bool(picture.abs().sum() > 0) for picture in pictures)
        good = len(samples) == wanted and opened == 4 * wanted
        failed |= not good
        print(f"{folder}: {len(samples)} samples of {wanted}, {opened} crops {'as wanted' if good else 'WRONG'}")
    sys.exit(failed)


main()
