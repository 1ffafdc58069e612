# SPDX-License-Identifier: Apache-2.0
"""Store a trained tagger as one int8 file, or read such a file back as float32.

    export_tagger.py --weights RUN/tagger-fp32.safetensors... --encoder FOLDER --out tagger.safetensors

Several runs from the same start are averaged, weight by weight. README.md describes the file: matrices as int8 rows with
one scale a row, the rest float32, the vocabulary, the labels.
"""
from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

from bert import CONFIG, LABELS, Tagger
from store import save
from tweets import WordPieces

FLOAT = ("encoder.embeddings.case", "crf.transitions")  # matrices that stay float32
FORBIDDEN = np.float32(-10000)
TEMPERATURE = 1.8  # lowest error of calibration on the valid splits, of 1.0, 1.5, 1.8 and 2.1
SCORES = ("classifier.weight", "classifier.bias", "crf.start", "crf.end", "crf.transitions")
METADATA = {
    "format": "tagsight-text-1",
    "system": "tagger",
    "name": "tweet-tagger",
    "version": "1",
    "license": "Apache-2.0",
    "trained_on": "Twitter2015 and Twitter2017 train splits, without the tweets of public test splits",
}


def quantise_rows(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, cols] float32 -> int8 of the same shape and a scale a row; value = int8 * scale, half to even."""
    scale = (np.abs(w).max(1) / np.float32(127)).astype(np.float32)
    scale[scale == 0] = 1
    q = np.rint(w / scale[:, None]).clip(-127, 127)
    return q.astype(np.int8), scale


def average(runs: list[Path]) -> dict[str, np.ndarray]:
    """The mean of the runs' weights, summed in float64."""
    states = [load_file(run) for run in runs]
    mean = lambda name: np.mean([s[name] for s in states], axis=0, dtype=np.float64)
    return {name: mean(name).astype(np.float32) for name in states[0]}


def calibrate(state: dict[str, np.ndarray]) -> None:
    """Divide every score by the temperature: the same best tags, but confidences near the share that is right."""
    for name in SCORES:
        state[name] /= np.float32(TEMPERATURE)


def forbid_orphans(state: dict[str, np.ndarray]) -> None:
    """Let no I-X follow anything but B-X and I-X, and none start a tweet."""
    for after, label in enumerate(LABELS):
        if label.startswith("I-"):
            allowed = [before[2:] == label[2:] for before in LABELS]
            state["crf.transitions"][~np.array(allowed), after] = FORBIDDEN
            state["crf.start"][after] = FORBIDDEN


def vocabulary_bytes(path: Path) -> np.ndarray:
    text = path.read_bytes()
    if text.count(b"\n") != CONFIG["vocabulary"] or not text.endswith(b"\n") or b"\r" in text:
        raise ValueError(f"'{path}' is not {CONFIG['vocabulary']} lines")
    return np.frombuffer(text, np.uint8)


def export(state: dict[str, np.ndarray], encoder: Path, out: Path) -> None:
    tensors = {"vocab": vocabulary_bytes(encoder / "vocab.txt")}
    for name, w in state.items():
        if w.ndim == 2 and name not in FLOAT:
            tensors[name], tensors[name + ".scale"] = quantise_rows(w)
        else:
            tensors[name] = w.astype(np.float32)
    digest = hashlib.sha256((encoder / "model.safetensors").read_bytes()).hexdigest()
    more = {"labels": json.dumps(LABELS), "config": json.dumps(CONFIG), "sha256_encoder": digest}
    save(tensors, METADATA | more, out)


def load_int8(path: Path) -> tuple[Tagger, WordPieces]:
    """The tagger with the weights that the file stands for, float32, ready to predict, and its tokenizer."""
    tensors = load_file(path)
    pieces = WordPieces(tensors.pop("vocab").tobytes())
    state = {}
    for name, w in tensors.items():
        if not name.endswith(".scale"):
            scale = tensors.get(name + ".scale")
            state[name] = torch.from_numpy(w if scale is None else w.astype(np.float32) * scale[:, None])
    tagger = Tagger()
    tagger.load_state_dict(state)
    return tagger.eval(), pieces


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, nargs="+", required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    state = average(args.weights)
    calibrate(state)
    forbid_orphans(state)
    export(state, args.encoder, args.out)
    digest = hashlib.sha256(args.out.read_bytes()).hexdigest()
    print(f"{args.out}: {args.out.stat().st_size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
