"""Builds and runs the programs of test/gpu/programs. Used by utils/gpu-bundle, which builds here and packs, and by the
runner inside a bundle, which has only python3.

A program says in its leading comments, // or !:
    // FILES: more.c                 further sources of the default build
    // NEEDS: rustc                  tools without which it is skipped
    // SANITIZE: no                  not to be run under compute-sanitizer: its kernels fail on purpose; or the tools that can
                                     run it (only memcheck knows kernels that launch kernels)
    // BUILD: command                instead of the default build; {src} {dir} {out} {plugin} {cc} {cuda_include} {device_cuda} {link}
    // CASE: name [arguments]        one run
    // STATUS: 0 | nonzero | N       its exit status, 0 if not given
    // EXPECT: regular expression    one must match a line of its output; in any order
"""

import json
import os
import re
import shutil
import subprocess
import sys

# Where utils/setup puts Numba.
PACKAGES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), ".deps", "python")
if os.path.isdir(PACKAGES):
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in (PACKAGES, os.environ.get("PYTHONPATH")) if p)

SUFFIXES = (".c", ".cpp", ".rs", ".f90")


def parse(path):
    """The directives of one program, or None for a file that is only part of one."""
    program = {"name": os.path.splitext(os.path.basename(path))[0], "build": [], "files": [], "needs": [], "cases": []}
    with open(path) as f:
        for number, line in enumerate(f, 1):
            if not line.startswith(("//", "!")):
                break
            m = re.match(r"(?://|!) ([A-Z]+): (.*)", line)
            if not m:
                continue
            key, value = m.group(1), m.group(2).strip()
            if key == "FILES":
                program["files"] = value.split()
            elif key == "NEEDS":
                program["needs"] = value.split()
            elif key == "SANITIZE":
                program["sanitize"] = [] if value == "no" else value.split()
            elif key == "BUILD":
                program["build"].append(value)
            elif key == "CASE":
                words = value.split()
                program["cases"].append({"name": words[0], "args": words[1:], "status": "0", "expect": []})
            elif key in ("STATUS", "EXPECT") and program["cases"]:
                case = program["cases"][-1]
                if key == "STATUS":
                    case["status"] = value
                else:
                    case["expect"].append(value)
            else:
                raise SystemExit("%s:%d: error: unknown directive %s" % (path, number, key))
    return program if program["cases"] else None


def build(path, program, out, tools):
    """Builds one program. Returns "" or what went wrong."""
    source = os.path.dirname(path)
    commands = program["build"] or ["{cordon_clang} -O2 {src} {files} -o {out} -lm"]
    values = dict(tools, src=path, dir=source, out=out, files=" ".join(os.path.join(source, f) for f in program["files"]))
    if path.endswith(".cpp"):
        values["cordon_clang"] = tools["cordon_clangxx"]
    for command in commands:
        text = command.format(**values)
        done = subprocess.run(text, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            return "%s\n%s" % (text, done.stdout)
    return ""


def run_case(binary, case, timeout=60):
    """Runs one case. Returns "" or what was wrong."""
    try:
        done = subprocess.run(
            [binary] + case["args"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, errors="replace", text=True
        )
    except subprocess.TimeoutExpired:
        return "no end after %d s" % timeout
    except OSError as e:
        return str(e)
    wrong = []
    want = case["status"]
    if (want == "nonzero" and done.returncode == 0) or (want != "nonzero" and done.returncode != int(want)):
        wrong.append("exit status %d, not %s" % (done.returncode, want))
    for pattern in case["expect"]:
        if not re.search(pattern, done.stdout):
            wrong.append("no line matches: " + pattern)
    return "\n".join(wrong + ["output:", done.stdout[-2000:]]) if wrong else ""


def run_all(manifest, folder, prefix=""):
    """Runs every program of a manifest; returns (passed, failed)."""
    passed = failed = 0
    for program in manifest:
        for case in program["cases"]:
            wrong = run_case(os.path.join(folder, program["binary"]), case)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            print("%s %s%s/%s" % ("FAIL:" if wrong else "PASS:", prefix, program["name"], case["name"]))
            if wrong:
                print("    " + wrong.replace("\n", "\n    "))
            sys.stdout.flush()
    return passed, failed


def sources(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(SUFFIXES):
            path = os.path.join(folder, name)
            program = parse(path)
            if program:
                yield path, program


def has(tool):
    if tool == "numba":  # with llvmlite of LLVM 22
        check = "import numba, llvmlite.binding as b; raise SystemExit(b.llvm_version_info[0] != 22)"
        return subprocess.run(["python3", "-c", check], stderr=subprocess.DEVNULL).returncode == 0
    if tool == "cccl":  # a package of its own at PyPI; CUDA's headers for half and for groups need it
        return os.path.isdir(os.path.join(os.environ.get("CORDON_CUDA_INCLUDE", ""), "cccl"))
    if tool != "rustc-of-LLVM-22":
        return shutil.which(tool)
    return shutil.which("rustc") and "LLVM version: 22." in subprocess.run(["rustc", "-vV"], stdout=subprocess.PIPE, text=True).stdout


def missing(program):
    return [tool for tool in program["needs"] if not has(tool)]


if __name__ == "__main__":
    with open(sys.argv[1]) as f:
        result = run_all(json.load(f), os.path.dirname(os.path.abspath(sys.argv[1])))
    print("%d passed, %d failed" % result)
    sys.exit(1 if result[1] else 0)
