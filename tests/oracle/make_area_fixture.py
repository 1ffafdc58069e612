#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What OpenCV's INTER_AREA makes of pictures of a formula, at many sizes: tests/oracle/area/golden.json.

Needs opencv-python-headless and numpy.
"""
import hashlib
import json
import os

import cv2
import numpy

SIZES = [
    ((64, 48), (32, 24)), ((96, 64), (32, 32)), ((97, 61), (32, 20)), ((300, 200), (256, 171)),
    ((301, 227), (256, 193)), ((257, 255), (256, 254)), ((1000, 7), (256, 2)), ((1000, 1), (256, 1)),
    ((1, 1), (256, 256)), ((2, 3), (171, 256)), ((47, 31), (256, 169)), ((128, 128), (256, 256)),
    ((255, 255), (256, 256)), ((100, 300), (50, 301)), ((300, 100), (301, 50)), ((490, 343), (10, 7)),
    ((512, 512), (256, 256)), ((777, 555), (256, 183)), ((60, 60), (60, 60)), ((60, 60), (60, 30)),
    ((13, 1024), (3, 256)), ((1023, 767), (341, 256)), ((641, 427), (256, 171)),
]


def picture(width, height):
    """The C test makes the same one."""
    at = numpy.arange(width * height * 3, dtype=numpy.uint64)
    return ((at * 2654435761 + 12345) >> numpy.uint64(13) & numpy.uint64(255)).astype(numpy.uint8).reshape(height, width, 3)


def main():
    cases = []
    for (width, height), size in SIZES:
        resized = cv2.resize(picture(width, height), size, interpolation=cv2.INTER_AREA)
        cases.append({"from": [width, height], "to": list(size), "sha256": hashlib.sha256(resized.tobytes()).hexdigest()})
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "area")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "golden.json"), "w") as stream:
        json.dump({"opencv": cv2.__version__, "cases": cases}, stream, indent=1)
        stream.write("\n")


if __name__ == "__main__":
    main()
