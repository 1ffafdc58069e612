# SPDX-License-Identifier: Apache-2.0
"""What OpenCV's dnn (4.8.1) makes of darknet_layers/layers.cfg: reproducible random weights
(layers.weights), one input (input.f32 [3, 32, 32]) and the rows of its head (rows.f32 [512, 7]).

    python3 tests/oracle/make_darknet_fixture.py tests/oracle/darknet_layers
"""
import sys

import cv2
import numpy as np

from darknet_weights import write_weights

folder = sys.argv[1]
write_weights(f"{folder}/layers.cfg", f"{folder}/layers.weights")
net = cv2.dnn.readNetFromDarknet(f"{folder}/layers.cfg", f"{folder}/layers.weights")
net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
picture = np.random.default_rng(2).random((1, 3, 32, 32), dtype=np.float32)
net.setInput(picture)
picture.astype("<f4").tofile(f"{folder}/input.f32")
net.forward(net.getUnconnectedOutLayersNames())[0].astype("<f4").tofile(f"{folder}/rows.f32")
