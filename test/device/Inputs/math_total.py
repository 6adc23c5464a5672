"""Writes IR with every floating-point intrinsic that LLVM's list has, in several types, a kernel each.

An intrinsic that this table does not know is an error: a new LLVM needs a decision. Called with the output file, and
optionally a file of diagnostics: kernels that are named in one are left out, so that what is left must compile.
"""

import re
import subprocess
import sys

UNARY = """sqrt sin cos log log10 log2 exp exp2 exp10 fabs floor ceil trunc rint nearbyint round roundeven canonicalize
arithmetic.fence asin acos atan tan sinh cosh tanh""".split()
BINARY = "pow atan2 copysign minnum maxnum minimum maximum minimumnum maximumnum".split()
TERNARY = "fma fmuladd".split()
ROUNDS = "lround llround lrint llrint".split()
TYPES = {"f16": "half", "bf16": "bfloat", "f32": "float", "f64": "double", "v2f16": "<2 x half>", "v3f32": "<3 x float>",
         "v4f64": "<4 x double>"}


def with_vector(ty, element):
    n = re.match(r"<(\d+) x", ty)
    return "<%s x %s>" % (n.group(1), element) if n else element


def mangled(ty):
    n = re.match(r"<(\d+) x (\w+)>", ty)
    return "v%s%s" % (n.group(1), n.group(2)) if n else ty


def call(name, suffix, ty):
    """(mangled name, result type, operand types) or None where the type makes no sense."""
    vector = lambda element: with_vector(ty, element)
    if name in UNARY:
        return name + "." + suffix, ty, [ty]
    if name in BINARY:
        return name + "." + suffix, ty, [ty] * 2
    if name in TERNARY:
        return name + "." + suffix, ty, [ty] * 3
    if name in ("sincos", "sincospi", "modf"):
        return name + "." + suffix, "{ %s, %s }" % (ty, ty), [ty]
    if name == "frexp":
        return "frexp.%s.%s" % (suffix, mangled(vector("i32"))), "{ %s, %s }" % (ty, vector("i32")), [ty]
    if name == "ldexp":
        return "ldexp.%s.%s" % (suffix, mangled(vector("i32"))), ty, [ty, vector("i32")]
    if name == "powi":
        return "powi.%s.i32" % suffix, ty, [ty, "i32"]
    if name in ROUNDS:
        return "%s.%s.%s" % (name, mangled(vector("i64")), suffix), vector("i64"), [ty]
    if name in ("fptosi.sat", "fptoui.sat"):
        return "%s.%s.%s" % (name, mangled(vector("i32")), suffix), vector("i32"), [ty]
    if name == "is.fpclass":
        return "is.fpclass." + suffix, vector("i1"), [ty, "i32 504"]
    if name == "convert.to.fp16":
        return (name + "." + suffix, "i16", [ty]) if suffix in ("f32", "f64") else None
    if name == "convert.from.fp16":
        return (name + "." + suffix, ty, ["i16"]) if suffix in ("f32", "f64") else None
    if name == "fptrunc.round":
        return ("fptrunc.round.f16." + suffix, "half", [ty, 'metadata !"round.tonearest"']) if suffix == "f32" else None
    if name == "vector.partial.reduce.fadd":
        return ("vector.partial.reduce.fadd.v2f32.v4f32", "<2 x float>", ["<2 x float>", "<4 x float>"]) \
            if suffix == "f32" else None
    if name.startswith("experimental.constrained."):
        if suffix not in ("f32", "f64"):
            return None
        base = name[len("experimental.constrained."):]
        mode, strict = 'metadata !"round.tonearest"', 'metadata !"fpexcept.strict"'
        unmoded = "ceil floor round roundeven trunc lround llround maxnum minnum maximum minimum fpext".split()
        tail = [strict] if base in unmoded or base in ("fptosi", "fptoui") else [mode, strict]
        if base in ("fadd", "fsub", "fmul", "fdiv", "frem", "maxnum", "minnum", "maximum", "minimum"):
            return name + "." + suffix, ty, [ty, ty] + tail
        if base in ("fptosi", "fptoui"):
            return "%s.i32.%s" % (name, suffix), "i32", [ty] + tail
        if base in ("sitofp", "uitofp"):
            return "%s.%s.i32" % (name, suffix), ty, ["i32"] + tail
        if base == "fptrunc":
            return (name + ".f32.f64", "float", ["double"] + tail) if suffix == "f64" else None
        if base == "fpext":
            return (name + ".f64.f32", "double", ["float"] + tail) if suffix == "f32" else None
        if base in ("fcmp", "fcmps"):
            return name + "." + suffix, "i1", [ty, ty, 'metadata !"oeq"', strict]
        inner = call(base, suffix, ty)
        return "experimental.constrained." + inner[0], inner[1], inner[2] + tail if inner else None
    sys.exit("llvm.%s is new in LLVM: decide whether it is native, mapped or refused" % name)


def main():
    headers = subprocess.check_output(["llvm-config", "--includedir"], text=True).strip()
    text = open(headers + "/llvm/IR/Intrinsics.td").read()
    names = [m.group(1) for m in re.finditer(r"defm?\s+int_(\w+)\s*:(.*?);", text, re.S) if "anyfloat" in m.group(2)]
    refused = set(re.findall(r"in '(\w+)' \[", open(sys.argv[2]).read())) if len(sys.argv) > 2 else set()
    out = ['target triple = "nvptx64-nvidia-cuda"']
    declared, kernels = set(), 0
    for name in names:
        for suffix, ty in TYPES.items():
            c = call(name.replace("_", "."), suffix, ty)
            kernel = "k_%s_%s" % (name, suffix)
            if not c or kernel in refused:
                continue
            intrinsic, result, operands = c
            args, decl, number = [], [], 0
            for o in operands:
                if o.startswith("metadata"):
                    args.append(o)
                    decl.append("metadata")
                elif re.match(r"i32 \d", o):
                    args.append(o)
                    decl.append("i32")
                else:
                    args.append("%s %%a%d" % (o, number))
                    decl.append(o)
                    number += 1
            values = [o for o in operands if not o.startswith("metadata") and not re.match(r"i32 \d", o)]
            strict = " strictfp" if "constrained" in name else ""
            out.append("define ptx_kernel void @%s(ptr %%out%s)%s {" % (
                kernel, "".join(", %s %%a%d" % (o, i) for i, o in enumerate(values)), strict))
            out.append("  %%r = call %s @llvm.%s(%s)%s" % (result, intrinsic, ", ".join(args), strict))
            out.append("  store %s %%r, ptr %%out\n  ret void\n}" % result)
            if intrinsic not in declared:
                declared.add(intrinsic)
                out.append("declare %s @llvm.%s(%s)" % (result, intrinsic, ", ".join(decl)))
            kernels += 1
    if kernels < 300 - len(refused):
        sys.exit("only %d kernels: the list of intrinsics was not read right" % kernels)
    open(sys.argv[1], "w").write("\n".join(out) + "\n")


main()
