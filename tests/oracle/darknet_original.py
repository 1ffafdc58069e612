# SPDX-License-Identifier: Apache-2.0
"""Darknet itself (AlexeyAB/darknet at 59596d78, built with LIBSO=1) through its C interface."""
import ctypes as C

import numpy as np


class Picture(C.Structure):
    _fields_ = [("w", C.c_int), ("h", C.c_int), ("c", C.c_int), ("data", C.POINTER(C.c_float))]


class Box(C.Structure):
    _fields_ = [(side, C.c_float) for side in "xywh"]


class Detection(C.Structure):
    _fields_ = [("box", Box), ("classes", C.c_int), ("best_class", C.c_int), ("scores", C.POINTER(C.c_float)),
                ("mask", C.POINTER(C.c_float)), ("objectness", C.c_float), ("sort_class", C.c_int),
                ("uncertain", C.POINTER(C.c_float)), ("points", C.c_int), ("embeddings", C.POINTER(C.c_float)),
                ("embedding_size", C.c_int), ("sim", C.c_float), ("track", C.c_int)]


def row_of(found):
    return [found.box.x, found.box.y, found.box.w, found.box.h, found.objectness, *found.scores[:found.classes]]


class Darknet:
    def __init__(self, library, cfg, weights):
        lib = self.lib = C.CDLL(library)
        lib.load_network_custom.restype = C.c_void_p
        lib.load_network_custom.argtypes = [C.c_char_p, C.c_char_p, C.c_int, C.c_int]
        lib.network_predict_ptr.restype = C.POINTER(C.c_float)
        lib.network_predict_ptr.argtypes = [C.c_void_p, C.c_void_p]
        lib.get_network_boxes.restype = C.POINTER(Detection)
        lib.get_network_boxes.argtypes = [C.c_void_p, C.c_int, C.c_int, C.c_float, C.c_float, C.c_void_p,
                                          C.c_int, C.POINTER(C.c_int), C.c_int]
        lib.do_nms_sort.argtypes = [C.POINTER(Detection), C.c_int, C.c_int, C.c_float]
        lib.diounms_sort.argtypes = [C.POINTER(Detection), C.c_int, C.c_int, C.c_float, C.c_int, C.c_float]
        self.network = lib.load_network_custom(cfg.encode(), weights.encode(), 0, 1)

    def found(self, planes, threshold, width=1000, height=1000, letter=0):
        """Detections of planes [1, 3, height, width], in the order of rows of [yolo] heads."""
        planes = np.ascontiguousarray(planes, dtype=np.float32)
        n = C.c_int(0)
        self.lib.network_predict_ptr(self.network, planes.ctypes.data)
        boxes = self.lib.get_network_boxes(self.network, width, height, threshold, 0.5, None, 1, C.byref(n), letter)
        return boxes, n.value

    def rows(self, planes):
        boxes, n = self.found(planes, 0)
        return np.array([row_of(boxes[i]) for i in range(n)], dtype=np.float32)


def letterbox(library, rgb, width, height):
    """Planes [3, height, width] of a picture [h, w, 3] of bytes, as Darknet puts it into a network's input."""
    lib = C.CDLL(library)
    lib.letterbox_image.restype = Picture
    lib.letterbox_image.argtypes = [Picture, C.c_int, C.c_int]
    planes = np.ascontiguousarray(rgb.transpose(2, 0, 1) / 255.0, dtype=np.float32)
    own = Picture(rgb.shape[1], rgb.shape[0], 3, planes.ctypes.data_as(C.POINTER(C.c_float)))
    made = lib.letterbox_image(own, width, height)
    return np.ctypeslib.as_array(made.data, (3, height, width)).copy()
