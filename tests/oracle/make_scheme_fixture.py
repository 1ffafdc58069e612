#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What seqeval's strict mode makes of tag sequences, well formed and not: tests/oracle/schemes/strict.json.

    pip install seqeval==1.2.2
    tests/oracle/make_scheme_fixture.py
"""
import json
import random
from pathlib import Path

from seqeval import scheme as seqeval_scheme
from seqeval.scheme import Tokens

SCHEMES = ["IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU"]
TYPES = ["PER", "LOC", "geo-loc", "-odd-"]
STRANGE = ["B", "I", "BPER", "O-PER", "b-PER", "X", "[CLS]", "PAD", "M-LOC", "B-", "I--", "E_PER", ".", "é-PER"]
SEQUENCES = 240
HERE = Path(__file__).parent


def sequence(stream):
    prefixes = stream.choice(["OIB", "OIE", "OIBES", "OIBLU", "OIBESLU"])
    kind, tags = stream.choice(TYPES), []
    for _ in range(stream.randint(1, 12)):
        if stream.random() < 0.35:
            kind = stream.choice(TYPES)
        prefix = stream.choice(prefixes)
        tags.append("O" if prefix == "O" else f"{prefix}-{kind}")
        if stream.random() < 0.02:
            tags[-1] = stream.choice(STRANGE)
    return tags


def strict(tags, name):
    try:
        found = Tokens(tags, getattr(seqeval_scheme, name)).entities
    except (KeyError, ValueError, IndexError) as error:
        return f"error: {type(error).__name__}"
    return [[entity.tag, entity.start, entity.end] for entity in found]


def main():
    stream = random.Random(20261)
    lines = []
    for _ in range(SEQUENCES):
        tags = sequence(stream)
        lines.append({"kind": "noisy", "tags": tags, "strict": {name: strict(tags, name) for name in SCHEMES}})
    folder = HERE / "schemes"
    folder.mkdir(exist_ok=True)
    text = ",\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    (folder / "strict.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
