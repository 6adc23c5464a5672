"""utils/fuzz --smoke: generated kernels on all backends.

Each module of kernels is compiled for the host by plain clang, split, and lowered. The CPU backend runs the device bitcode
as it was split; that is the reference. Then the same has to come out of the CPU backend with another order of warps and
blocks, out of the repaired and optimized bitcode, and out of the GPU, where there is one.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

from fuzzing import kernels as generator

LLVM = "/usr/lib/llvm-22/bin"


class Failed(Exception):
    pass


def run(command, codes=(0,), timeout=300):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout)
    if done.returncode not in codes:
        raise Failed("$ %s\nexit code %d\n%s" % (" ".join(command), done.returncode, done.stdout[-4000:]))
    return done


def tool(name):
    return shutil.which(name + "-22") or os.path.join(LLVM, name)


def write(path, lines):
    with open(path, "w") as f:
        f.write("\n".join(lines) + "\n")


def specs(folder, made, seed, image):
    """Writes the spec that saves the reference and the one that compares with it."""
    def with_outputs(what):
        lines = []
        for k in made:
            lines += k.spec(seed, lambda argument: what(k.name, argument))
        return lines

    write(os.path.join(folder, "save.spec"), ["image device.bc"] + with_outputs(lambda k, a: "save %d:%s.%d.bin" % (a, k, a)))
    write(os.path.join(folder, "compare.spec"), ["# Generated kernels; results as the CPU backend has them.", "image " + image]
          + with_outputs(lambda k, a: "expect %d: file=%s.%d.bin" % (a, k, a)))


def one_module(folder, seed, count, args, root):
    bin_dir = os.path.join(args.build, "bin")
    smoke, cordon = os.path.join(bin_dir, "cordon-smoke"), os.path.join(bin_dir, "cordon")
    plugin = os.path.join(args.build, "lib", "libCordon.so")
    text, made = generator.module(seed, count)
    at = lambda name: os.path.join(folder, name)  # noqa: E731
    write(at("kernels.c"), [text])
    # -ffp-contract=off: what is fused is fused by the source alone.
    run([tool("clang"), "-O1", "-Xclang", "-disable-llvm-passes", "-ffp-contract=off", "-emit-llvm", "-c", "-w",
         "-I" + os.path.join(root, "include"), at("kernels.c"), "-o", at("kernels.bc")])
    run([cordon, "split", at("kernels.bc"), "-o", at("host.bc"), "--device=" + at("device.bc")])
    run([cordon, "device", at("device.bc"), "--arch=sm_80", "--emit=ptx", "-o", at("kernels.ptx")])
    # Nothing that the generator writes may be approximate; this shows without a GPU.
    with open(at("kernels.ptx")) as f:
        approximate = sorted({line.strip() for line in f if ".approx" in line})
    if approximate:
        raise Failed("kernels.ptx has approximate operations: " + "; ".join(approximate[:3]))
    specs(folder, made, seed, "kernels.ptx")
    threads = ["--threads=%d" % args.threads] if args.threads else []
    run([smoke, "--spec=" + at("save.spec"), "--backend=cpu"] + threads)
    compare = "--spec=" + at("compare.spec")
    run([smoke, at("device.bc"), compare, "--backend=cpu", "--schedule=%d" % (seed + 1)] + (threads or ["--threads=3"]))
    run([tool("opt"), "-load-pass-plugin=" + plugin, "-passes=cordon-prepare-device<arch=sm_80>,cordon-link-runtime<arch=sm_80>,default<O2>",
         at("device.bc"), "-o", at("optimized.bc")])
    run([smoke, at("optimized.bc"), compare, "--backend=cpu"] + threads)
    gpu = run([smoke, compare, "--backend=cuda"], (0, 77)).returncode == 0
    if args.bundle:
        spec = at("fuzz-%d.spec" % seed)
        shutil.copy(at("compare.spec"), spec)
        run([smoke, "--bundle=" + args.bundle, spec])
    return gpu


def main(arguments, root):
    parser = argparse.ArgumentParser(prog="utils/fuzz --smoke", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="kernels (default 100)")
    parser.add_argument("--seed", type=int, default=1, help="the first module's seed")
    parser.add_argument("--per-module", type=int, default=20, help="kernels of a module")
    parser.add_argument("--build", default=os.environ.get("CORDON_BUILD", os.path.join(root, "build")))
    parser.add_argument("--threads", type=int, default=0, help="host threads of the CPU backend")
    parser.add_argument("--keep", help="a folder for modules that failed")
    parser.add_argument("--bundle", help="a folder to pack everything for a GPU machine")
    args = parser.parse_args(arguments)
    args.build = os.path.abspath(args.build)
    done = failed = on_gpu = 0
    begin = time.time()
    while done < args.count:
        count = min(args.per_module, args.count - done)
        seed = args.seed + done // args.per_module * 1000
        folder = tempfile.mkdtemp(prefix="cordon-fuzz-")
        try:
            on_gpu += count if one_module(folder, seed, count, args, root) else 0
        except (Failed, subprocess.TimeoutExpired) as error:
            failed += count
            print("FAILED: seed %d, %d kernels: %s" % (seed, count, error))
            if args.keep:
                os.makedirs(args.keep, exist_ok=True)
                shutil.copytree(folder, os.path.join(args.keep, "seed-%d" % seed), dirs_exist_ok=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        done += count
        print("[%d/%d] %d failed, %.0f s" % (done, args.count, failed, time.time() - begin), flush=True)
    print("%d kernels: %d passed, %d failed; %d also ran on a GPU" % (done, done - failed, failed, on_gpu))
    return 1 if failed else 0
