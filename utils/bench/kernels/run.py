#!/usr/bin/env python3
"""Runs the kernel benchmark as each compiler built it, in turns, and prints device times as ratios to the first peer.

    run.py DIR [REPEATS]     DIR holds the binaries that utils/bench/running built, with versions.txt
"""

import math
import os
import subprocess
import sys


def measure(binary, repeats):
    done = subprocess.run([binary, repeats], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        print("%s failed (%d): %s" % (binary, done.returncode, done.stderr.strip()))
    out = done.stdout
    return {n: (float(ms), float(s)) for n, ms, s in (line.split() for line in out.splitlines())}


def launches(folder):
    """The least of twelve runs each, in turns: microseconds."""
    best = {}
    for _ in range(12):
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


PEERS = ("nvcc", "clang", "cordon", "cordon-O0", "c-O2", "c-O0", "rust-O3", "rust-bc", "rust-O0")
LIMITS = {"nvcc": 1.10, "clang": 1.05}  # of a single kernel


def mean(ratios):
    return math.exp(sum(math.log(r) for r in ratios) / len(ratios))


def compare(best, peers, base):
    """Each peer's geometric mean and largest ratio to base, and what is above the limit."""
    print("%-14s" % ("to " + base) + "".join("%12s" % p for p in peers))
    ratios = {p: {k: t[p][0] / t[base][0] for k, t in best.items() if p in t} for p in peers}
    for name, figure in (("kernels", lambda r: "%d" % len(r)), ("geometric mean", lambda r: "%.3f" % mean(r.values())),
                         ("largest", lambda r: "%.3f" % max(r.values()))):
        print("%-14s" % name + "".join("%12s" % figure(ratios[p]) for p in peers))
    for p in peers:
        above = ["%s %.3f" % (k, r) for k, r in ratios[p].items() if r > LIMITS[base]]
        if above and p not in LIMITS:
            print("  above %.2f of %s: %s: %s" % (LIMITS[base], base, p, ", ".join(above)))


def main():
    folder, repeats = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "50"
    peers = [p for p in PEERS if os.path.exists(os.path.join(folder, p))]
    best = {}
    for _ in range(3):  # in turns, so that clocks favour nobody
        for peer in peers:
            for name, (ms, checksum) in measure(os.path.join(folder, peer), repeats).items():
                old = best.setdefault(name, {}).get(peer)
                best[name][peer] = (min(ms, old[0]) if old else ms, checksum)
    print(open(os.path.join(folder, "versions.txt")).read().strip())
    with open("/proc/cpuinfo") as info:
        model = [line.split(":")[1].strip() for line in info if line.startswith("model name")]
    print("machine: %s, %d cores" % (model[0] if model else "unknown", os.cpu_count()), flush=True)
    subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])
    print("%-14s" % "kernel" + "%12s" % (peers[0] + " ms") + "".join("%12s" % p for p in peers[1:]) + "  checksum")
    wrong = 0
    for name, times in best.items():
        base, reference = times[peers[0]]
        differ = [p for p, (_, s) in times.items() if abs(s - reference) > 1e-4 * max(1, abs(reference))]
        wrong += bool(differ)
        row = "".join("%12s" % ("%.3f" % (times[p][0] / base) if p in times else "-") for p in peers[1:])
        print("%-14s%12.4f" % (name, base) + row + ("  DIFFERS: " + " ".join(differ) if differ else "  same"))
    for base in [p for p in LIMITS if p in peers]:
        compare(best, [p for p in peers if p != base and any(p in t for t in best.values())], base)
    launches(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
