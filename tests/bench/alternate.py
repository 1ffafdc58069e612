# SPDX-License-Identifier: Apache-2.0
"""Rounds of two programs in turn, so that whatever else the machine does meets both alike.

    python alternate.py ROUNDS 'COMMAND A' 'COMMAND B'

Each command prints a line when it is ready, then one JSON line {"items", "seconds", "cpu", ...} for each line that it
reads. After a round of each that does not count, prints one JSON line: the median items a second of both, by the clock and
by processor time, and the median and the range of the ratios of rounds next to each other.
"""
from __future__ import annotations

import json
import subprocess
import sys
from statistics import median


class Program:
    def __init__(self, command: str) -> None:
        self.process = subprocess.Popen(command, shell=True, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def round(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    programs = [Program(command) for command in sys.argv[2:4]]
    rounds = [[p.round() for p in programs] for _ in range(int(sys.argv[1]) + 1)][1:]
    for program in programs:
        program.close()
    rates = [[r["items"] / r["seconds"] for r in pair] for pair in rounds]
    of_cpu = [[r["items"] / r["cpu"] for r in pair] for pair in rounds]
    ratios = sorted(a / b for a, b in rates)
    print(json.dumps({
        "ours": median(a for a, _ in rates),
        "peer": median(b for _, b in rates),
        "ours_cpu": median(a for a, _ in of_cpu),
        "peer_cpu": median(b for _, b in of_cpu),
        "ratio": median(ratios),
        "least": ratios[0],
        "most": ratios[-1],
        "ratio_cpu": median(a / b for a, b in of_cpu),
        "batch": rounds[0][1].get("batch"),
    }))


if __name__ == "__main__":
    main()
