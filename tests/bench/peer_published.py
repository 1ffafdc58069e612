# SPDX-License-Identifier: Apache-2.0
"""Rounds of a published system in PyTorch or onnxruntime, beside bench_published.

    python peer_published.py bert_crf|hvpnet|resnet FOLDER [--runtime torch|onnxruntime] [--threads N] [--order ORDER]

FOLDER is what published.py wrote. Prints a line when it is ready, then runs one round for each line that it reads and
prints {"items", "seconds", "cpu", "batch"}. A round is words and picture files to tags, tokenising, decoding pictures and a
Viterbi that is vectorised over the batch included; of `resnet` it is the network on four pictures in memory. Batches are
padded to their longest tweet; several sizes are tried three times each before it is ready, and the fastest is kept.
--order length sorts all tweets by their pieces first, which only a user who has all of them can.
(needs: torch, tokenizers, safetensors, pillow, numpy; for onnxruntime also onnx, onnxscript, onnxruntime)
"""
from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from PIL import Image
from published import LABELS, MODELS, SLOTS, load

sys.path.insert(0, str(MODELS))

from tokenizers import BertWordPieceTokenizer  # noqa: E402
from tweets import read_conll  # noqa: E402

MAX_PIECES, SIDE, SHORTER = 80, 224, 256
BATCHES = {"bert_crf": (1, 2, 4, 8, 16, 32), "hvpnet": (1, 2, 4, 8), "resnet": (4,)}
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
Network = Callable[..., np.ndarray]


def torch_network(model: torch.nn.Module, threads: int, examples: tuple[torch.Tensor, ...]) -> Network:
    torch.set_num_threads(threads)

    def run(*inputs: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            out = model(*map(torch.from_numpy, inputs))
            return (out[-1] if isinstance(out, list) else out).numpy()

    return run


def onnx_network(model: torch.nn.Module, threads: int, examples: tuple[torch.Tensor, ...]) -> Network:
    import onnxruntime

    names = ["ids", "on", "pictures"][: len(examples)] if len(examples) > 1 else ["pictures"]
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    shapes = {"ids": {0: batch, 1: length}, "on": {0: batch, 1: length}, "pictures": {0: batch} if len(examples) > 1 else {}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        torch.onnx.export(model, examples, path, verbose=False, dynamo=True, input_names=names,
                          dynamic_shapes=tuple(shapes[name] for name in names))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda *inputs: session.run(None, dict(zip(names, inputs)))[-1]


def tensor(path: str) -> np.ndarray:
    """A picture as HVPNeT reads it: the shorter side to 256, the centre, normalised; [3, SIDE, SIDE]."""
    image = Image.open(path).convert("RGB")
    scale = SHORTER / min(image.size)
    size = [SHORTER if side == min(image.size) else int(side * scale) for side in image.size]
    image = image.resize(size, Image.BILINEAR)
    left, top = (round((side - SIDE) / 2) for side in size)
    pixels = np.asarray(image.crop((left, top, left + SIDE, top + SIDE)), np.float32) / 255
    return np.ascontiguousarray(((pixels - MEAN) / DEVIATION).transpose(2, 0, 1))


class Tweets:
    def __init__(self, folder: Path, system: str, model: torch.nn.Module, by_length: bool) -> None:
        self.tweets = read_conll(folder / "tweets.txt")
        self.tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        self.cls, self.sep = map(self.tokenizer.token_to_id, ("[CLS]", "[SEP]"))
        self.by_length = by_length
        self.pictures = None
        if system == "hvpnet":
            self.pictures = [line.split("\t") for line in (folder / "pictures.tsv").read_text().splitlines()]
        crf = model.crf
        self.crf = [p.detach().numpy() for p in (crf.start_transitions, crf.transitions, crf.end_transitions)]

    def pieces(self, words: list[str]) -> list[int]:
        ids = [i for word in words for i in self.tokenizer.encode(word, add_special_tokens=False).ids]
        return [self.cls] + ids[: MAX_PIECES - 2] + [self.sep]

    def slots(self, i: int) -> np.ndarray:
        """[SLOTS, 3, SIDE, SIDE]; zeros where there is no crop."""
        out = np.zeros((SLOTS, 3, SIDE, SIDE), np.float32)
        for slot, path in enumerate(self.pictures[i]):
            out[slot] = tensor(path)
        return out

    def decode(self, emissions: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The best paths of a batch; what lies past a tweet's end means nothing."""
        start, transitions, end = self.crf
        alpha, back = start + emissions[:, 0], np.zeros(emissions.shape, np.int64)
        for t in range(1, emissions.shape[1]):
            paths = alpha[:, :, None] + transitions
            on = (t < lengths)[:, None]
            back[:, t] = np.where(on, paths.argmax(1), np.arange(LABELS))
            alpha = np.where(on, paths.max(1) + emissions[:, t], alpha)
        path = np.zeros(emissions.shape[:2], np.int64)
        path[:, -1] = (alpha + end).argmax(1)
        rows = np.arange(len(path))
        for t in range(emissions.shape[1] - 1, 0, -1):
            path[:, t - 1] = back[rows, t, path[:, t]]
        return path

    def round(self, network: Network, size: int, most: int | None = None) -> int:
        tokenised = [self.pieces(t.words) for t in self.tweets[:most]]
        order = list(range(len(tokenised)))
        if self.by_length:
            order.sort(key=lambda i: len(tokenised[i]))
        for at in range(0, len(order), size):
            batch = order[at : at + size]
            lengths = np.array([len(tokenised[i]) for i in batch])
            ids = np.zeros((len(batch), lengths.max()), np.int64)
            for row, i in zip(ids, batch):
                row[: len(tokenised[i])] = tokenised[i]
            on = np.arange(ids.shape[1]) < lengths[:, None]
            inputs = [ids, on]
            if self.pictures:
                inputs.append(np.stack([self.slots(i) for i in batch]))
            self.decode(network(*inputs), lengths)
        return len(tokenised)


class Pictures:
    """Four pictures in memory, for the network alone."""

    def __init__(self, folder: Path) -> None:
        paths = [line.split("\t")[0] for line in (folder / "pictures.tsv").read_text().splitlines()]
        self.input = np.stack([tensor(path) for path in paths[:4]])

    def round(self, network: Network, size: int, most: int | None = None) -> int:
        network(self.input)
        return len(self.input)


def timed(work: Callable[[], int]) -> tuple[int, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    n = work()
    return n, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system", choices=("bert_crf", "hvpnet", "resnet"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runtime", choices=("torch", "onnxruntime"), default="torch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--order", choices=("file", "length"), default="file")
    args = parser.parse_args()
    model = load("hvpnet" if args.system == "resnet" else args.system, args.folder)
    if args.system == "resnet":
        work, model = Pictures(args.folder), model.image_model.resnet
        examples = (torch.zeros(4, 3, SIDE, SIDE),)
    else:
        work = Tweets(args.folder, args.system, model, args.order == "length")
        examples = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.bool))
        if args.system == "hvpnet":
            examples += (torch.zeros(2, SLOTS, 3, SIDE, SIDE),)
    network = (torch_network if args.runtime == "torch" else onnx_network)(model, args.threads, examples)
    most = 64 if args.system == "bert_crf" else 8
    times = {}
    for size in BATCHES[args.system]:
        work.round(network, size, size)
        times[size] = min(timed(lambda: work.round(network, size, most))[1] for _ in range(3))
    best = min(times, key=times.__getitem__)
    print("ready", flush=True)
    for _ in sys.stdin:
        n, seconds, cpu = timed(lambda: work.round(network, best))
        print(json.dumps({"items": n, "seconds": seconds, "cpu": cpu, "batch": best}), flush=True)


if __name__ == "__main__":
    main()
