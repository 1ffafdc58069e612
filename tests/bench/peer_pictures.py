# SPDX-License-Identifier: Apache-2.0
"""Verify and load every picture of a folder, as cleaning scripts do: one process.

    python peer_pictures.py FOLDER
"""
from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image


def check(path: Path) -> bool:
    """verify() looks at the structure of a file, load() finds where its data ends; each wants a fresh file."""
    try:
        with Image.open(path) as picture:
            picture.verify()
        with Image.open(path) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


def main() -> None:
    paths = sorted(Path(sys.argv[1]).iterdir())
    bad = [path for path in paths if not check(path)]
    print(f"{len(paths)} pictures, {len(bad)} cannot be read")


if __name__ == "__main__":
    main()
