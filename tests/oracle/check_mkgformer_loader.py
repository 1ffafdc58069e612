#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load what `tagsight ground DATA --layout mkgformer` left by MKGformer's own dataset classes.

usage: check_mkgformer_loader.py CHECKOUT DATA VOCAB

CHECKOUT is a checkout of zjunlp/MKGformer, DATA a folder as its run.py calls data/, VOCAB the vocab.txt of
bert-base-uncased. Every sample is asked for; a split passes when there are as many samples as records, and as
many pictures of objects of both kinds that are not zeros as the two dicts name (three each at most). Needs
torch, transformers, torchvision and Pillow.
"""
import glob
import importlib.util
import os
import sys

import torch
from transformers import BertTokenizer, CLIPImageProcessor


def load_module(path, vocab):
    spec = importlib.util.spec_from_file_location("mkgformer_" + str(len(path)), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Tokenizer:
        @staticmethod
        def from_pretrained(name, do_lower_case=True):
            return BertTokenizer(vocab, do_lower_case=do_lower_case)

    module.BertTokenizer = Tokenizer
    return module


def processors():
    def processor(side):
        return CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side})

    return processor(224), processor(128), processor(64)


def count_objects(pictures):
    return sum(bool(picture.abs().sum() > 0) for picture in pictures)


def wanted_objects(dataset, key_of):
    tables = dataset.data_dict["aux_imgs"], dataset.data_dict["rcnn_imgs"]
    return [sum(min(3, len(table.get(key, []))) for key in keys) for table, keys in zip(tables, key_of(dataset))]


def check(name, dataset, data, records, key_of):
    dataset.rcnn_img_path = data
    got = [0, 0]
    for i in range(len(dataset)):
        sample = dataset[i]
        got[0] += count_objects(sample[-2])
        got[1] += count_objects(sample[-1])
    wanted = wanted_objects(dataset, key_of)
    good = len(dataset) == records and got == wanted
    print(f"{name}: {len(dataset)} samples of {records}, objects {got} of {wanted} {'as wanted' if good else 'WRONG'}")
    return good


def tweet_keys(dataset):
    return dataset.data_dict["imgs"], [name.split(".")[0] for name in dataset.data_dict["imgs"]]


def relation_keys(dataset):
    return dataset.data_dict["dataid"], [name.split(".")[0] for name in dataset.data_dict["imgids"]]


def check_tweets(module, data, vocab):
    good = True
    labels = ["O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "X", "[CLS]", "[SEP]"]
    mapping = {label: number for number, label in enumerate(labels, 1)}
    for text in sorted(glob.glob(os.path.join(data, "*", "train.txt")) + glob.glob(os.path.join(data, "*", "valid.txt"))):
        folder, file = os.path.split(text)
        name, short = os.path.basename(folder), {"train.txt": "train", "valid.txt": "val"}[file]
        if not os.path.exists(os.path.join(data, name + "_images")):
            continue
        year = name.replace("20", "", 1)
        paths = {"train": text, "train_auximgs": os.path.join(folder, f"{name}_{short}_dict.pth"),
                 "img2crop": os.path.join(data, f"{year}_detect", f"{year}_img2crop.pth")}
        crops = [os.path.join(data, "data_vg", name, short, "crops"), os.path.join(data, name + "_aux_images", short, "crops")]
        crops = next(folder for folder in crops if os.path.exists(folder))
        processor = module.MMPNERBertProcessor(paths, "", *processors())
        dataset = module.MMPNERBertDataset(processor, mapping, None, os.path.join(data, name + "_images"), {"train": crops})
        records = sum(line.startswith("IMGID:") for line in open(text, encoding="utf-8"))
        good &= check(f"{name} {short}", dataset, data, records, tweet_keys)
    return good


def check_relations(module, data, vocab):
    good = True
    for text in sorted(glob.glob(os.path.join(data, "txt", "ours_*.txt"))):
        short = os.path.basename(text)[5:-4]
        long = {"val": "dev"}.get(short, short)
        paths = {"train": text, "train_auximgs": os.path.join(data, "txt", f"mre_{long}_dict.pth"),
                 "train_img2crop": os.path.join(data, "img_detect", short, f"{short}_img2crop.pth")}
        processor = module.MMREProcessor(paths, os.path.join(data, "ours_rel2id.json"), "", *processors())
        dataset = module.MMREDataset(processor, None, {"train": os.path.join(data, "img_org", short)},
                                     {"train": os.path.join(data, "img_vg", short, "crops")}, max_seq=80)
        records = sum(1 for _ in open(text, encoding="utf-8"))
        good &= check(f"relations {short}", dataset, data, records, relation_keys)
    return good


def main():
    checkout, data, vocab = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]
    tweets = load_module(os.path.join(checkout, "MNER", "processor", "datasets.py"), vocab)
    relations = load_module(os.path.join(checkout, "MRE", "processor", "dataset.py"), vocab)
    good = check_tweets(tweets, data, vocab) & check_relations(relations, data, vocab)
    sys.exit(not good)


main()
