# SPDX-License-Identifier: Apache-2.0
"""What the scripts of the systems share: generated weights, the vocabulary, tweets, goldens.

A model is a list of parts [SPEC, PREFIX]: the tensors of a spec of generated_weights.py, with the prefix before their names.
"""
import json
import sys
import types
from pathlib import Path

import generated_weights
import numpy as np
import torch

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
UMT_LABELS = ["PAD", "O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "X", "[CLS]", "[SEP]"]


def fill(model, parts, seed):
    """Give a module of the original its weights. What no spec names keeps its start values: it must be unused."""
    own, left = model.state_dict(), []
    arrays = {}
    for spec, prefix in parts:
        arrays.update(generated_weights.read([HERE / spec], seed, prefix))
    for name, value in own.items():
        if name in arrays:
            value.copy_(torch.from_numpy(arrays.pop(name)))
        elif value.is_floating_point():
            left.append(name)
    assert not arrays, "no such tensors: %s" % ", ".join(arrays)
    if left:
        print("not in the specs: %s" % ", ".join(left))
    return model.eval()


def write_vocabulary(path):
    """The default tagger's vocabulary as vocab.txt."""
    from safetensors import safe_open
    with safe_open(ROOT / "inference/models/tagger.safetensors", "numpy") as model:
        path.write_bytes(model.get_tensor("vocab").tobytes())


def no_start_weights():
    """Skip the initialisers: every tensor that matters is set from the specs."""
    for name in ("uniform_", "normal_", "xavier_uniform_", "xavier_normal_", "kaiming_normal_", "kaiming_uniform_",
                 "trunc_normal_"):
        setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)
    torch.Tensor.normal_ = lambda self, *args, **kwargs: self


def empty_module(name, **members):
    """A stand-in for a package that the original imports and does not need here."""
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


def local_resnets():
    """torchvision's ResNets without a download."""
    import torchvision
    for name in ("resnet50", "resnet101", "resnet152"):
        plain = getattr(torchvision.models, name)
        setattr(torchvision.models, name, lambda *args, plain=plain, **kwargs: plain())


def local_tokenizer(tokenizer_class, folder):
    """from_pretrained() of the run's vocabulary, whatever name is asked for."""
    plain = tokenizer_class.from_pretrained
    tokenizer_class.from_pretrained = staticmethod(lambda *args, **kwargs: plain(str(folder)))


class Decoded:
    """Every call of pytorch-crf's decode: emissions, mask and paths, record by record."""
    def __init__(self):
        from torchcrf import CRF
        self.emissions, self.paths = [], []
        decode = CRF.decode

        def watched(crf, emissions, mask=None):
            paths = decode(crf, emissions, mask)
            for rows, path in zip(emissions, paths):
                self.emissions.append(rows[:len(path)].clone().numpy())
                self.paths.append(path)
            return paths

        CRF.decode = watched


def first_pieces(words, tokenize, limit):
    """The place of each word's first piece, behind [CLS] at 0; None: it has none, or is cut off."""
    places, at = [], 1
    for word in words:
        n = len(tokenize(word))
        places.append(at if n and at < limit - 1 else None)
        at += n
    return places


def word_labels(path, firsts, labels):
    return [None if place is None else labels[path[place]] for place in firsts]


def place_picture(run, record, path):
    """Put the record's picture at `path`, or nothing where it has none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if record.get("picture"):
        path.write_bytes((ROOT / record["picture"]).read_bytes())


def write_conll(path, records, extra=""):
    lines = []
    for i, record in enumerate(records):
        tags = record.get("tags") or ["O"] * len(record["words"])
        lines += ["IMGID:%s\n" % record.get("id", i)]
        lines += ["%s\t%s\n" % pair for pair in zip(record["words"], tags)] + ["\n"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines) + extra, encoding="utf-8")


def write_golden(out, name, facts, tensors):
    from safetensors.numpy import save_file
    out.mkdir(parents=True, exist_ok=True)
    head = {key: value for key, value in facts.items() if key != "records"}
    records = ",\n".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in facts["records"])
    text = json.dumps(head, separators=(",", ":"))[:-1] + ',"records":[\n' + records + "\n]}\n"
    (out / (name + ".json")).write_text(text, encoding="utf-8")
    save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, out / (name + ".safetensors"))
