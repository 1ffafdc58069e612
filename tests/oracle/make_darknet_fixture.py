# SPDX-License-Identifier: Apache-2.0
"""What OpenCV's dnn (4.8.1) makes of darknet_layers/layers.cfg: reproducible random weights
(layers.weights), one input (input.f32 [3, 32, 32]) and the rows of its head (rows.f32 [512, 7]).

    python3 tests/oracle/make_darknet_fixture.py tests/oracle/darknet_layers
"""
import re
import struct
import sys

import cv2
import numpy as np


def sections(path):
    found = []
    for line in open(path):
        line = re.sub(r"[#;].*|\s", "", line)
        if line.startswith("["):
            found.append((line[1:-1], {}))
        elif line:
            key, value = line.split("=", 1)
            found[-1][1].setdefault(key, value)
    return found


def write_weights(cfg, path):
    rng = np.random.default_rng(1)
    channels, outputs = 3, []
    with open(path, "wb") as out:
        out.write(struct.pack("<3iq", 0, 2, 0, 0))
        for i, (name, options) in enumerate(sections(cfg)[1:]):
            number = lambda key, default: int(options.get(key, default))
            if name == "convolutional":
                filters, size = number("filters", 1), number("size", 1)
                depth = channels // number("groups", 1)
                parts = [rng.normal(0, 0.1, filters)]
                if number("batch_normalize", 0):
                    parts += [rng.normal(1, 0.1, filters), rng.normal(0, 0.1, filters),
                              rng.uniform(0.5, 1.5, filters)]
                parts.append(rng.normal(0, np.sqrt(1.6 / (depth * size * size)),
                                        (filters, depth, size, size)))
                for part in parts:
                    out.write(part.astype("<f4").tobytes())
                channels = filters
            elif name == "route":
                layers = [int(x) for x in options["layers"].split(",")]
                channels = sum(outputs[x if x >= 0 else i + x] for x in layers) // number("groups", 1)
            outputs.append(channels)


folder = sys.argv[1]
write_weights(f"{folder}/layers.cfg", f"{folder}/layers.weights")
net = cv2.dnn.readNetFromDarknet(f"{folder}/layers.cfg", f"{folder}/layers.weights")
net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
picture = np.random.default_rng(2).random((1, 3, 32, 32), dtype=np.float32)
net.setInput(picture)
picture.astype("<f4").tofile(f"{folder}/input.f32")
net.forward(net.getUnconnectedOutLayersNames())[0].astype("<f4").tofile(f"{folder}/rows.f32")
