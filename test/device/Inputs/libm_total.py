"""Writes C with a call of every function of libm, as ISO C 7.12 and glibc's math.h have them, in double and float.

With --check FILE it reads the IR that device preparation made of it: what is neither libdevice's nor LLVM's must be in
the list of those that are refused, and no other.
"""

import re
import sys

# result, then operands: d the floating type, i int, l long, L long long, I int *, D pointer to the type, s string.
SIGNATURES = """
acos:dd asin:dd atan:dd atan2:ddd cos:dd sin:dd tan:dd cosh:dd sinh:dd tanh:dd acosh:dd asinh:dd atanh:dd exp:dd
frexp:ddI ldexp:ddi log:dd log10:dd modf:ddD exp10:dd expm1:dd log1p:dd logb:dd exp2:dd log2:dd pow:ddd sqrt:dd
hypot:ddd cbrt:dd ceil:dd fabs:dd floor:dd fmod:ddd drem:ddd significand:dd copysign:ddd nan:ds j0:dd j1:dd jn:did
y0:dd y1:dd yn:did erf:dd erfc:dd lgamma:dd tgamma:dd gamma:dd lgamma_r:ddI rint:dd nextafter:ddd nextdown:dd
nextup:dd remainder:ddd scalbn:ddi ilogb:id llogb:ld scalbln:ddl nearbyint:dd round:dd trunc:dd remquo:dddI lrint:ld
llrint:Ld lround:ld llround:Ld fdim:ddd fmax:ddd fmin:ddd fma:dddd roundeven:dd fmaxmag:ddd fminmag:ddd fmaximum:ddd
fminimum:ddd fmaximum_num:ddd fminimum_num:ddd fmaximum_mag:ddd fminimum_mag:ddd scalb:ddd sincos:vdDD
""".split()
REFUSED = "significand lgamma_r fmaxmag fminmag fmaximum_mag fminimum_mag scalb".split()
LETTERS = {"i": "int", "l": "long", "L": "long long", "I": "int *", "s": "const char *", "v": "void"}


def functions():
    for entry in SIGNATURES:
        name, signature = entry.split(":")
        for ty, suffix in (("double", ""), ("float", "f")):
            c = lambda letter: ty if letter == "d" else ty + " *" if letter == "D" else LETTERS[letter]
            full = name[:-2] + suffix + "_r" if name.endswith("_r") else name + suffix
            yield full, c(signature[0]), [c(x) for x in signature[1:]], name in REFUSED


def write(path):
    out = []
    for name, result, operands, _ in functions():
        out.append("%s %s(%s);" % (result, name, ", ".join(operands)))
        store = "" if result == "void" else "*(volatile %s *)out = " % result
        out.append("void k_%s(void *out, %s) { %s%s(%s); }" % (
            name, ", ".join("%s a%d" % (t, i) for i, t in enumerate(operands)), store, name,
            ", ".join("a%d" % i for i in range(len(operands)))))
    open(path, "w").write("\n".join(out) + "\n")


def check(path):
    declared = set(re.findall(r"^declare .*@([\w.$]+)\(", open(path).read(), re.M))
    left = {d for d in declared if not d.startswith(("llvm.", "__nv_"))}
    expected = {name for name, _, _, refused in functions() if refused}
    if left != expected:
        sys.exit("not mapped: %s; mapped, but listed as refused: %s" % (sorted(left - expected), sorted(expected - left)))


if sys.argv[1] == "--check":
    check(sys.argv[2])
else:
    write(sys.argv[1])
