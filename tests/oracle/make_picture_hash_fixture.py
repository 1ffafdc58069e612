# SPDX-License-Identifier: Apache-2.0
"""Write picture_hash/golden.json: the hashes that the package imagehash gives to this repository's pictures.

    python make_picture_hash_fixture.py        (needs: pillow below 13, numpy, scipy, imagehash)

"lanczos" is the SHA-256 of Pillow's RGB bytes of the picture in 32 x 32. picture_hash/orientation_*: small pictures to
which Pillow wrote an Exif orientation, read back with its getexif(). Where Pillow gives a picture other pixels from one
version to the next (16-bit grey, palettes of GIF that lack colours), the picture is left out.
"""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "picture_hash"
ORIENTATION = 0x0112


def hashes(path: Path) -> dict[str, str]:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    small = picture.resize((32, 32), Image.Resampling.LANCZOS)
    return {
        "phash": str(imagehash.phash(picture)),
        "dhash": str(imagehash.dhash(picture)),
        "lanczos": hashlib.sha256(small.tobytes()).hexdigest(),
    }


def orientations() -> dict[str, int]:
    y, x = np.mgrid[:12, :16]
    picture = Image.fromarray(np.stack([x * 15, y * 20, x * y], -1).astype(np.uint8))
    made = {}
    for kind in ("jpg", "png", "webp"):
        for orientation in (1, 3, 6, 8) if kind == "jpg" else (6,):
            exif = Image.Exif()
            exif[0x010F] = "camera"
            exif[ORIENTATION] = orientation
            name = f"orientation_{orientation}.{kind}"
            picture.save(FOLDER / name, exif=exif)
            with Image.open(FOLDER / name) as opened:
                made[name] = opened.getexif()[ORIENTATION]
    exif = Image.Exif()
    exif.endian = "<"
    exif[ORIENTATION] = 5
    picture.save(FOLDER / "orientation_little_endian.jpg", exif=exif)
    with Image.open(FOLDER / "orientation_little_endian.jpg") as opened:
        made["orientation_little_endian.jpg"] = opened.getexif()[ORIENTATION]
    return made


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    root = HERE.parents[1]
    pictures = [*(root / "tests/sample/pictures").glob("sample_[1-8].jpg"), *(HERE / "image").glob("*.jpg"),
                *(HERE / "image").glob("*.png"), *(HERE / "image").glob("*.webp")]
    golden = {
        "pictures": {str(p.relative_to(root)): hashes(p) for p in sorted(pictures) if "grey16" not in p.name},
        "orientations": orientations(),
    }
    (FOLDER / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
