"""What the benchmarks share: the line that says which machine it was, versions, times, and figures with their limits."""
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LLVM = "/usr/lib/llvm-22/bin"


def output(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    except OSError:
        return ""


def built(build=None):
    """The build folder and the CUDA toolkit, both made where they are missing."""
    build = build or output(os.path.join(ROOT, "utils", "build"))
    return build, output(os.path.join(ROOT, "utils", "setup"))


def print_machine():
    with open("/proc/cpuinfo") as info:
        model = re.search(r"model name\s*: (.*)", info.read())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print("machine: %s, %s, %d cores, %.0f GiB, load %.1f" % (platform.machine(), model.group(1) if model else "unknown", os.cpu_count(),
                                                             memory, os.getloadavg()[0]))
    gpu = output("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader") if shutil.which("nvidia-smi") else ""
    print("GPU: %s" % (gpu.replace("\n", "; ") or "none"))


def print_versions(build, cuda, flags=""):
    print("cordon: %s%s" % (output(os.path.join(build, "bin", "cordon"), "--version").split("\n")[0], flags))
    print("clang: %s" % output(os.path.join(LLVM, "clang"), "--version").split("\n")[0])
    for tool in ("ptxas", "nvcc"):
        version = re.search(r"V[\d.]+", output(os.path.join(cuda, "bin", tool), "--version"))
        print("%s: %s" % (tool, version.group(0) if version else "none"))


def timed(command):
    """Seconds on the clock and of the processors, children's included."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit("failed: %s\n%s" % (" ".join(command), done.stdout))
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def figure(name, measured, limit=None, unit=""):
    """One line that utils/bench/limits collects; \\p limit: at most."""
    verdict = "" if limit is None else " (at most %g%s): %s" % (limit, unit, "kept" if measured <= limit else "MISSED")
    print("figure: %s: %.3g%s%s" % (name, measured, unit, verdict), flush=True)
    return limit is None or measured <= limit


if __name__ == "__main__":  # for the scripts in shell: BUILD CUDA FLAGS
    print_machine()
    print_versions(*sys.argv[1:])
