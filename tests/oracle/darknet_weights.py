# SPDX-License-Identifier: Apache-2.0
"""Reproducible random weights for a Darknet cfg, such that the numbers of every map stay of order 1."""
import re
import struct

import numpy as np

# Mean and variance of an activation of a standard normal number.
MOMENTS = {"linear": (0, 1), "relu": (0.40, 0.34), "leaky": (0.36, 0.38), "mish": (0.24, 0.39),
           "swish": (0.21, 0.32), "logistic": (0.5, 0.04)}


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


def convolution(rng, options, channels, square, out):
    number = lambda key, default: int(options.get(key, default))
    filters, size = number("filters", 1), number("size", 1)
    depth = channels // number("groups", 1)
    parts = [rng.normal(0, 0.1, filters)]
    if number("batch_normalize", 0):
        parts += [rng.normal(1, 0.1, filters), rng.normal(0, 0.1, filters), rng.uniform(0.5, 1.5, filters)]
    # The mean of 1 / variance, and the spread of the other parts, make more of it.
    scale = 1 / np.sqrt(1.12 * depth * size * size * square)
    parts.append(rng.normal(0, scale, (filters, depth, size, size)))
    for part in parts:
        out.write(part.astype("<f4").tobytes())
    return (filters, *MOMENTS[options.get("activation", "logistic")])


def write_weights(cfg, path, seed=1):
    """Weights of version 0.2 for all convolutions of a cfg of three input channels."""
    rng = np.random.default_rng(seed)
    made = []  # channels of each layer, mean and variance of its numbers as far as they can be foretold
    channels, mean, variance = 3, 0.5, 1 / 12
    with open(path, "wb") as out:
        out.write(struct.pack("<3iq", 0, 2, 0, 0))
        for i, (name, options) in enumerate(sections(cfg)[1:]):
            listed = options.get("layers") or options.get("from") or ""
            read = [made[int(x) if int(x) >= 0 else i + int(x)] for x in listed.split(",") if x]
            if name == "convolutional":
                square = mean ** 2 + variance
                channels, mean, variance = convolution(rng, options, channels, square, out)
            elif name == "route":
                channels = sum(x[0] for x in read) // int(options.get("groups", 1))
                mean, variance = max(x[1] for x in read), max(x[2] for x in read)
            elif name == "shortcut":
                mean, variance = mean + sum(x[1] for x in read), variance + sum(x[2] for x in read)
            elif name == "maxpool":
                mean += 1.5 * np.sqrt(variance)
            elif name in ("sam", "scale_channels"):
                channels, mean = read[0][0], mean * read[0][1]
            elif name == "reorg":
                channels *= int(options.get("stride", 1)) ** 2
            made.append((channels, mean, variance))
