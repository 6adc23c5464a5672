#!/usr/bin/env python3
"""Runs the tests of this folder: tests/NAME/test.spec through cordon-smoke, and tests/NAME/cmd as a program.

Usage: run [--filter=TEXT] [--junit=FILE] [--timeout=SECONDS] [--jobs=N] [-v] [options for cordon-smoke...]
Prints a line for each test, the output of those that fail, and last `N passed, N failed, N skipped`.
Exit code: 0, or 1 if a test failed or none could run.
"""
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from xml.sax.saxutils import escape, quoteattr

HERE = os.path.dirname(os.path.abspath(__file__))


def run_test(folder, options, timeout):
    spec = os.path.join(folder, "test.spec")
    if os.path.exists(spec):
        command = [os.path.join(HERE, "cordon-smoke"), "--spec=" + spec] + options
    else:
        command = [os.path.join(folder, "cmd")]
    start = time.time()
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout)
        code, text = done.returncode, done.stdout
    except subprocess.TimeoutExpired as error:
        code, text = 1, (error.stdout or b"") + b"\ndid not end within %d s\n" % timeout
    except OSError as error:
        code, text = 2, str(error).encode()
    verdict = "passed" if code == 0 else "skipped" if code == 77 else "failed"
    return verdict, code, text.decode("utf-8", "replace"), time.time() - start


def junit(results):
    count = {v: sum(r[1] == v for r in results) for v in ("passed", "failed", "skipped")}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             '<testsuite name="cordon-gpu" tests="%d" failures="%d" skipped="%d">'
             % (len(results), count["failed"], count["skipped"])]
    for name, verdict, code, text, seconds in results:
        text = "".join(c if c in "\n\t" or ord(c) >= 32 else "?" for c in text)
        lines.append('  <testcase classname="cordon" name=%s time="%.3f">' % (quoteattr(name), seconds))
        if verdict == "failed":
            lines.append('    <failure message="exit code %d">%s</failure>' % (code, escape(text)))
        elif verdict == "skipped":
            lines.append("    <skipped>%s</skipped>" % escape(text))
        lines.append("  </testcase>")
    return "\n".join(lines + ["</testsuite>", ""])


def main(arguments):
    wanted, report, timeout, jobs, verbose, options = "", os.path.join(HERE, "results.xml"), 300, 1, False, []
    for a in arguments:
        if a in ("-h", "--help"):
            print(__doc__.strip())
            return 0
        if a.startswith("--filter="):
            wanted = a.split("=", 1)[1]
        elif a.startswith("--junit="):
            report = a.split("=", 1)[1]
        elif a.startswith("--timeout="):
            timeout = int(a.split("=", 1)[1])
        elif a.startswith("--jobs="):
            jobs = max(1, int(a.split("=", 1)[1]))
        elif a == "-v":
            verbose = True
        else:
            options.append(a)
    root = os.path.join(HERE, "tests")
    names = sorted(n for n in os.listdir(root) if wanted in n and any(
        os.path.exists(os.path.join(root, n, f)) for f in ("test.spec", "cmd")))
    results = []
    pool = ThreadPoolExecutor(jobs)
    outcomes = pool.map(lambda name: run_test(os.path.join(root, name), options, timeout), names)
    for number, (name, (verdict, code, text, seconds)) in enumerate(zip(names, outcomes), 1):
        results.append((name, verdict, code, text, seconds))
        print("[%d/%d] %s: %s (%.1f s)" % (number, len(names), name, verdict, seconds), flush=True)
        if verdict != "passed" or verbose:
            print("".join("    " + line + "\n" for line in text.rstrip().splitlines()), end="", flush=True)
    try:
        with open(report, "w", encoding="utf-8") as out:
            out.write(junit(results))
    except OSError as error:
        print("no report: %s" % error)
    count = {v: sum(r[1] == v for r in results) for v in ("passed", "failed", "skipped")}
    print("%d passed, %d failed, %d skipped" % (count["passed"], count["failed"], count["skipped"]))
    return 1 if count["failed"] or not count["passed"] else 0


sys.exit(main(sys.argv[1:]))
