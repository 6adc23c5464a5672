"""Runs every math operation that device preparation maps, or leaves to the back end, against the host's C library.

    math_numeric.py PLUGIN FOLDER       on the CPU backend
    math_numeric.groups(), write(folder, group, image)      for the GPU bundle: IR, launch spec and data

A kernel for each operation and type reads x and y, computes, and writes one or two results as double. The references are
computed here, in double, from the inputs as the type holds them. Operations that share a module share its compilation.
"""

import os
import struct
import subprocess
import sys

from math_ops import COUNT, FILLS, STORED, TYPES, bf16_bits, intrinsics, lanes, libm_functions

# Sine and cosine of large angles are PTX assembly, a carry chain; they are kept apart for their length.
LONG = ("sin", "cos", "tan", "sincos", "constrained.cos", "j0", "j1", "y0", "y1", "jn", "yn", "lgamma", "tgamma")


def groups():
    """Modules of a few operations each: name -> operations."""
    result = {}
    for kind, ops in (("llvm", intrinsics()), ("libm", libm_functions())):
        short = [op for op in ops if op.name not in LONG]
        for i in range(0, len(short), 12):
            result["%s-%d" % (kind, i // 12)] = short[i:i + 12]
        for op in ops:
            if op.name in LONG:
                result["%s-%s" % (kind, op.name)] = [op]
    return result


def kernel_name(op, suffix):
    return "%s_%s" % (op.name.replace(".", "_"), suffix)


def widened(value, ty, suffix):
    """Lines that make %value_w of %value: doubles."""
    wide = lanes(suffix, "double")
    return "%%%sw = %s %s %%%s to %s" % (value, "fpext", ty, value, wide) if ty != wide else \
        "%%%sw = fadd %s %%%s, %s" % (value, wide, value, "splat (double -0.0)" if wide != "double" else "-0.0")


def write_kernel(op, suffix):
    ty, element, n = TYPES[suffix][:3]
    size = {"double": 8, "float": 4}.get(element, 2)
    out = ["define ptx_kernel void @%s(ptr %%x, ptr %%y, ptr %%z, ptr %%w, ptr %%r4, ptr %%r5) {" % kernel_name(op, suffix),
           "  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()", "  %%i = mul i32 %%t, %d" % n]
    for p, v in (("x", "a"), ("y", "b")):
        out += ["  %%%sp = getelementptr %s, ptr %%%s, i32 %%i" % (p, element, p),
                "  %%%s = load %s, ptr %%%sp, align %d" % (v, ty, p, size)]
    lines = op.lines(suffix, ty)
    out += ["  " + line for line in lines]
    integral = any(line.startswith("%r = ") and "itofp" in line for line in lines)
    out.append("  " + widened("r", lanes(suffix, "double") if integral else ty, suffix))
    results = [("r", "z")]
    if op.second:
        converted = any(line.startswith("%s = ") for line in lines)
        out.append("  " + (widened("s", lanes(suffix, "double"), suffix) if converted else widened("q", ty, suffix)))
        results.append(("s" if converted else "q", "w"))
    for value, p in results:
        out += ["  %%%sp = getelementptr double, ptr %%%s, i32 %%i" % (p, p),
                "  store %s %%%sw, ptr %%%sp, align 8" % (lanes(suffix, "double"), value, p)]
    return out + ["  ret void", "}"]


def pack(values, element):
    if element == "bfloat":
        return struct.pack("%dH" % len(values), *[bf16_bits(v) for v in values])
    return struct.pack("%d%s" % (len(values), {"double": "d", "float": "f", "half": "e"}[element]), *values)


def launch(op, suffix, folder, data):
    """The directives of one launch; its data goes into \\p folder."""
    ty, element, n, rounding, tolerance = TYPES[suffix]
    small = element in ("half", "bfloat")
    x = [rounding(v) for v in FILLS[op.small if small else op.x]]
    y = [rounding(v) for v in FILLS[op.y]] if op.y else None
    out = ["kernel " + kernel_name(op, suffix), "  block %d" % (COUNT // n)]

    def file(name, values, kind):
        path = "%s.%s.%s" % (data, kernel_name(op, suffix), name)
        with open(os.path.join(folder, path), "wb") as f:
            f.write(pack(values, kind))
        return path

    buffer = "  arg buf:%s:%d:file=" % (STORED[element], COUNT)
    out += [buffer + file("x", x, element), buffer + file("y", y if y else x, element)]
    out += ["  arg buf:f64:%d:zero" % COUNT] * 2
    args = list(zip(x, y)) if y else [(v,) for v in x]
    expects = []
    for which, f in ((2, op.reference), (3, op.second)):
        if not f:
            out.append("  arg null")
            continue
        # What the type cannot hold to the last bit is rounded by it.
        values = [rounding(float(f(*a))) if f.exact else float(f(*a)) for a in args]
        out.append("  arg buf:f64:%d:file=%s" % (COUNT, file("r%d" % which, values, "double")))
        expects.append("  expect %d: arg%d[i]%s" % (which, which + 2, "" if f.exact else tolerance))
    return out + expects


def write(folder, name, ops, image):
    """Writes NAME.ll, NAME.spec, which launches \\p image, and its data. Returns the path of the IR."""
    ir = ['target triple = "nvptx64-nvidia-cuda"', "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()"]
    spec = ["# Math as device preparation maps it, against the host's C library.", "image " + image]
    declared = set()
    for op in ops:
        for suffix in op.types:
            kernel = write_kernel(op, suffix)
            ir += kernel
            declared |= {line for line in map(declaration, kernel) if line}
            spec += launch(op, suffix, folder, "math-" + name)
    source = os.path.join(folder, "math-%s.ll" % name)
    with open(source, "w") as f:
        f.write("\n".join(ir + sorted(declared)) + "\n")
    with open(os.path.join(folder, "math-%s.spec" % name), "w") as f:
        f.write("\n".join(spec) + "\n")
    return source


def declaration(line):
    """The declaration of the libm function that a line of IR calls."""
    if " call " not in line or "@llvm." in line:
        return None
    result, rest = line.split("call ")[-1].split(" @")
    name, args = rest.split("(", 1)
    return "declare %s @%s(%s)" % (result.strip(), name, ", ".join(a.split()[0] for a in args.rstrip(")").split(", ")))


def run(plugin, folder):
    failed = 0
    os.makedirs(folder, exist_ok=True)
    for name, ops in groups().items():
        image = "math-%s.bc" % name
        source = write(folder, name, ops, image)
        subprocess.run(["opt", "-load-pass-plugin=" + plugin, "-passes=cordon-prepare-device,cordon-link-runtime", source,
                        "-o", os.path.join(folder, image)], check=True)
        r = subprocess.run(["cordon-smoke", "--backend=cpu", "--spec=" + os.path.join(folder, "math-%s.spec" % name)],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if r.returncode:
            failed += 1
            print("%s: exit code %d\n%s" % (name, r.returncode, r.stdout))
    sys.exit(failed != 0)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2])
