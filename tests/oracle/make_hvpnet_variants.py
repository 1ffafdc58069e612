#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What PyTorch gives for the variants of HVPNeT that its paper names and whose code was not published.

    make_hvpnet_variants.py      writes tests/oracle/hvpnet_variants/golden.safetensors and tweets.json

This is our own statement of them, with torchvision's ResNet-50 and transformers' BERT (past_key_values carry the
visual prefix): `flat` reads the last stage alone and gives all layers the same rows; `1t3` gives layer l block l / 3;
`only-obj` leaves the whole picture out. Needs torch, torchvision, transformers (4.30), pytorch-crf, safetensors
and Pillow.
"""
import json
import os

import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from torchcrf import CRF
from transformers import BertConfig, BertModel, BertTokenizer

import generated_weights

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "hvpnet_variants")
PICTURES = os.path.join(HERE, "..", "sample", "pictures")
LAYERS, HIDDEN, SEED = 12, 128, 11
VARIANTS = ("flat", "1t3", "only-obj")
TWEETS = [
    (["Obama", "was", "in", "New", "York", "for", "NASA"], "sample_1.jpg", ["sample_2.jpg"]),
    (["Mary", "and", "John", "at", "the", "Real", "Madrid", "game"], "sample_3.jpg",
     ["sample_4.jpg", "sample_8.jpg", "sample_7.jpg"]),
    (["club", "of", "Paris"], "sample_5.jpg", []),
]
PREPARE = torchvision.transforms.Compose([
    torchvision.transforms.Resize(256), torchvision.transforms.CenterCrop(224), torchvision.transforms.ToTensor(),
    torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


class Variant(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.blocks = 1 if kind == "flat" else 4
        channels = 2048 if kind == "flat" else 3840
        self.image_model = torch.nn.Module()
        self.image_model.resnet = torchvision.models.resnet50()
        self.encoder_conv = torch.nn.Sequential(torch.nn.Linear(channels, 800), torch.nn.Tanh(),
                                                torch.nn.Linear(800, self.blocks * 2 * HIDDEN))
        if kind == "only-obj":
            self.gates = torch.nn.ModuleList(torch.nn.Linear(4 * 2 * HIDDEN, 4) for _ in range(LAYERS))
        self.bert = BertModel(BertConfig(vocab_size=61, hidden_size=HIDDEN, num_hidden_layers=LAYERS,
                                         num_attention_heads=HIDDEN // 64, intermediate_size=256,
                                         max_position_embeddings=64), add_pooling_layer=False)
        self.fc = torch.nn.Linear(HIDDEN, 13)
        self.crf = CRF(13, batch_first=True)

    def pooled(self, picture):
        net = self.image_model.resnet
        x = net.maxpool(net.relu(net.bn1(net.conv1(picture[None]))))
        maps = []
        for stage in (net.layer1, net.layer2, net.layer3, net.layer4):
            x = stage(x)
            side = x.shape[-1] // 2
            maps.append(torch.nn.functional.avg_pool2d(x, side, side))
        return torch.cat(maps[3:] if self.kind == "flat" else maps, 1)

    def rows(self, picture):
        """For each layer the [4, 2 H] rows of one picture."""
        prompt = self.encoder_conv(self.pooled(picture).reshape(4, -1))
        blocks = prompt.split(2 * HIDDEN, 1)
        if self.kind == "flat":
            return [blocks[0]] * LAYERS
        if self.kind == "1t3":
            return [blocks[layer * 4 // LAYERS] for layer in range(LAYERS)]
        mean = (sum(blocks) / 4).reshape(1, -1)
        out = []
        for gate in self.gates:
            weights = torch.softmax(torch.nn.functional.leaky_relu(gate(mean)), -1)[0]
            out.append(sum(w * block for w, block in zip(weights, blocks)))
        return out

    def prefix(self, pictures):
        rows = [self.rows(picture) for picture in pictures]
        heads, length = HIDDEN // 64, 4 * len(pictures)
        layers = []
        for layer in range(LAYERS):
            both = torch.cat([r[layer] for r in rows], 0)
            layers.append(tuple(half.reshape(1, heads, length, 64) for half in both.split(HIDDEN, 1)))
        return tuple(layers), length

    def forward(self, ids, pictures):
        prefix, length = self.prefix(pictures)
        n = len(ids)
        states = self.bert(torch.tensor([ids]), attention_mask=torch.ones(1, length + n, dtype=torch.long),
                           position_ids=torch.arange(n)[None], past_key_values=prefix).last_hidden_state
        return self.fc(states)[0]


def picture(name):
    return PREPARE(Image.open(os.path.join(PICTURES, name)).convert("RGB"))


def pictures_of(kind, whole, crops):
    crops = [picture(name) for name in crops] + [torch.zeros(3, 224, 224)] * (3 - len(crops))
    return crops if kind == "only-obj" else [picture(whole)] + crops


def main():
    torch.set_num_threads(1)
    tokenizer = BertTokenizer(os.path.join(FOLDER, "vocab.txt"), do_lower_case=True)
    goldens, tweets = {}, []
    for kind in VARIANTS:
        specs = [os.path.join(FOLDER, name) for name in ("model.spec", kind + ".spec")]
        weights = {name: torch.from_numpy(a) for name, a in generated_weights.read(specs, SEED).items()}
        model = Variant(kind).eval()
        missing, unexpected = model.load_state_dict(weights, strict=False)
        unused = ("position_ids", "num_batches_tracked", "resnet.fc.weight", "resnet.fc.bias")
        assert not unexpected and all(name.endswith(unused) for name in missing), (missing, unexpected)
        for i, (words, whole, crops) in enumerate(TWEETS):
            ids = [2] + [id for word in words for id in tokenizer.encode(word, add_special_tokens=False)] + [3]
            with torch.no_grad():
                emissions = model(ids, pictures_of(kind, whole, crops))
            goldens["%s.%d.emissions" % (kind, i)] = emissions
            tweets.append({"variant": kind, "words": words, "whole": whole, "crops": crops, "ids": ids,
                           "decoded": model.crf.decode(emissions[None])[0]})
    save_file(goldens, os.path.join(FOLDER, "golden.safetensors"))
    with open(os.path.join(FOLDER, "tweets.json"), "w", encoding="utf-8") as out:
        json.dump(tweets, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
