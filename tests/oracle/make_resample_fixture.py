# SPDX-License-Identifier: Apache-2.0
"""Write resample/golden.safetensors: Pillow's BILINEAR resize of small generated pictures.

    python make_resample_fixture.py        (needs: pillow below 13, numpy, safetensors)

Pillow 13.0 resizes columns before rows where that is less work, which rounds other pixels up; 9.0 to 12.2 agree.
N.source and N.resized are uint8 [height, width, 3]; the C code must give the same bytes.
"""
from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "inference" / "models"))

import numpy as np  # noqa: E402
from PIL import Image, __version__  # noqa: E402
from store import save  # noqa: E402

# (width, height) from and to: shrinking by whole and odd factors, enlarging, one axis only, single rows and columns.
CASES = [
    ((40, 30), (20, 15)), ((37, 23), (13, 9)), ((64, 48), (7, 5)), ((9, 7), (31, 29)), ((16, 16), (16, 5)),
    ((16, 16), (5, 16)), ((50, 3), (11, 40)), ((1, 1), (6, 4)), ((1, 33), (4, 8)), ((45, 1), (8, 3)),
    ((31, 17), (1, 1)), ((12, 12), (12, 12)), ((33, 47), (32, 46)), ((60, 44), (61, 45)), ((90, 2), (3, 2)),
]


def source(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Noise with a white and a black block, so that rounding and clipping both matter."""
    width, height = size
    a = rng.integers(0, 256, (height, width, 3), np.uint8)
    a[: height // 3, : width // 2] = 255
    a[-(height // 4) or height :, width // 2 :] = 0
    return a


def main() -> None:
    rng, tensors = np.random.default_rng(1), {}
    for n, (old, new) in enumerate(CASES):
        a = source(old, rng)
        tensors[f"{n:02}.source"] = a
        tensors[f"{n:02}.resized"] = np.asarray(Image.fromarray(a).resize(new, Image.Resampling.BILINEAR))
    save(tensors, {"pillow": __version__}, HERE / "resample" / "golden.safetensors")
    print(len(CASES), "cases")


if __name__ == "__main__":
    main()
