# SPDX-License-Identifier: Apache-2.0
"""Reproducible weights from a spec, the same numbers as tests/unit/generated_weights.h makes.

A spec has one tensor a line: name, type, shape, mean and scale between tabs; `{a..b}` in a name stands for
each number from a to b. Element i is mean + scale * v, with v from -1 to 1 made of the name, the seed and i by
FNV-1a and SplitMix64.
"""
import re

import numpy as np

GOLDEN_RATIO = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
CHUNK = 1 << 22 # numbers at once: a table of words has 23 million


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(name, count, seed):
    """count float32 values in [-1, 1)."""
    start = np.uint64((fnv1a64(name.encode()) + seed * GOLDEN_RATIO) & MASK)
    values = np.empty(count, np.float32)
    for first in range(0, count, CHUNK):
        last = min(count, first + CHUNK)
        with np.errstate(over="ignore"):
            z = start + np.arange(first + 1, last + 1, dtype=np.uint64) * np.uint64(GOLDEN_RATIO)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z ^= z >> np.uint64(31)
        values[first:last] = (z >> np.uint64(40)).astype(np.float64) / 8388608.0 - 1.0
    return values


def generate(name, shape, mean, scale, seed):
    values = uniform(name, int(np.prod(shape)), seed)
    return (np.float32(mean) + np.float32(scale) * values).reshape(shape)


def expand(name):
    """The names that a name with {a..b} stands for."""
    found = re.search(r"\{(\d+)\.\.(\d+)\}", name)
    if not found:
        yield name
        return
    for number in range(int(found[1]), int(found[2]) + 1):
        yield from expand(name[:found.start()] + str(number) + name[found.end():])


def read(paths, seed, prefix=""):
    """name -> float32 array, of all specs, with the prefix before each name."""
    tensors = {}
    for path in paths:
        for line in open(path, encoding="utf-8"):
            names, _, sizes, mean, scale = line.rstrip("\n").split("\t")
            shape = tuple(int(size) for size in sizes.split(","))
            for name in expand(prefix + names):
                tensors[name] = generate(name, shape, float(mean), float(scale), seed)
    return tensors
