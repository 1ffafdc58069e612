#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ask a real PyTorch whether it reads the dicts that tagsight writes.

    check_dict.py TAGSIGHT            compare both ways, in a temporary folder
    check_dict.py --make FOLDER       write the fixtures of tests/oracle/torch_dict again: with
                                      PyTorch 1.13 those called old_*, which have no records but
                                      the pickle and the version, with 2.x the others

The dicts are written by torch.save, read by tagsight, written again by tagsight through `dict
convert` in both forms, and read by torch.load with and without weights_only, which must give equal values with equal types.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import torch

DICTS = {
    "ner": {"8.jpg": ["8_pred_yolo_crop_0.png", "8_pred_yolo_crop_1.png"], "O_1.jpg": [],
            "café.jpg": ["café_pred_yolo_crop_0.png"]},
    "re": {0: [], 1: ["a_pred_yolo_crop_0.png"], 255: [], 256: ["b.png", "c.png"], 70000: []},
    "one": {"1.jpg": ["1_pred_yolo_crop_0.png"]},
    "empty": {},
    "many": {n: ["%d_pred_yolo_crop_%d.png" % (n, k) for k in range(n % 4)] for n in range(2001)},
}


def make(folder):
    old = torch.__version__.startswith("1.")
    os.makedirs(folder, exist_ok=True)
    facts = {"torch": torch.__version__}
    for name, value in DICTS.items():
        if name == "many":
            continue
        path = os.path.join(folder, "%s_%s.pth" % ("old" if old else "torch", name))
        torch.save(value, path)
        if not old:
            torch.save(value, os.path.join(folder, "legacy_%s.pth" % name),
                       _use_new_zipfile_serialization=False)
        with open(path, "rb") as stream:
            facts[name] = hashlib.sha256(stream.read()).hexdigest()
    with open(os.path.join(folder, "old_facts.json" if old else "facts.json"), "w") as stream:
        json.dump(facts, stream, indent=1, sort_keys=True)
        stream.write("\n")


def check(program):
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, value in DICTS.items():
            for form in (True, False):
                theirs = os.path.join(folder, "theirs.pth")
                ours = os.path.join(folder, "ours_%s_dict.pth" % name)
                torch.save(value, theirs, _use_new_zipfile_serialization=form)
                for pth in ("zip", "legacy"):
                    subprocess.run([program, "dict", "convert", theirs, "--pth", pth, "-o", ours], check=True)
                    for safe in (True, False):
                        back = torch.load(ours, weights_only=safe)
                        same = back == value and list(back) == list(value) and all(
                            type(key) in (str, int) and type(names) is list for key, names in back.items())
                        print("%s %s to %s%s: %s" % (name, "zip" if form else "legacy", pth,
                                                     ", weights_only" if safe else "", "same" if same else "OTHER"))
                        bad += not same
    return bad


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        make(sys.argv[2])
    else:
        sys.exit(1 if check(sys.argv[1]) else 0)
