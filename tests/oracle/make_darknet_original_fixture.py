# SPDX-License-Identifier: Apache-2.0
"""What Darknet itself makes of darknet_layers/original.cfg, in the same folder: random weights
(original.weights), one input (original_input.f32 [3, 24, 40]), the rows of its heads (original_rows.f32
[900, 7]) and what each kind of suppression leaves of them (original_kept.json), if a row has its best class
alone. And a random picture (letterbox.rgb [23, 37, 3]) in the letterbox of that input (letterbox.f32).

    python3 tests/oracle/make_darknet_original_fixture.py libdarknet.so tests/oracle/darknet_layers
"""
import json
import sys

import numpy as np

from darknet_original import Darknet, letterbox, row_of
from darknet_weights import write_weights

KINDS = {"default": 0, "greedynms": 1, "diounms": 2}  # NMS_KIND of darknet.h
THRESHOLD, OVERLAP, BETA = 0.3, 0.45, 0.3


def keep_best_class(found):
    scores = list(found.scores[:found.classes])
    for k in range(found.classes):
        found.scores[k] = max(scores) if k == scores.index(max(scores)) else 0


def kept(network, planes, kind):
    """[class, score, x, y, width, height] of what is left, best first."""
    boxes, n = network.found(planes, THRESHOLD)
    for i in range(n):
        keep_best_class(boxes[i])
    if kind == "default":
        network.lib.do_nms_sort(boxes, n, boxes[0].classes, OVERLAP)
    else:
        network.lib.diounms_sort(boxes, n, boxes[0].classes, OVERLAP, KINDS[kind], BETA)
    rows = [row_of(boxes[i]) for i in range(n)]
    left = [(k, row[5 + k], *row[:4]) for row in rows for k in range(len(row) - 5) if row[5 + k] > 0]
    return [[round(x, 7) for x in box] for box in sorted(left, key=lambda box: -box[1])]


library, folder = sys.argv[1:]
write_weights(f"{folder}/original.cfg", f"{folder}/original.weights", 3)
planes = np.random.default_rng(4).random((1, 3, 24, 40), dtype=np.float32)
planes.tofile(f"{folder}/original_input.f32")
network = Darknet(library, f"{folder}/original.cfg", f"{folder}/original.weights")
network.rows(planes).tofile(f"{folder}/original_rows.f32")
with open(f"{folder}/original_kept.json", "w") as out:
    json.dump({kind: kept(network, planes, kind) for kind in KINDS}, out)
    out.write("\n")
picture = np.random.default_rng(5).integers(0, 256, (23, 37, 3), dtype=np.uint8)
picture.tofile(f"{folder}/letterbox.rgb")
letterbox(library, picture, 40, 24).tofile(f"{folder}/letterbox.f32")
