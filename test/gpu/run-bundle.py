#!/usr/bin/env python3
"""Runs a bundle that utils/gpu-bundle packed: programs, then launch specs, then programs under compute-sanitizer.
Needs python3 and the CUDA driver. The last line is "N passed, N failed, N skipped"."""

import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = ("memcheck", "racecheck", "synccheck")
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import programs  # noqa: E402


def run_specs():
    """The harness's own bundle prints its own lines and closes with the counts."""
    runner = os.path.join(HERE, "smoke", "run")
    if not os.path.exists(runner):
        return 0, 0, 0
    done = subprocess.run([runner], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    print(done.stdout, end="")
    m = re.search(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", done.stdout)
    if not m:
        print("FAIL: smoke/run ended without counts, exit status %d" % done.returncode)
        return 0, 1, 0
    return int(m.group(1)), int(m.group(2)), int(m.group(3) or 0)


def run_sanitized(manifest, timeout=120):
    """Programs that throw nothing must be clean under compute-sanitizer's tools."""
    sanitizer = shutil.which("compute-sanitizer")
    clean = [(p, c) for p in manifest if p.get("sanitize", TOOLS) for c in p["cases"] if c["status"] == "0"]
    if not sanitizer:
        print("SKIP: compute-sanitizer is not here")
        return 0, 0, len(clean)
    passed = failed = 0
    for tool in TOOLS:
        for program, case in clean:
            if tool not in program.get("sanitize", TOOLS):
                continue
            command = [sanitizer, "--tool", tool, "--error-exitcode", "99", os.path.join(HERE, program["binary"])] + case["args"]
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout)
                wrong = done.returncode != 0
                output = done.stdout[-2000:]
                if "before first instrumented API call" in output:
                    continue  # a case that uses no GPU: nothing to look at
            except subprocess.TimeoutExpired:
                wrong, output = True, "no end after %d s" % timeout
            passed, failed = passed + (not wrong), failed + wrong
            print("%s %s/%s under %s" % ("FAIL:" if wrong else "PASS:", program["name"], case["name"], tool))
            if wrong:
                print("    " + output.replace("\n", "\n    "))
    return passed, failed, 0


def main():
    with open(os.path.join(HERE, "programs.json")) as f:
        manifest = json.load(f)
    with open(os.path.join(HERE, "skipped.json")) as f:
        not_built = json.load(f)
    for line in not_built:
        print("SKIP: " + line)
    counts = [programs.run_all(manifest, HERE) + (len(not_built),), run_specs()]
    if "--no-sanitizer" not in sys.argv:
        counts.append(run_sanitized(manifest))
    passed, failed, skipped = (sum(c) for c in zip(*counts))
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed else 0


sys.exit(main())
