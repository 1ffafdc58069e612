#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time a review in a pseudo-terminal of 80x24, from each key to the end of what it draws:

    review_keys.py TAGSIGHT TEXT [OPTION...]

Prints one line of JSON: seconds to the first screen, then for keys pressed at once, while the text is
still being read, and for keys pressed when all is there: number, median, 99th percentile and longest,
in milliseconds; and the memory of the process. A drawing has ended when the terminal gets nothing for
3 ms; that wait is not counted. Nothing is predicted meanwhile: what comes of it by itself would be taken
for what a key draws.
"""
import json
import os
import pty
import select
import signal
import struct
import sys
import time
import fcntl
import termios

QUIET = 0.003
KEYS = ["\x1b[B", "\x1b[6~", "j", " ", "\x1b[4~", "\x1b[A", "\x1b[1~", "G", "k", "\r", "]", "]",
        "[", "\t", "q"]


def drawn(fd, limit):
    """When the last byte came of what is drawn next; None where nothing is."""
    last, seen = None, b""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        ready, _, _ = select.select([fd], [], [], QUIET if last else end - time.monotonic())
        if not ready:
            break
        data = os.read(fd, 65536)
        if b"\x1b[c" in data:  # what kind of terminal it is
            os.write(fd, b"\x1b[?62c")
        last, seen = time.monotonic(), seen + data
    return last, seen


def press(fd, seconds):
    times = []
    end = time.monotonic() + seconds
    at = 0
    while time.monotonic() < end:
        key = KEYS[at % len(KEYS)]
        at += 1
        while select.select([fd], [], [], 0)[0]:
            os.read(fd, 65536)
        begin = time.monotonic()
        os.write(fd, key.encode())
        last, _ = drawn(fd, 0.1)
        if last:
            times.append((last - begin) * 1e3)
        time.sleep(0.005)
    times.sort()
    n = len(times)
    return {"keys": n, "median": round(times[n // 2], 2), "p99": round(times[n * 99 // 100], 2),
            "longest": round(times[-1], 2)}


def main():
    tagsight, arguments = sys.argv[1], sys.argv[2:]
    begin = time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        os.execv(tagsight, [tagsight, "review", "--no-predict"] + arguments)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    while b"DFS" not in seen:
        seen += drawn(fd, 10)[1]
    first = time.monotonic() - begin - QUIET
    result = {"first_seconds": round(first, 3), "early": press(fd, 1)}
    time.sleep(20 if len(arguments) > 1 else 3)
    result["later"] = press(fd, 3)
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        result["resident_mb"] = [int(line.split()[1]) // 1024 for line in status
                                 if line.startswith("VmRSS")][0]
    print(json.dumps(result))
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


main()
