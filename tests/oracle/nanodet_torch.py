# SPDX-License-Identifier: Apache-2.0
"""NanoDet-g in PyTorch, as inference/models/detector.md describes it: what the C detector is compared with."""
from __future__ import annotations

import math
from pathlib import Path
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

SIDE, CLASSES, BINS, STRIDES = 416, 80, 11, (8, 16, 32)
MEAN_BGR, STD_BGR = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)


class Conv(nn.Module):
    """A convolution that keeps the size (at stride 1), then a leaky ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, slope: float = 0.1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(self.conv(x), self.slope)


class Unit(nn.Module):
    """Halves the channels, then puts a convolution of the half before the half itself."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.in_conv = Conv(channels, channels // 2)
        self.mid_conv = Conv(channels // 2, channels // 2)

    def forward(self, x: Tensor) -> Tensor:
        half = self.in_conv(x)
        return torch.cat((self.mid_conv(half), half), 1)


class CspBlock(nn.Module):
    def __init__(self, channels: int, units: int, stride: int) -> None:
        super().__init__()
        self.in_conv = Conv(channels, channels, stride=stride)
        self.res_blocks = nn.Sequential(*(Unit(channels) for _ in range(units)))
        self.res_out_conv = Conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        x = self.in_conv(x)
        return torch.cat((self.res_out_conv(self.res_blocks(x)), x), 1)


class Backbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList([
            Conv(3, 32, stride=2), nn.MaxPool2d(3, 2, 1), CspBlock(32, 1, 1),
            CspBlock(64, 2, 2), CspBlock(128, 2, 2), CspBlock(256, 3, 2)])

    def forward(self, x: Tensor) -> list[Tensor]:
        outputs = []
        for stage in self.stages:
            x = stage(x)
            outputs.append(x)
        return outputs


class Pyramid(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lateral_convs = nn.ModuleList(Conv(c, 128, 1, slope=1.0) for c in (128, 256, 512))

    def forward(self, stages: list[Tensor]) -> list[Tensor]:
        levels = [conv(x) for conv, x in zip(self.lateral_convs, stages[-3:])]
        for source, target in ((2, 1), (1, 0), (0, 1), (1, 2)):
            size = levels[target].shape[2:]
            levels[target] = levels[target] + F.interpolate(levels[source], size=size, mode="bilinear")
        return levels


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cls_convs = nn.ModuleList(nn.Sequential(Conv(128, 128)) for _ in STRIDES)
        self.gfl_cls = nn.ModuleList(nn.Conv2d(128, CLASSES + 4 * BINS, 1) for _ in STRIDES)

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        return [last(conv(x)) for conv, last, x in zip(self.cls_convs, self.gfl_cls, levels)]


class NanoDet(nn.Module):
    """[1, 3, 416, 416] -> for each stride [1, 124, rows, columns]: class logits, then distance logits."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.backbone, self.fpn, self.head = Backbone(), Pyramid(), Head()
        self.load_state_dict({name: t.float() for name, t in load_file(weights).items()})
        self.eval()

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.head(self.fpn(self.backbone(x)))


def letterbox(picture: Image.Image) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """RGB -> uint8 [416, 416, 3] in RGB, and (left, top, new width, new height)."""
    width, height = picture.size
    ratio = min(SIDE / width, SIDE / height)
    new = [max(1, min(SIDE, math.floor(n * ratio + 0.5))) for n in (width, height)]
    left, top = (SIDE - new[0]) // 2, (SIDE - new[1]) // 2
    square = Image.new("RGB", (SIDE, SIDE))
    square.paste(picture.resize(new, Image.Resampling.BILINEAR), (left, top))
    return np.asarray(square), (left, top, new[0], new[1])


def normalised(square: np.ndarray) -> Tensor:
    bgr = square[:, :, ::-1].astype(np.float32)
    x = (bgr - np.float32(MEAN_BGR)) / np.float32(STD_BGR)
    return torch.from_numpy(x.transpose(2, 0, 1).copy())[None]


def boxes_of_level(output: Tensor, stride: int, threshold: float) -> Tensor:
    """[124, rows, columns] -> [n, 6]: x1, y1, x2, y2 in the square, score, class."""
    scores = output[:CLASSES].sigmoid()
    bins = output[CLASSES:].reshape(4, BINS, *output.shape[1:]).softmax(1)
    distances = torch.einsum("sbrc,b->src", bins, torch.arange(float(BINS))) * stride
    kind, row, column = (scores > threshold).nonzero(as_tuple=True)
    centre = torch.stack((column, row)) * float(stride) + stride / 2
    reach = distances[:, row, column]
    corners = torch.cat((centre - reach[:2], centre + reach[2:])).clamp(0, SIDE)
    return torch.cat((corners, scores[kind, row, column][None], kind[None].float())).T


def overlap(a: Tensor, b: Tensor) -> float:
    width = float(min(a[2], b[2]) - max(a[0], b[0]))
    height = float(min(a[3], b[3]) - max(a[1], b[1]))
    if width <= 0 or height <= 0:
        return 0.0
    area = lambda box: float((box[2] - box[0]) * (box[3] - box[1]))
    return width * height / (area(a) + area(b) - width * height)


def suppress(boxes: Tensor, iou: float = 0.6, most: int = 100) -> Tensor:
    """Non-maximum suppression within each class; what stays, best first."""
    kept: list[Tensor] = []
    for box in boxes[boxes[:, 4].argsort(descending=True, stable=True)]:
        if len(kept) < most and all(k[5] != box[5] or overlap(k, box) <= iou for k in kept):
            kept.append(box)
    return torch.stack(kept) if kept else torch.zeros(0, 6)


@torch.no_grad()
def detect(net: Callable[[Tensor], list[Tensor]], picture: Image.Image, threshold: float = 0.4) -> tuple[list[Tensor], Tensor]:
    """The raw outputs of each stride, and boxes [n, 6] in pixels of the picture, best first."""
    square, (left, top, new_width, new_height) = letterbox(picture)
    outputs = [o[0] for o in net(normalised(square))]
    boxes = suppress(torch.cat([boxes_of_level(o, s, threshold) for o, s in zip(outputs, STRIDES)]))
    width, height = picture.size
    for axis, (start, new, old) in enumerate(((left, new_width, width), (top, new_height, height))):
        boxes[:, axis:4:2] = ((boxes[:, axis:4:2] - start) * (old / new)).clamp(0, old)
    return outputs, boxes
