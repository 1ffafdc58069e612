# SPDX-License-Identifier: Apache-2.0
"""Pictures a second of the default detector in PyTorch or onnxruntime, with the same weights, one picture at a time.

    python peer_detector.py PICTURE... [--runtime torch|onnxruntime] [--threads N] [--repeat N]

Prints one JSON line. `network` is the letterboxed picture to raw outputs; `whole` adds decoding the file, resizing, boxes
and suppression. Loading the model is in neither.
(needs: torch, pillow, safetensors, numpy; for onnxruntime also onnx, onnxscript, onnxruntime)
"""
from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "oracle"))

import torch  # noqa: E402
from nanodet_torch import SIDE, NanoDet, detect, letterbox, normalised  # noqa: E402
from PIL import Image  # noqa: E402
from timing import fastest  # noqa: E402

Network = Callable[[torch.Tensor], list[torch.Tensor]]


def onnx_network(net: NanoDet, threads: int) -> Network:
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "detector.onnx"
        torch.onnx.export(net, (torch.zeros(1, 3, SIDE, SIDE),), path, verbose=False, dynamo=True, input_names=["x"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda x: [torch.from_numpy(o) for o in session.run(None, {"x": x.numpy()})]


def open_rgb(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


@torch.inference_mode()
def measure(network: Network, paths: list[Path], repeat: int) -> dict:
    inputs = [normalised(letterbox(open_rgb(p))[0]) for p in paths]
    network(inputs[0])
    alone = fastest(lambda: [network(x) for x in inputs], repeat)
    whole = fastest(lambda: [detect(network, open_rgb(p)) for p in paths], repeat)
    return {
        "pictures": len(paths),
        "network_ms_per_picture": round(1000 * alone / len(paths), 2),
        "network_pictures_per_second": round(len(paths) / alone, 2),
        "whole_pictures_per_second": round(len(paths) / whole, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--runtime", choices=("torch", "onnxruntime"), default="torch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    net = NanoDet(ROOT / "inference" / "models" / "detector.safetensors")
    network = net if args.runtime == "torch" else onnx_network(net, args.threads)
    print(json.dumps({"peer": args.runtime, "threads": args.threads} | measure(network, args.pictures, args.repeat)))


if __name__ == "__main__":
    main()
