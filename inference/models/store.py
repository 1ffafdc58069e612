# SPDX-License-Identifier: Apache-2.0
"""Write safetensors files that are the same to the byte in every run (the library orders metadata at random)."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np

KINDS = {"<f4": "F32", "<f2": "F16", "|i1": "I8", "|u1": "U8"}
ALIGNMENT = 64


def save(tensors: dict[str, np.ndarray], metadata: dict[str, str], path: Path) -> None:
    """Widest elements first, then by name; the data starts at a multiple of ALIGNMENT bytes."""
    order = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    header: dict[str, dict] = {"__metadata__": dict(sorted(metadata.items()))}
    at = 0
    for name in order:
        t = tensors[name]
        header[name] = {"dtype": KINDS[t.dtype.str], "shape": list(t.shape), "data_offsets": [at, at + t.nbytes]}
        at += t.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in order:
            file.write(np.ascontiguousarray(tensors[name]).tobytes())
