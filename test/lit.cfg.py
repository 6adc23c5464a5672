"""lit configuration: a test says with REQUIRES what it needs; what a machine lacks is skipped and counted."""

import os
import platform
import shutil
import subprocess
import sys

import lit.formats

config.name = "Cordon"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".ll", ".c", ".cpp", ".test", ".py", ".rs"]
config.excludes = ["Inputs", "lit.cfg.py", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.cordon_build, "test")

bin_dir = os.path.join(config.cordon_build, "bin")
plugin = os.path.join(config.cordon_build, "lib", "libCordon.so")
# Unversioned names (opt, clang, FileCheck) mean the LLVM that the build uses.
config.environment["PATH"] = os.pathsep.join([bin_dir, config.llvm_tools_dir, os.environ["PATH"]])
config.environment["LC_ALL"] = "C"

config.substitutions += [
    ("%cordon-opt", "opt -load-pass-plugin=%s" % plugin),
    ("%cordon-clang", "clang --config=%s" % os.path.join(config.cordon_build, "cordon.cfg")),
    ("%plugin", plugin),
    ("%build", config.cordon_build),
    ("%src", config.cordon_src_root),
    ("%ptxas", config.ptxas),
    ("%nvlink", config.nvlink),
    ("%fatbinary", config.fatbinary),
    ("%libdevice", config.libdevice),
    ("%cuda-include", config.cuda_include),
    ("%cuda-root", os.path.dirname(os.path.dirname(config.ptxas))),
    ("%cudart-static", config.cudart_static),
    ("%runtime-bc", os.path.join(config.cordon_build, "lib", "cordon", "cordon-runtime.bc")),
]

config.available_features.add("host-" + platform.machine())
for feature in ("ptxas", "fatbinary", "nvlink", "libdevice", "cudadevrt"):
    if getattr(config, feature):
        config.available_features.add(feature)
if config.cuda_include:
    config.available_features.add("cuda-headers")
if config.cudart_static:
    config.available_features.add("cudart")
if os.path.exists(os.path.join(config.cordon_build, "lib", "libcordon-cpu.so")):
    config.available_features.add("cpu-backend")
# AArch64 programs are linked by Debian's cross compiler and run by QEMU's user mode.
if shutil.which("qemu-aarch64") and shutil.which("aarch64-linux-gnu-gcc"):
    config.available_features.add("aarch64-programs")
libc = "/usr/lib/%s-linux-gnu/libc.so" % platform.machine()
config.substitutions.append(("%libc-script", libc))
if os.path.exists(libc):
    config.available_features.add("libc-script")
for tool in ("pkg-config", "clangd"):
    if shutil.which(tool):
        config.available_features.add(tool)
if shutil.which("chromium"):
    config.available_features.add("chromium")
# OASIS' file is not ours to copy: where it is in .deps (or named), reports are validated against it.
sarif_schema = os.environ.get("CORDON_SARIF_SCHEMA", os.path.join(config.cordon_src_root, ".deps", "sarif-schema-2.1.0.json"))
config.substitutions.append(("%sarif-schema", sarif_schema))
if os.path.exists(sarif_schema) and subprocess.call(["python3", "-c", "import jsonschema"], stderr=subprocess.DEVNULL) == 0:
    config.available_features.add("sarif-schema")
rustc = shutil.which("rustc")
if rustc:
    config.available_features.add("rustc")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(config.test_source_root, "gpu"))
import programs  # noqa: E402

config.environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
for feature, tool in (("rustc-22", "rustc-of-LLVM-22"), ("numba", "numba")):
    if programs.has(tool):
        config.available_features.add(feature)
if os.path.exists(os.path.join(config.llvm_tools_dir, "flang")):
    config.available_features.add("flang")


def has_gpu():
    # The driver's library is the only sign that counts: device files exist without a driver.
    try:
        import ctypes

        cuda = ctypes.CDLL("libcuda.so.1")
        count = ctypes.c_int(0)
        return cuda.cuInit(0) == 0 and cuda.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    except OSError:
        return False


if has_gpu():
    config.available_features.add("gpu")
