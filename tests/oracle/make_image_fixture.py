# SPDX-License-Identifier: Apache-2.0
"""Write image/*: small pictures of every kind that is decoded, and image/golden.json: SHA-256 of Pillow's RGB bytes.

    python make_image_fixture.py        (needs: pillow, numpy)

They are the seeds of tests/fuzz/fuzz_image.c too. 16-bit grey is clipped here as Pillow 9 to 11 do; what a GIF's
palette lacks is black, as from Pillow 10 on.
"""
from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).resolve().parent / "image"


def waves(width: int, height: int, channels: int) -> np.ndarray:
    """Smooth colour with a few hard edges."""
    y, x = np.mgrid[:height, :width]
    planes = [127 + 120 * np.sin((x * (k + 1) + y * (3 - k)) / 9.0) for k in range(channels)]
    a = np.stack(planes, -1).astype(np.uint8)
    a[height // 3 : height // 2, width // 4 : width // 2] = 255
    return a


def rgb_of(picture: Image.Image) -> bytes:
    if picture.mode.startswith("I"):
        grey = np.minimum(np.asarray(picture).astype(np.int64), 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, -1).tobytes()
    return picture.convert("RGB").tobytes()


def pictures() -> dict[str, tuple[Image.Image, dict]]:
    rgb, rgba = Image.fromarray(waves(37, 29, 3)), Image.fromarray(waves(33, 21, 4), "RGBA")
    grey, cmyk = Image.fromarray(waves(30, 17, 1)[..., 0]), Image.fromarray(waves(26, 19, 4), "CMYK")
    grey16 = Image.fromarray((waves(21, 15, 1)[..., 0].astype(np.uint16) * 3))
    palette = rgb.quantize(7)
    noise = np.random.default_rng(1).integers(0, 256, (70, 80)).astype(np.uint8)
    large, turned = Image.fromarray(waves(264, 257, 3)), Image.Exif()  # large enough to be decoded at an eighth
    turned[0x0112] = 6
    return {
        "420.jpg": (rgb, {"quality": 80}),
        "422.jpg": (rgb, {"quality": 80, "subsampling": 1}),
        "444.jpg": (rgb, {"quality": 95, "subsampling": 0}),
        "progressive.jpg": (rgb, {"progressive": True}),
        "restarts.jpg": (rgb, {"restart_marker_blocks": 2}),
        "grey.jpg": (grey, {}),
        "cmyk.jpg": (cmyk, {}),
        "large.jpg": (large, {"quality": 25, "exif": turned}),
        "large_optimised.jpg": (large, {"quality": 60, "optimize": True, "subsampling": 0}),
        "large_progressive.jpg": (large, {"quality": 25, "progressive": True}),
        "pixel.jpg": (Image.new("RGB", (1, 1), (9, 99, 199)), {}),
        "rgb.png": (rgb, {"optimize": True}),
        "turned.png": (rgb, {"optimize": True, "exif": turned}),
        "rgba.png": (rgba, {"optimize": True}),
        "grey.png": (grey, {"optimize": True}),
        "grey16.png": (grey16, {}),
        "grey_alpha.png": (rgba.convert("LA"), {}),
        "bits1.png": (grey.point(lambda v: 255 * (v > 120)).convert("1"), {}),
        "palette2.png": (rgb.quantize(4), {"bits": 2}),
        "palette_transparent.png": (palette, {"transparency": 2}),
        "lossy.webp": (rgb, {"quality": 70}),
        "turned.webp": (rgb, {"quality": 10, "exif": turned}),
        "lossless.webp": (rgb, {"lossless": True}),
        "alpha.webp": (rgba, {"quality": 70, "exact": True}),
        "rows.gif": (rgb.quantize(16), {"interlace": 0}),
        "interlaced.gif": (rgb.quantize(200), {"interlace": 1}),
        "transparent.gif": (palette, {"transparency": 2}),
        "grey.gif": (grey, {}),
        "flat.gif": (Image.new("L", (200, 90), 7), {}),  # strings of many pixels
        "noise.gif": (Image.fromarray(noise), {}),  # more strings than codes
        "frames.gif": (rgb.quantize(5), {"save_all": True, "append_images": [rgb.rotate(90).quantize(9)]}),
        "local.gif": (palette, {}),
        "small_frame.gif": (palette, {"transparency": 3}),
        "small_opaque_frame.gif": (palette, {}),
        "large_frame.gif": (palette, {}),
    }


def local_palette(gif: bytes) -> bytes:
    """The file's palette before the frame, and another in its place."""
    size = 3 << (gif[10] & 7) + 1
    colours, frame = gif[13 : 13 + size], gif.index(b",", 13 + size)
    flags = bytes([gif[frame + 9] | 0x80 | gif[10] & 7])
    return (gif[:13] + colours[::-1] + gif[13 + size : frame + 9] + flags + colours + gif[frame + 10 :])


def screen(gif: bytes, width: int, height: int, left: int, top: int) -> bytes:
    """Another screen, and another place of the first frame on it."""
    frame = gif.index(b",", 13 + (3 << (gif[10] & 7) + 1))
    return (gif[:6] + struct.pack("<HH", width, height) + gif[10 : frame + 1] + struct.pack("<HH", left, top)
            + gif[frame + 5 :])


# What Pillow reads and does not write.
EDITS = {
    "local.gif": local_palette,
    "small_frame.gif": lambda gif: screen(gif, 50, 40, 9, 4),
    "small_opaque_frame.gif": lambda gif: screen(gif, 50, 40, 9, 4),
    "large_frame.gif": lambda gif: screen(gif, 30, 40, 5, 3),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    golden = {}
    for name, (picture, options) in pictures().items():
        picture.save(FOLDER / name, **options)
        if name in EDITS:
            (FOLDER / name).write_bytes(EDITS[name]((FOLDER / name).read_bytes()))
        with Image.open(FOLDER / name) as again:
            golden[name] = {"size": again.size, "rgb_sha256": hashlib.sha256(rgb_of(again)).hexdigest()}
    (FOLDER / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
