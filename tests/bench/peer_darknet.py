# SPDX-License-Identifier: Apache-2.0
"""Pictures a second of a Darknet network in OpenCV's dnn, beside bench_darknet.

    python peer_darknet.py run CFG WEIGHTS BATCH [--threads N]
    python peer_darknet.py yolov3 CFG                    # write the cfg of YOLOv3's layers, 416 x 416, 80 classes
    python peer_darknet.py weights CFG WEIGHTS           # write random ones that keep activations small

`run` follows alternate.py: a line when it is ready, then one JSON line for each line read, of a round of 8 pictures in
batches of BATCH. (needs: opencv-python, numpy)
"""
from __future__ import annotations

import argparse
import json
import re
import struct
import sys
import time
from pathlib import Path

import numpy as np

PICTURES = 8
CONVOLUTION = "[convolutional]\n{norm}size={size}\nstride={stride}\npad=1\nfilters={filters}\nactivation={activation}\n"
# Filters of the second convolution of a residual block, and how many blocks follow each other.
STAGES = ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4))
# Filters of a head's narrow convolutions, its anchors, and the layer of the backbone that joins before it.
HEADS = ((512, "6,7,8", None), (256, "3,4,5", 61), (128, "0,1,2", 36))
ANCHORS = "10,13,16,30,33,23,30,61,62,45,59,119,116,90,156,198,373,326"


def convolution(filters: int, size: int, stride: int = 1, plain: bool = False) -> str:
    return CONVOLUTION.format(norm="" if plain else "batch_normalize=1\n", filters=filters, size=size, stride=stride,
                              activation="linear" if plain else "leaky")


def yolov3() -> str:
    text = "[net]\nwidth=416\nheight=416\nchannels=3\n" + convolution(32, 3)
    for filters, blocks in STAGES:
        text += convolution(filters, 3, 2)
        block = convolution(filters // 2, 1) + convolution(filters, 3) + "[shortcut]\nfrom=-3\nactivation=linear\n"
        text += blocks * block
    for narrow, mask, joined in HEADS:
        if joined is not None:
            text += "[route]\nlayers=-4\n" + convolution(narrow, 1)
            text += f"[upsample]\nstride=2\n[route]\nlayers=-1,{joined}\n"
        text += 3 * (convolution(narrow, 1) + convolution(2 * narrow, 3)) + convolution(255, 1, plain=True)
        text += f"[yolo]\nmask={mask}\nanchors={ANCHORS}\nclasses=80\nnum=9\n"
    return text


def sections(path: Path) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for line in path.read_text().splitlines():
        line = re.sub(r"[#;].*|\s", "", line)
        if line.startswith("["):
            found.append((line[1:-1], {}))
        elif line:
            key, value = line.split("=", 1)
            found[-1][1].setdefault(key, value)
    return found


def convolution_parts(rng: np.random.Generator, options: dict[str, str], channels: int, scale: float) -> list[np.ndarray]:
    filters, size = int(options.get("filters", 1)), int(options.get("size", 1))
    depth = channels // int(options.get("groups", 1))
    parts = [rng.normal(0, 0.1, filters)]
    if int(options.get("batch_normalize", 0)):
        parts += [rng.normal(1, 0.1, filters), rng.normal(0, 0.1, filters), rng.uniform(0.9, 1.1, filters)]
    return parts + [rng.normal(0, scale / np.sqrt(depth * size * size), (filters, depth, size, size))]


def write_weights(cfg: Path, path: Path) -> None:
    """What a shortcut adds is scaled down, so that sums of many blocks stay near one."""
    rng = np.random.default_rng(1)
    layers, channels = sections(cfg)[1:], 3
    outputs: list[int] = []
    with open(path, "wb") as out:
        out.write(struct.pack("<3iq", 0, 2, 0, 0))
        for i, (name, options) in enumerate(layers):
            if name == "convolutional":
                is_added = i + 1 < len(layers) and layers[i + 1][0] == "shortcut"
                for part in convolution_parts(rng, options, channels, 0.4 if is_added else 1.3):
                    out.write(part.astype("<f4").tobytes())
                channels = int(options.get("filters", 1))
            elif name == "route":
                read = [int(x) for x in options["layers"].split(",")]
                channels = sum(outputs[x if x >= 0 else i + x] for x in read) // int(options.get("groups", 1))
            elif name == "reorg":
                channels *= int(options.get("stride", 1)) ** 2
            outputs.append(channels)


def run(cfg: str, weights: str, batch: int, threads: int) -> None:
    import cv2

    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromDarknet(cfg, weights)
    net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
    size = sections(Path(cfg))[0][1]
    shape = (batch, 3, int(size["height"]), int(size["width"]))
    pictures = np.random.default_rng(2).random(shape, dtype=np.float32)
    names = net.getUnconnectedOutLayersNames()
    net.setInput(pictures)
    net.forward(names)
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        started, cpu = time.perf_counter(), time.process_time()
        for _ in range(PICTURES // batch):
            net.setInput(pictures)
            net.forward(names)
        print(json.dumps({
            "items": PICTURES,
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - cpu,
            "batch": batch,
        }), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "yolov3", "weights"))
    parser.add_argument("cfg")
    parser.add_argument("weights", nargs="?")
    parser.add_argument("batch", nargs="?", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.what == "yolov3":
        Path(args.cfg).write_text(yolov3())
    elif args.what == "weights":
        write_weights(Path(args.cfg), Path(args.weights))
    else:
        run(args.cfg, args.weights, args.batch, args.threads)


if __name__ == "__main__":
    main()
