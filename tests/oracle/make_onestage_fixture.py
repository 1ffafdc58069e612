#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one-stage grounding (zyang-ur/onestage_grounding at 2fff094) makes of phrases, with its own code.

    make_onestage_fixture.py CHECKOUT

CHECKOUT is a folder with the original's public repository, which this script reads and never copies.
onestage/words.pth and words_zip.pth: a small dictionary as the original's Corpus pickles it, in both containers of torch.
onestage/words.json: phrases and the numbers that Corpus.tokenize() gives, cut as the model cuts them.
onestage/network.tsv: the tensors of the full model with an LSTM (tests/oracle/generated_weights.py, seed 1).
onestage/network.json: what test_epoch() makes of pictures of tests/sample and phrases with that model: the head's numbers
at every STEP-th place, the best cell, its box at 256 pixels and the final one.
Needs: torch 1.6 or later, OpenCV 4.
"""
import collections
import collections.abc
import hashlib
import importlib.util
import json
import os
import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

import cv2
import generated_weights
import numpy as np
import torch

OUT = Path(__file__).resolve().parent / "onestage"
WORDS = "<pad> <go> <eos> <unk> the a dog left right of man , . # in on red shirt t s caf\u00e9 x_y 13 \u00b2 stra\u00dfe \u03c3\u03b1\u03c2"
PHRASES = [
    "dog", "The DOG", "the  dog", "the dog left.", "the dog left .", "man, left", "man , left", ".", "..", " . ", "#", "# dog",
    "the man's T-shirt", "caf\u00e9", "cafe\u0301", "x_y", "13", "x\u00b2", "\u00b2", "\u03a3\u0391\u03a3", "STRASSE stra\u00dfe",
    "\u0130dog", "dog\u00a0dog", "\u2003dog\u2003", "\x1cdog\x1c", "dog\ndog", "\U0001f49e dog", "a\u200bb", "\u0967 dog",
    " ".join(["dog"] * 19), " ".join(["dog"] * 20), " ".join(["dog"] * 21), " ".join(["dog"] * 20) + ".", "dog.dog." * 12,
]
STEP = 331
QUERIES = [("sample_1.jpg", "the man"), ("sample_1.jpg", "The dog on the LEFT"), ("sample_2.jpg", "a red shirt, left of the dog."),
           ("sample_7.jpg", "dog"), ("sample_6.jpg", "right of nothing known"), ("sample_3.jpg", " ".join(["dog the"] * 12))]
COCO = [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326]
ABSENT = ["pytorch_pretrained_bert", "pytorch_pretrained_bert.tokenization", "pytorch_pretrained_bert.modeling", "matplotlib",
          "matplotlib.pyplot", "matplotlib.patches", "scipy", "scipy.misc", "torchvision", "torchvision.transforms", "torchvision.datasets",
          "torchvision.models", "dataset.referit_loader"]


def load_words(checkout):
    """The module utils.word_utils, under the name that its pickles have."""
    package = types.ModuleType("utils")
    package.__path__ = [str(checkout / "utils")]
    sys.modules["utils"] = package
    spec = importlib.util.spec_from_file_location("utils.word_utils", checkout / "utils" / "word_utils.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["utils.word_utils"] = module
    spec.loader.exec_module(module)
    return module


def write_words(checkout):
    corpus = load_words(checkout).Corpus()
    corpus.add_to_corpus(WORDS)
    torch.save(corpus, OUT / "words.pth", _use_new_zipfile_serialization=False)
    torch.save(corpus, OUT / "words_zip.pth")
    cases = []
    for phrase in PHRASES:
        for cap in (20, 128):
            ids = corpus.tokenize(phrase.lower(), cap)
            cases.append({"phrase": phrase, "cap": cap, "ids": ids[:int((ids != 0).sum())].tolist()})
    text = json.dumps(cases, ensure_ascii=True, separators=(",", ":")).replace("},{", "},\n{")
    (OUT / "words.json").write_text(text + "\n", encoding="utf-8")


def scale_of(name, value):
    """Mean and scale that keep the values of all layers within bounds, so that all of them count."""
    if name.endswith("running_var"):
        return 1, 0.3
    if value.dim() == 1:
        is_factor = name.endswith("weight")
        return (1, 0.1) if is_factor else (0, 0.05)
    if "embedding" in name or "rnn" in name:
        return 0, 1 if "embedding" in name else 0.1
    fan_in = value[0].numel()
    shrinks_residual = name.startswith("visumodel") and value.dim() == 4 and value.shape[0] == 2 * value.shape[1] and value.shape[2] == 3
    return 0, round((6 / fan_in) ** 0.5 * (0.4 if shrinks_residual else 1) * (8 if "fcn_emb" in name and ".0.conv" in name else 1), 6)


def write_spec(model, path):
    with path.open("w", encoding="utf-8") as out:
        for name, value in model.state_dict().items():
            is_unused = name.startswith("visumodel") and value.dim() > 0 and value.shape[0] == 255
            if value.dtype == torch.float32 and not is_unused:
                out.write("%s\tf32\t%s\t%g\t%g\n" % (name, ",".join(map(str, value.shape)), *scale_of(name, value)))


def open_program(checkout):
    """train_yolo.py with stand-ins for what a test does not reach."""
    for name in ABSENT:
        sys.modules[name] = MagicMock(__all__=[])
    collections.Iterable = collections.abc.Iterable
    os.chdir(checkout)
    sys.path.insert(0, str(checkout))
    torch.Tensor.cuda = lambda self, *args, **options: self
    from model import darknet, grounding_model
    darknet.Darknet.load_weights = lambda self, path: None
    grounding_model.np = np
    import train_yolo
    train_yolo.cv2 = cv2
    train_yolo.args = types.SimpleNamespace(size=256, anchor_imsize=416, save_plot=False, print_freq=1000, dataset="referit")
    train_yolo.anchors_full = [tuple(COCO[i:i + 2]) for i in range(0, 18, 2)][::-1]
    return train_yolo, grounding_model


def run_query(program, model, corpus, name, phrase):
    """The golden of one phrase, from test_epoch() and what goes through its functions."""
    from utils.transforms import letterbox
    picture = Path(__file__).resolve().parents[1] / "sample" / "pictures" / name
    image = cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB)
    square, _, ratio, dw, dh = letterbox(image, None, 256)
    planes = (square.astype(np.float32) / 255 - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    seen = {}

    def watched(key, function, index):
        def call(*args, **options):
            seen[key] = args[0][index].clone()
            return function(*args, **options)
        return call

    corners, overlap = program.xywh2xyxy, program.bbox_iou
    program.bbox_iou = watched("final", overlap, 0)

    def to_corners(box):
        result = corners(box)
        seen["corners"] = result[0].clone()
        return result

    program.xywh2xyxy = to_corners
    hook = model.register_forward_hook(lambda _, __, heads: seen.setdefault("heads", [head.clone() for head in heads]) and None)
    with torch.no_grad():
        batch = [(torch.from_numpy(planes.transpose(2, 0, 1).copy())[None], corpus.tokenize(phrase.lower(), 20)[None],
                  torch.zeros(1, 20), torch.tensor([[20.0, 20, 200, 200]]), torch.tensor([ratio]), torch.tensor([dw]), torch.tensor([dh]),
                  None)]
        program.test_epoch(batch, model, True)
    hook.remove()
    program.xywh2xyxy, program.bbox_iou = corners, overlap
    return {"picture": name, "phrase": phrase, "letterbox_sha256": hashlib.sha256(square.tobytes()).hexdigest(), **cell_of(seen["heads"]),
            "box_xyxy_at_256": seen["corners"].tolist(), "box_xyxy_final": seen["final"].tolist(),
            "samples": [[round(x, 6) for x in head.flatten()[::STEP].tolist()] for head in seen["heads"]]}


def cell_of(heads):
    confidences = [head.view(3, 5, head.size(2), head.size(3))[:, 4] for head in heads]
    best, second = torch.cat([c.flatten() for c in confidences]).topk(2).values.tolist()
    for scale, confidence in enumerate(confidences):
        at = (confidence == best).nonzero()
        if len(at):
            anchor, row, column = at[0].tolist()
            return {"scale": scale, "anchor_in_scale": anchor, "row": row, "column": column, "margin": round(best - second, 6)}
    raise AssertionError("no best cell")


def write_network(checkout):
    program, module = open_program(checkout)
    corpus = load_words(checkout).Corpus()
    corpus.add_to_corpus(WORDS)
    model = module.grounding_model(corpus=corpus.dictionary.idx2word, emb_size=512)
    write_spec(model, OUT / "network.tsv")
    tensors = generated_weights.read([OUT / "network.tsv"], 1)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()}, strict=False)
    cases = [run_query(program, model, corpus, *query) for query in QUERIES]
    text = json.dumps({"step": STEP, "items": cases}, separators=(",", ":")).replace("},{", "},\n{")
    (OUT / "network.json").write_text(text + "\n", encoding="utf-8")


def main():
    OUT.mkdir(exist_ok=True)
    checkout = Path(sys.argv[1]).resolve()
    write_words(checkout)
    write_network(checkout)


if __name__ == "__main__":
    main()
