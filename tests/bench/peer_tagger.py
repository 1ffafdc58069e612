# SPDX-License-Identifier: Apache-2.0
"""Tweets a second of the default tagger in PyTorch or onnxruntime, with the weights that the int8 file stands for.

    python peer_tagger.py FILE.conll [--runtime torch|onnxruntime] [--threads N] [--repeat N]

Prints one JSON line. Tweets are sorted by length and cut into padded batches; several batch sizes are tried and the
fastest counts, so the peer is at its best. `network` is pieces to emissions only; `whole` adds tokenising and a Viterbi
that is vectorised over the batch. Loading the model is in neither.
(needs: torch, tokenizers, safetensors, numpy, seqeval; for onnxruntime also onnx, onnxscript, onnxruntime)
"""
from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Callable

MODELS = Path(__file__).resolve().parents[2] / "inference" / "models"
sys.path.insert(0, str(MODELS))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from bert import Tagger  # noqa: E402
from export_tagger import load_int8  # noqa: E402
from timing import fastest  # noqa: E402
from train_tagger import length_mask, padded  # noqa: E402
from tweets import Pieces, Tweet, WordPieces, chunks, read_conll  # noqa: E402

BATCH_PIECES = (256, 512, 1024, 2048, 4096)
Network = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], np.ndarray]


def torch_network(tagger: Tagger, threads: int) -> Network:
    torch.set_num_threads(threads)

    def run(ids: torch.Tensor, cases: torch.Tensor, on: torch.Tensor) -> np.ndarray:
        with torch.inference_mode():
            return tagger.piece_emissions(ids, cases, on).numpy()

    return run


def onnx_network(tagger: Tagger, threads: int) -> Network:
    import onnxruntime

    class Emissions(torch.nn.Module):
        def forward(self, ids: torch.Tensor, cases: torch.Tensor, on: torch.Tensor) -> torch.Tensor:
            return tagger.piece_emissions(ids, cases, on)

    example = torch.ones(2, 8, dtype=torch.long)
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=512)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tagger.onnx"
        torch.onnx.export(Emissions().eval(), (example, example, example.bool()), path, verbose=False, dynamo=True,
                          input_names=["ids", "cases", "on"], dynamic_shapes=(axes, axes, axes))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda ids, cases, on: session.run(None, {"ids": ids.numpy(), "cases": cases.numpy(), "on": on.numpy()})[0]


def tokenise(tweets: list[Tweet], pieces: WordPieces) -> list[Pieces]:
    return [pieces.tweet(Tweet(run, [])) for t in tweets for run in chunks(t.words, pieces)]


def batches(examples: list[Pieces], most: int) -> list[list[Pieces]]:
    out: list[list[Pieces]] = [[]]
    for example in sorted(examples, key=lambda e: len(e.ids)):
        if out[-1] and len(example.ids) * (len(out[-1]) + 1) > most:
            out.append([])
        out[-1].append(example)
    return out


def emissions(network: Network, batch: list[Pieces]) -> np.ndarray:
    ids = [e.ids for e in batch]
    return network(padded(ids), padded([e.cases for e in batch]), length_mask(ids))


def decode(tagger: Tagger, scores: np.ndarray, batch: list[Pieces]) -> np.ndarray:
    """The best paths of a batch, [tweets, words]; what lies past a tweet's end means nothing."""
    crf = [p.detach().numpy() for p in (tagger.crf.start, tagger.crf.transitions, tagger.crf.end)]
    first = padded([e.first for e in batch]).numpy()
    lengths = np.array([len(e.first) for e in batch])
    rows = np.arange(len(batch))
    words = scores[rows[:, None], first]
    alpha = crf[0] + words[:, 0]
    back = np.zeros(words.shape, np.int64)
    for t in range(1, words.shape[1]):
        paths = alpha[:, :, None] + crf[1]
        on = (t < lengths)[:, None]
        back[:, t] = np.where(on, paths.argmax(1), np.arange(words.shape[2]))
        alpha = np.where(on, paths.max(1) + words[:, t], alpha)
    path = np.zeros(first.shape, np.int64)
    path[:, -1] = (alpha + crf[2]).argmax(1)
    for t in range(words.shape[1] - 1, 0, -1):
        path[:, t - 1] = back[rows, t, path[:, t]]
    return path


def measure(tagger: Tagger, network: Network, pieces: WordPieces, tweets: list[Tweet], repeat: int) -> dict:
    examples = tokenise(tweets, pieces)

    def network_only(most: int) -> None:
        for batch in batches(examples, most):
            emissions(network, batch)

    def whole(most: int) -> None:
        for batch in batches(tokenise(tweets, pieces), most):
            decode(tagger, emissions(network, batch), batch)

    network_only(BATCH_PIECES[0])
    times = {most: fastest(lambda: network_only(most), repeat) for most in BATCH_PIECES}
    best = min(times, key=times.__getitem__)
    return {
        "tweets": len(tweets),
        "pieces": sum(len(e.ids) for e in examples),
        "batch_pieces": best,
        "network_seconds": round(times[best], 4),
        "network_tweets_per_second": round(len(tweets) / times[best], 1),
        "whole_tweets_per_second": round(len(tweets) / fastest(lambda: whole(best), repeat), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runtime", choices=("torch", "onnxruntime"), default="torch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    tagger, pieces = load_int8(MODELS / "tagger.safetensors")
    make = torch_network if args.runtime == "torch" else onnx_network
    result = measure(tagger, make(tagger, args.threads), pieces, read_conll(args.file), args.repeat)
    print(json.dumps({"peer": args.runtime, "threads": args.threads} | result))


if __name__ == "__main__":
    main()
