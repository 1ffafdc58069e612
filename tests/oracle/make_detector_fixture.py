# SPDX-License-Identifier: Apache-2.0
"""Write detector/*.png and detector/golden.json: drawn pictures and what PyTorch makes of them with the default detector.

    python make_detector_fixture.py        (needs: torch, pillow below 13, safetensors, numpy)

golden.json, for each picture: `letterbox` [left, top, new width, new height]; `square_sum`, the sum of all bytes of the
letterboxed picture; `cells`, at some cells of each stride all 124 raw outputs; `boxes` above 0.2, best first:
x1, y1, x2, y2 in pixels of the picture, score, class.
"""
from __future__ import annotations

import json
import math
from pathlib import Path

import torch
from nanodet_torch import STRIDES, NanoDet, detect, letterbox
from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parents[1] / "inference" / "models" / "detector.safetensors"
THRESHOLD = 0.2


def sky(width: int, height: int) -> Image.Image:
    """A blue to green ramp, in whole steps, so that the PNG stays small."""
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        draw.line((0, y, width, y), (90 + 60 * y // height, 140 + 40 * y // height, 230 - 150 * y // height))
    return picture


def ring(n: int, x: float, y: float, r: float, turn: float = 0.0) -> list[tuple[float, float]]:
    angle = lambda i: 2 * math.pi * (i + turn) / n
    return [(x + r * math.cos(angle(i)), y + r * math.sin(angle(i))) for i in range(n)]


def road() -> Image.Image:
    """Wide: a stop sign on a pole and a traffic light."""
    picture = sky(500, 300)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 240, 500, 300), (80, 80, 84))
    draw.rectangle((146, 150, 154, 260), (150, 150, 150))
    draw.polygon(ring(8, 150, 95, 66, 0.5), (240, 240, 240))
    draw.polygon(ring(8, 150, 95, 60, 0.5), (200, 16, 28))
    draw.text((108, 75), "STOP", (255, 255, 255), font_size=34)
    draw.rectangle((360, 130, 366, 260), (60, 60, 60))
    draw.rounded_rectangle((338, 40, 388, 150), 8, (30, 30, 30))
    for y, colour in ((60, (220, 30, 30)), (95, (70, 60, 20)), (130, (20, 60, 30))):
        draw.ellipse((350, y - 13, 376, y + 13), colour)
    return picture


def clock() -> Image.Image:
    """Tall and narrow: a clock."""
    picture = Image.new("RGB", (230, 470), (205, 196, 180))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((25, 140, 205, 320), (250, 250, 246), (30, 30, 30), 6)
    for hour, (x, y) in enumerate(ring(12, 115, 230, 72)):
        draw.text((x - 7, y - 8), str((hour + 2) % 12 + 1), (10, 10, 10), font_size=15)
    draw.line((115, 230, 115, 172), (10, 10, 10), 4)
    draw.line((115, 230, 154, 254), (10, 10, 10), 6)
    return picture


def ball() -> Image.Image:
    """Small, so it is enlarged: a ball and a kite, and an odd size."""
    picture = sky(151, 97)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 66, 151, 97), (60, 140, 50))
    draw.ellipse((28, 52, 64, 88), (245, 245, 245), (40, 40, 40))
    draw.polygon(ring(5, 46, 70, 8, 0.25), (20, 20, 20))
    draw.polygon([(110, 8), (128, 26), (110, 54), (94, 26)], (230, 60, 40))
    draw.line([(110, 54), (104, 66), (112, 74)], (40, 40, 40))
    return picture


def rounded(values: torch.Tensor) -> list[float]:
    return [round(v, 6) for v in values.tolist()]


def facts(net: NanoDet, picture: Image.Image) -> dict:
    outputs, boxes = detect(net, picture, THRESHOLD)
    square, place = letterbox(picture)
    cells = []
    for stride, output in zip(STRIDES, outputs):
        rows, columns = output.shape[1:]
        for row, column in ((0, 0), (rows // 3, columns // 2), (rows - 1, columns - 1)):
            cells.append({"stride": stride, "row": row, "column": column, "raw": rounded(output[:, row, column])})
    return {
        "letterbox": place,
        "square_sum": int(square.astype("int64").sum()),
        "cells": cells,
        "boxes": [rounded(box[:5]) + [int(box[5])] for box in boxes],
    }


def main() -> None:
    net = NanoDet(WEIGHTS)
    golden = {}
    for make in (road, clock, ball):
        picture = make()
        name = f"{make.__name__}.png"
        picture.save(HERE / "detector" / name, optimize=True)
        golden[name] = facts(net, picture)
        print(name, [(b[5], round(b[4], 2)) for b in golden[name]["boxes"]])
    (HERE / "detector" / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
