"""Runs each math operation that device preparation maps on the CPU backend, against the C library in double.

    math_numeric.py PLUGIN FOLDER

Each operation is a module of its own, with a kernel for each type: a module that holds all would be compiled anew for each
run.
"""

import os
import subprocess
import sys

COUNT = 64
# name: C expression for the result, fill of x, fill of y or None
WIDE, UNIT, POSITIVE = "(i-31)*0.37", "(i-32)/33.0", "0.05+i*0.7"
OPERATIONS = {
    "sin": ("sin(arg0[i])", WIDE, None), "cos": ("cos(arg0[i])", WIDE, None), "tan": ("tan(arg0[i])", WIDE, None),
    "asin": ("asin(arg0[i])", UNIT, None), "acos": ("acos(arg0[i])", UNIT, None),
    "atan": ("atan(arg0[i])", WIDE, None), "sinh": ("sinh(arg0[i])", WIDE, None),
    "cosh": ("cosh(arg0[i])", WIDE, None), "tanh": ("tanh(arg0[i])", WIDE, None),
    "exp": ("exp(arg0[i])", WIDE, None), "exp2": ("exp2(arg0[i])", WIDE, None),
    "exp10": ("pow(10.0,arg0[i])", WIDE, None), "log": ("log(arg0[i])", POSITIVE, None),
    "log2": ("log2(arg0[i])", POSITIVE, None), "log10": ("log10(arg0[i])", POSITIVE, None),
    "sqrt": ("sqrt(arg0[i])", POSITIVE, None), "pow": ("pow(arg0[i],arg1[i])", POSITIVE, UNIT),
    "atan2": ("atan2(arg0[i],arg1[i])", WIDE, POSITIVE), "frem": ("fmod(arg0[i],arg1[i])", "(i*1000003+7)*977.0", POSITIVE),
    "rint": ("rint(arg0[i])", "i*0.5-9", None), "round": ("round(arg0[i])", "i*0.5-9", None),
    "trunc": ("trunc(arg0[i])", WIDE, None), "floor": ("floor(arg0[i])", WIDE, None),
    "powi": ("arg0[i]*arg0[i]*arg0[i]", WIDE, None), "llround": ("round(arg0[i])", "i*0.5-9", None),
    "sincos": ("sin(arg0[i])+2*cos(arg0[i])", WIDE, None), "modf": ("arg0[i]+trunc(arg0[i])", WIDE, None),
}
# Their slow path (Payne-Hanek) is a carry chain in PTX assembly, which the CPU backend may refuse.
MAY_NEED_GPU = ("sin", "cos", "tan", "sincos")
TYPES = {"f64": ("double", "1e-13"), "f32": ("float", "2e-6"), "f16": ("half", "2e-3")}


def body(name, ty, suffix):
    x, y = "%s %%a" % ty, "%s %%b" % ty
    if name == "frem":
        return ["%%r = frem %s %%a, %%b" % ty]
    if name == "powi":
        return ["%%r = call %s @llvm.powi.%s.i32(%s, i32 3)" % (ty, suffix, x)]
    if name == "llround":
        return ["%%n = call i64 @llvm.llround.i64.%s(%s)" % (suffix, x), "%%r = sitofp i64 %%n to %s" % ty]
    if name in ("sincos", "modf"):
        pair = "{ %s, %s }" % (ty, ty)
        factor = {"half": "0xH4000"}.get(ty, "2.0") if name == "sincos" else {"half": "0xH3C00"}.get(ty, "1.0")
        # modf: fraction + whole is x itself; whole is added once more
        lines = ["%%p = call %s @llvm.%s.%s(%s)" % (pair, name, suffix, x), "%%p0 = extractvalue %s %%p, 0" % pair,
                 "%%p1 = extractvalue %s %%p, 1" % pair, "%%q = fmul %s %%p1, %s" % (ty, factor),
                 "%%s = fadd %s %%p0, %%q" % ty]
        return lines + ["%%r = fadd %s %%s, %s" % (ty, "%p1" if name == "modf" else {"half": "0xH0000"}.get(ty, "0.0"))]
    operands = x if OPERATIONS[name][2] is None else x + ", " + y
    return ["%%r = call %s @llvm.%s.%s(%s)" % (ty, name, suffix, operands)]


def types_of(name):
    # half holds up to 65504: what overflows there is checked in float and double.
    wide = name in ("sinh", "cosh", "exp", "exp2", "exp10", "frem", "pow", "powi", "tan")
    return {s: t for s, t in TYPES.items() if not (wide and s == "f16")}


def write(path, name):
    out = ['target triple = "nvptx64-nvidia-cuda"', "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()"]
    for suffix, (ty, _) in types_of(name).items():
        out += ["define ptx_kernel void @%s_%s(ptr %%x, ptr %%y, ptr %%z) {" % (name, suffix),
                "  %i = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()"]
        for p, v in (("x", "a"), ("y", "b")):
            out += ["  %%%sp = getelementptr %s, ptr %%%s, i32 %%i" % (p, ty, p),
                    "  %%%s = load %s, ptr %%%sp" % (v, ty, p)]
        out += ["  " + line for line in body(name, ty, suffix)]
        out += ["  %%zp = getelementptr %s, ptr %%z, i32 %%i" % ty, "  store %s %%r, ptr %%zp" % ty, "  ret void", "}"]
    open(path, "w").write("\n".join(out) + "\n")


def accuracy(name, tolerance):
    """frem is exact; a sum of sine and cosine passes through zero, where only an absolute error means something."""
    if name == "sincos":
        return " abs=%g" % (4 * float(tolerance))
    return "~0" if name == "frem" else "~" + tolerance


def spec(name, image):
    """A launch spec of the harness with a launch for each type."""
    expression, x, y = OPERATIONS[name]
    out = ["# llvm.%s as device preparation maps it, against the C library." % name, "image " + image]
    for suffix, (_, tolerance) in types_of(name).items():
        out += ["kernel %s_%s" % (name, suffix), "  block %d" % COUNT]
        out += ["  arg buf:%s:%d:%s" % (suffix, COUNT, fill) for fill in ("expr=" + x, "expr=" + (y or "1"), "zero")]
        out += ["  expect 2: " + expression + accuracy(name, tolerance)]
    return "\n".join(out) + "\n"


def run(plugin, folder):
    failed = 0
    os.makedirs(folder, exist_ok=True)
    for name, (expression, x, y) in OPERATIONS.items():
        source, image = os.path.join(folder, name + ".ll"), os.path.join(folder, name + ".bc")
        write(source, name)
        subprocess.run(["opt", "-load-pass-plugin=" + plugin, "-passes=cordon-prepare-device,cordon-link-runtime", source,
                        "-o", image], check=True)
        for suffix, (_, tolerance) in types_of(name).items():
            buffers = ["--arg=buf:%s:%d:expr=%s" % (suffix, COUNT, x), "--arg=buf:%s:%d:expr=%s" % (suffix, COUNT, y or "1"),
                       "--arg=buf:%s:%d:zero" % (suffix, COUNT)]
            command = ["cordon-smoke", image, "--backend=cpu", "--kernel=%s_%s" % (name, suffix), "--block=%d" % COUNT,
                       "--expect=2: " + expression + accuracy(name, tolerance)] + buffers
            r = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if r.returncode and not (r.returncode == 77 and name in MAY_NEED_GPU):
                failed += 1
                print("%s_%s: exit code %d\n%s" % (name, suffix, r.returncode, r.stdout))
    sys.exit(failed != 0)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2])
