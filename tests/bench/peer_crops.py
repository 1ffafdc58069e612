# SPDX-License-Identifier: Apache-2.0
"""Cut crops out of decoded pictures and save them with Pillow, in rounds of alternate.py.

    python peer_crops.py FOLDER png|jpg PICTURE...

The same crops as bench_crops.c, and the same answers.
"""
from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PIL import Image


def write_crops(folder: Path, form: str, pictures: list[Image.Image]) -> int:
    """The bytes written."""
    total = 0
    for i, picture in enumerate(pictures):
        width, height = picture.size
        for number in range(9):
            x, y = number % 3 * width // 4, number // 3 * height // 4
            path = folder / f"{i}_{number}.{form}"
            picture.crop((x, y, x + width // 2, y + height // 2)).save(path)
            total += path.stat().st_size
    return total


def main() -> None:
    folder, form = Path(sys.argv[1]), sys.argv[2]
    pictures = [Image.open(path).convert("RGB") for path in sys.argv[3:]]
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        for path in folder.glob(f"*.{form}"):
            path.unlink()
        started, cpu = time.perf_counter(), time.process_time()
        total = write_crops(folder, form, pictures)
        print(json.dumps({
            "items": 9 * len(pictures),
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - cpu,
            "batch": total,
        }), flush=True)


if __name__ == "__main__":
    main()
