#!/usr/bin/env python3
"""Runs the kernel benchmark as each compiler built it, in turns, and prints device times as ratios to the first peer.

    run.py DIR [REPEATS]     DIR holds the binaries that utils/bench/running built, with versions.txt
"""

import math
import os
import subprocess
import sys


def measure(binary, repeats):
    out = subprocess.run([binary, repeats], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {n: (float(ms), float(s)) for n, ms, s in (line.split() for line in out.splitlines())}


def launches(folder):
    """The least of five runs each, in turns: microseconds."""
    best = {}
    for _ in range(5):
        for peer in ("nvcc", "cordon"):
            binary = os.path.join(folder, "launch-" + peer)
            if not os.path.exists(binary):
                return
            out = subprocess.run([binary], stdout=subprocess.PIPE, text=True, check=True).stdout
            for name, us in (line.split() for line in out.splitlines()):
                times = best.setdefault(name, {})
                times[peer] = min(float(us), times.get(peer, float("inf")))
    print("%-14s%12s%12s%12s" % ("host side", "nvcc us", "cordon us", "ratio"))
    for name, t in best.items():
        print("%-14s%12.2f%12.2f%12.3f" % (name, t["nvcc"], t["cordon"], t["cordon"] / t["nvcc"]))


def main():
    folder, repeats = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "50"
    peers = [p for p in ("nvcc", "clang", "cordon", "cordon-O0") if os.path.exists(os.path.join(folder, p))]
    best = {}
    for _ in range(3):  # in turns, so that clocks favour nobody
        for peer in peers:
            for name, (ms, checksum) in measure(os.path.join(folder, peer), repeats).items():
                old = best.setdefault(name, {}).get(peer)
                best[name][peer] = (min(ms, old[0]) if old else ms, checksum)
    print(open(os.path.join(folder, "versions.txt")).read().strip())
    subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])
    print("%-14s" % "kernel" + "%12s" % (peers[0] + " ms") + "".join("%12s" % p for p in peers[1:]) + "  checksum")
    logs = {p: [] for p in peers}
    wrong = 0
    for name, times in best.items():
        base, reference = times[peers[0]]
        same = all(abs(s - reference) <= 1e-4 * max(1, abs(reference)) for _, s in times.values())
        wrong += not same
        for p in peers:
            logs[p].append(math.log(times[p][0] / base))
        print("%-14s%12.4f" % (name, base) + "".join("%12.3f" % (times[p][0] / base) for p in peers[1:]) + ("  same" if same else "  DIFFERS"))
    print("%-14s%12s" % ("geometric mean", "") + "".join("%12.3f" % math.exp(sum(logs[p]) / len(logs[p])) for p in peers[1:]))
    print("%-14s%12s" % ("largest", "") + "".join("%12.3f" % math.exp(max(logs[p])) for p in peers[1:]))
    launches(folder)
    return 1 if wrong else 0


sys.exit(main())
