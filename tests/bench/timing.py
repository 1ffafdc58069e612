# SPDX-License-Identifier: Apache-2.0
"""Timing that the peers share."""
from __future__ import annotations

import time
from typing import Callable


def fastest(work: Callable[[], object], repeat: int) -> float:
    """Seconds of the fastest of some runs."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)
