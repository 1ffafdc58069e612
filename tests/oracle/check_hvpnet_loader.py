#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load what `tagsight prepare` or `tagsight ground` left in DATA by HVPNeT's own dataset classes.

usage: check_hvpnet_loader.py CHECKOUT DATA VOCAB

CHECKOUT is a checkout of zjunlp/HVPNeT, VOCAB the vocab.txt of bert-base-uncased. Every sample is asked
for; a split passes when there are as many samples as records and as many object pictures that are not
zeros as the dict names (three a record at most). Needs torch, torchvision, transformers and Pillow.
"""
import importlib.util
import os
import sys

import torch
from torchvision import transforms
from transformers import BertTokenizer

MODES = {"train": ("train", "train", "train"), "dev": ("valid", "val", "dev"), "test": ("test", "test", "test")}


def load_module(checkout, vocab):
    path = os.path.join(checkout, "processor", "dataset.py")
    spec = importlib.util.spec_from_file_location("hvpnet_dataset", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Tokenizer:
        @staticmethod
        def from_pretrained(name, do_lower_case=True):
            return BertTokenizer(vocab, do_lower_case=do_lower_case)

    module.BertTokenizer = Tokenizer
    return module


def entity_sets(data):
    folder = os.path.join(data, "NER_data")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if not os.path.exists(os.path.join(folder, name, "train.txt")):
            continue
        paths, crops = {}, {}
        for mode, (text, short, _) in MODES.items():
            paths[mode] = os.path.join(folder, name, f"{text}.txt")
            paths[mode + "_auximgs"] = os.path.join(folder, name, f"{name}_{short}_dict.pth")
            crops[mode] = os.path.join(folder, name + "_aux_images", short, "crops")
        yield name, paths, os.path.join(folder, name + "_images"), crops


def relation_set(data):
    folder = os.path.join(data, "RE_data")
    paths, images, crops = {"re_path": os.path.join(folder, "ours_rel2id.json")}, {}, {}
    for mode, (_, short, long) in MODES.items():
        paths[mode] = os.path.join(folder, "txt", f"ours_{short}.txt")
        paths[mode + "_auximgs"] = os.path.join(folder, "txt", f"mre_{long}_dict.pth")
        images[mode] = os.path.join(folder, "img_org", short)
        crops[mode] = os.path.join(folder, "img_vg", short, "crops")
    return paths, images, crops


def check(label, dataset, records, dict_path):
    crops = sum(min(3, len(names)) for names in torch.load(dict_path).values())
    # The last item of a sample holds the objects, [3, 3, 224, 224].
    seen = sum(int(picture.abs().sum() > 0) for i in range(len(dataset)) for picture in dataset[i][-1])
    good = len(dataset) == records and seen == crops
    print(f"{'ok' if good else 'BAD'}  {label}: {len(dataset)} samples of {records} records, "
          f"{seen} objects of {crops} in the dict")
    return good


def main():
    checkout, data, vocab = sys.argv[1:]
    module = load_module(checkout, vocab)
    transform = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor()])
    good = True
    for name, paths, images, crops in entity_sets(data):
        for mode in MODES:
            if os.path.exists(paths[mode]):
                processor = module.MMPNERProcessor(paths, "bert-base-uncased")
                dataset = module.MMPNERDataset(processor, transform, images, crops, 80, 1.0, mode)
                with open(paths[mode], encoding="utf-8") as text:
                    records = sum(line.startswith("IMGID:") for line in text)
                good &= check(f"{name} {mode}", dataset, records, paths[mode + "_auximgs"])
    paths, images, crops = relation_set(data)
    for mode in MODES:
        if os.path.exists(paths[mode]):
            processor = module.MMREProcessor(paths, "bert-base-uncased")
            dataset = module.MMREDataset(processor, transform, images, crops, 80, 1.0, mode)
            with open(paths[mode], encoding="utf-8") as text:
                records = sum(1 for _ in text)
            good &= check(f"relations {mode}", dataset, records, paths[mode + "_auximgs"])
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main()
