"""The math operations that are tested for their numbers: LLVM's intrinsics and libm's functions, each with its IR, its
reference in double, and what its operands run over.
"""

import ctypes
import ctypes.util
import math
import struct

COUNT = 48  # divisible by the lanes of all types
INF, NAN = math.inf, math.nan
LIBM = ctypes.CDLL(ctypes.util.find_library("m"))


def libm(name, *types):
    f = getattr(LIBM, name)
    f.restype, f.argtypes = ctypes.c_double, list(types) or [ctypes.c_double]
    return f


def libm2(name):
    return libm(name, ctypes.c_double, ctypes.c_double)


def f32(v):
    return struct.unpack("f", struct.pack("f", v))[0] if math.isfinite(v) else v


def f16(v):
    return struct.unpack("e", struct.pack("e", v))[0] if math.isfinite(v) else v


def bf16_bits(v):
    if math.isnan(v):
        return 0x7fc0
    bits = struct.unpack("I", struct.pack("f", v))[0]
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16


def bf16(v):
    return struct.unpack("f", struct.pack("I", bf16_bits(v) << 16))[0]


# suffix in intrinsic names: (IR type, element, lanes, rounding of an input, tolerance of a result)
SCALARS = {
    "f64": ("double", "double", 1, float, "~2e-13 abs=1e-300"), "f32": ("float", "float", 1, f32, "~2e-6 abs=3e-38"),
    "f16": ("half", "half", 1, f16, "~1e-3 abs=1e-7"), "bf16": ("bfloat", "bfloat", 1, bf16, "~4e-3 abs=1e-38"),
}
VECTORS = {
    "v4f64": ("<4 x double>", "double", 4, float, SCALARS["f64"][4]), "v3f32": ("<3 x float>", "float", 3, f32, SCALARS["f32"][4]),
    "v2f16": ("<2 x half>", "half", 2, f16, SCALARS["f16"][4]), "v2bf16": ("<2 x bfloat>", "bfloat", 2, bf16, SCALARS["bf16"][4]),
}
TYPES = {**SCALARS, **VECTORS}
STORED = {"double": "f64", "float": "f32", "half": "f16", "bfloat": "bf16"}

# What x runs over, by name. The small types get what their range allows.
SPECIAL = [0.0, -0.0, INF, -INF, NAN, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5]


def spread(low, high):
    return [low + (high - low) * i / (COUNT - 1) for i in range(COUNT)]


FILLS = {
    "wide": spread(-11, 12.5), "narrow": spread(-3.5, 3.75), "unit": spread(-0.97, 0.99), "positive": spread(0.05, 33),
    "above1": spread(1.01, 40), "rounding": [i * 0.5 - 9 for i in range(COUNT)], "large": [(i * 1000003 + 7) * 977.0 for i in range(COUNT)],
    "special": (SPECIAL * 4)[:COUNT], "special2": [SPECIAL[(i * 5 + i // 12) % 12] for i in range(COUNT)],
    "moderate": [(i - 20) * 7.25 for i in range(COUNT)], "ints": [float(i - 20) for i in range(COUNT)],
}


def exact(f):
    """A reference whose result must be right to the last bit."""
    def right(*args):
        return f(*args)
    right.exact = True
    return right


def guarded(f):
    """\\p f, with Python's errors as the C library's results."""
    def call(*args):
        try:
            return f(*args)
        except (ValueError, ZeroDivisionError):
            return NAN
        except OverflowError:
            return INF
    call.exact = getattr(f, "exact", False)
    return call


def ieee_min(nan_wins, larger):
    def pick(x, y):
        if math.isnan(x) or math.isnan(y):
            return NAN if nan_wins or (math.isnan(x) and math.isnan(y)) else (y if math.isnan(x) else x)
        if x == y:
            return x if (math.copysign(1, x) > 0) == larger else y
        return max(x, y) if larger else min(x, y)
    return exact(pick)


def loose_min(larger):
    """The sign of a zero is free."""
    return exact(lambda x, y: ieee_min(False, larger)(x, y) + 0.0)


def nearest_even(x):
    return math.copysign(round(x), x) if math.isfinite(x) else x


def away(x):
    return math.copysign(math.floor(abs(x) + 0.5), x) if math.isfinite(x) else x


def whole(f):
    return exact(lambda x: math.copysign(f(x), x) if math.isfinite(x) else x)


def frexp(x):
    return math.frexp(x) if math.isfinite(x) else (x, 0)


def modf(x):
    return math.modf(x) if math.isfinite(x) else (math.copysign(0, x), x)


class Op:
    """An operation: its lines of IR for a type, the reference, and what x and y run over."""

    def __init__(self, name, reference, x="wide", y=None, small=None, lines=None, types=TYPES, second=None, group=""):
        self.name, self.reference, self.x, self.y, self.small = name, guarded(reference), x, y, small or x
        self.lines, self.types, self.second, self.group = lines, list(types), second and guarded(second), group


def intrinsic(name, operands=1):
    def lines(suffix, ty):
        args = ", ".join("%s %%%s" % (ty, v) for v in "ab"[:operands])
        return ["%%r = call %s @llvm.%s.%s(%s)" % (ty, name, suffix, args)]
    return lines


def lanes(suffix, element):
    n = TYPES[suffix][2]
    return "<%d x %s>" % (n, element) if n > 1 else element


def name_of(suffix, element):
    n = TYPES[suffix][2]
    return "v%d%s" % (n, element) if n > 1 else element


def pair(name, first, second):
    """An intrinsic with two results; \\p second is the element of the other, or "" where it is the same type."""
    def lines(suffix, ty):
        other = lanes(suffix, second) if second else ty
        full = name + "." + suffix + ("." + name_of(suffix, second) if second else "")
        out = ["%%p = call { %s, %s } @llvm.%s(%s %%a)" % (ty, other, full, ty),
               "%%r = extractvalue { %s, %s } %%p, 0" % (ty, other), "%%q = extractvalue { %s, %s } %%p, 1" % (ty, other)]
        if second:
            out += ["%%s = sitofp %s %%q to %s" % (other, lanes(suffix, "double"))]
        return out
    return lines


def to_integer(name, element):
    def lines(suffix, ty):
        other = lanes(suffix, element)
        return ["%%n = call %s @llvm.%s.%s.%s(%s %%a)" % (other, name, name_of(suffix, element), suffix, ty),
                "%%r = %s %s %%n to %s" % ("uitofp" if "fptoui" in name else "sitofp", other, lanes(suffix, "double"))]
    return lines


def with_exponent(name):
    def lines(suffix, ty):
        i32 = lanes(suffix, "i32") if name == "ldexp" else "i32"
        mangled = name_of(suffix, "i32") if name == "ldexp" else "i32"
        three = "splat (i32 3)" if i32 != "i32" else "3"
        return ["%%r = call %s @llvm.%s.%s.%s(%s %%a, %s %s)" % (ty, name, suffix, mangled, ty, i32, three)]
    return lines


def saturated(low, high):
    return exact(lambda x: 0.0 if math.isnan(x) else min(max(math.trunc(x) if math.isfinite(x) else x, low), high))


UNARY = [
    ("sin", math.sin, "wide"), ("cos", math.cos, "wide"), ("tan", math.tan, "wide", "narrow"), ("asin", math.asin, "unit"),
    ("acos", math.acos, "unit"), ("atan", math.atan, "wide"), ("sinh", math.sinh, "wide", "narrow"),
    ("cosh", math.cosh, "wide", "narrow"), ("tanh", math.tanh, "wide"), ("exp", math.exp, "wide", "narrow"),
    ("exp2", libm("exp2"), "wide", "narrow"), ("exp10", lambda x: 10.0 ** x, "wide", "narrow"), ("log", math.log, "positive"),
    ("log2", math.log2, "positive"), ("log10", math.log10, "positive"), ("sqrt", math.sqrt, "positive"),
    ("fabs", exact(abs), "special"), ("floor", whole(math.floor), "rounding"), ("ceil", whole(math.ceil), "rounding"),
    ("trunc", whole(math.trunc), "rounding"), ("rint", exact(nearest_even), "rounding"),
    ("nearbyint", exact(nearest_even), "rounding"), ("roundeven", exact(nearest_even), "rounding"),
    ("round", exact(away), "rounding"), ("canonicalize", exact(lambda x: x), "special"),
    ("arithmetic.fence", exact(lambda x: x), "special"),
]
BINARY = [
    ("pow", math.pow, "positive", "unit"), ("atan2", math.atan2, "wide", "positive"),
    ("copysign", exact(math.copysign), "special", "special2"), ("minnum", loose_min(False), "special", "special2"),
    ("maxnum", loose_min(True), "special", "special2"), ("minimum", ieee_min(True, False), "special", "special2"),
    ("maximum", ieee_min(True, True), "special", "special2"), ("minimumnum", ieee_min(False, False), "special", "special2"),
    ("maximumnum", ieee_min(False, True), "special", "special2"),
]


def frem_lines(suffix, ty):
    return ["%%r = frem %s %%a, %%b" % ty]


def fma_lines(name):
    def lines(suffix, ty):
        return ["%%r = call %s @llvm.%s.%s(%s %%a, %s %%b, %s %%a)" % (ty, name, suffix, ty, ty, ty)]
    return lines


def fpclass(suffix, ty):
    bits = lanes(suffix, "i1")
    return ["%%c = call %s @llvm.is.fpclass.%s(%s %%a, i32 516)" % (bits, suffix, ty),  # negative and positive infinity
            "%%r = uitofp %s %%c to %s" % (bits, lanes(suffix, "double"))]


def constrained(name, operands):
    def lines(suffix, ty):
        args = ", ".join("%s %%%s" % (ty, v) for v in "ab"[:operands])
        return ['%%r = call %s @llvm.experimental.constrained.%s.%s(%s, metadata !"round.tonearest", metadata '
                '!"fpexcept.ignore") strictfp' % (ty, name, suffix, args)]
    return lines


def intrinsics():
    ops = []
    for entry in UNARY:
        name, reference, x = entry[:3]
        # Their slow path for large arguments is the longest code of libdevice.
        ops.append(Op(name, reference, x, small=entry[3] if len(entry) > 3 else None, lines=intrinsic(name)))
    for name, reference, x, y in BINARY:
        ops.append(Op(name, reference, x, y, lines=intrinsic(name, 2)))
    ops += [
        Op("frem", exact(math.fmod), "large", "positive", small="moderate", lines=frem_lines),
        Op("fma", lambda x, y: x * y + x, "wide", "unit", lines=fma_lines("fma")),
        Op("fmuladd", lambda x, y: x * y + x, "wide", "unit", lines=fma_lines("fmuladd")),
        Op("powi", lambda x: x ** 3, "wide", lines=with_exponent("powi")),
        Op("ldexp", exact(lambda x: math.ldexp(x, 3)), "wide", lines=with_exponent("ldexp")),
        Op("frexp", exact(lambda x: frexp(x)[0]), "wide", lines=pair("frexp", "", "i32"), second=lambda x: frexp(x)[1]),
        Op("modf", exact(lambda x: modf(x)[0]), "wide", lines=pair("modf", "", ""), second=lambda x: modf(x)[1]),
        Op("sincos", math.sin, "wide", lines=pair("sincos", "", ""), second=math.cos),
        Op("sincospi", lambda x: math.sin(math.pi * x), "unit", lines=pair("sincospi", "", ""),
           second=lambda x: math.cos(math.pi * x)),
        Op("is.fpclass", exact(lambda x: float(math.isinf(x))), "special", lines=fpclass),
        Op("fptosi.sat", saturated(-128, 127), "moderate", lines=to_integer("fptosi.sat", "i8")),
        Op("fptoui.sat", saturated(0, 255), "moderate", lines=to_integer("fptoui.sat", "i8")),
    ]
    for name in ("lround", "llround"):
        ops.append(Op(name, exact(away), "rounding", lines=to_integer(name, "i64")))
    for name in ("lrint", "llrint"):
        ops.append(Op(name, exact(nearest_even), "rounding", lines=to_integer(name, "i64")))
    for name, reference, operands in (("fadd", lambda x, y: x + y, 2), ("fmul", lambda x, y: x * y, 2),
                                      ("fdiv", lambda x, y: x / y, 2), ("frem", math.fmod, 2), ("sqrt", math.sqrt, 1),
                                      ("exp", math.exp, 1), ("cos", math.cos, 1)):
        x = "positive" if name == "sqrt" else "narrow"
        ops.append(Op("constrained." + name, reference, x, "positive" if operands == 2 else None,
                      lines=constrained(name, operands), types=["f64", "f32"]))
    return ops


# libm's functions: C name of double's, reference, x, y.
M_UNARY = [(n, libm(n), x) for n, x in (
    ("acosh", "above1"), ("asinh", "wide"), ("atanh", "unit"), ("cbrt", "wide"), ("erf", "narrow"), ("erfc", "narrow"),
    ("expm1", "narrow"), ("log1p", "positive"), ("logb", "positive"), ("lgamma", "above3"), ("tgamma", "gamma"),
    ("acos", "unit"), ("asin", "unit"), ("atan", "wide"), ("cos", "wide"), ("cosh", "narrow"), ("exp", "narrow"),
    ("exp2", "wide"), ("log", "positive"), ("log10", "positive"), ("log2", "positive"), ("sin", "wide"), ("sinh", "narrow"),
    ("sqrt", "positive"), ("tan", "narrow"), ("tanh", "wide"), ("exp10", "narrow"))] + [
    ("j0", libm("j0"), "bessel"), ("j1", libm("j1"), "bessel"), ("y0", libm("y0"), "bessely0"), ("y1", libm("y1"), "bessel")]
M_EXACT = [("ceil", whole(math.ceil)), ("floor", whole(math.floor)), ("trunc", whole(math.trunc)), ("rint", exact(nearest_even)),
           ("nearbyint", exact(nearest_even)), ("round", exact(away)), ("roundeven", exact(nearest_even)), ("fabs", exact(abs))]
M_BINARY = [
    ("atan2", math.atan2, "wide", "positive"), ("pow", math.pow, "positive", "unit"), ("hypot", math.hypot, "wide", "positive"),
    ("fdim", libm2("fdim"), "wide", "positive"), ("fmod", exact(math.fmod), "large", "positive"),
    ("remainder", exact(math.remainder), "moderate", "positive"), ("copysign", exact(math.copysign), "special", "special2"),
    ("fmin", loose_min(False), "special", "special2"), ("fmax", loose_min(True), "special", "special2"),
    ("fminimum", ieee_min(True, False), "special", "special2"), ("fmaximum", ieee_min(True, True), "special", "special2"),
    ("fminimum_num", ieee_min(False, False), "special", "special2"),
    ("fmaximum_num", ieee_min(False, True), "special", "special2"),
]
FILLS["above3"], FILLS["gamma"] = spread(3.1, 40), spread(0.6, 12)
FILLS["bessel"], FILLS["bessely0"] = spread(0.3, 1.9), spread(1.3, 2.9)


def c_name(name, ty):
    return name + ("f" if ty == "float" else "")


def libm_call(name, operands):
    def lines(suffix, ty):
        args = ", ".join("%s %%%s" % (ty, v) for v in "ab"[:operands])
        return ["%%r = call %s @%s(%s)" % (ty, c_name(name, ty), args)]
    return lines


def libm_integer(name, result, before="", after=""):
    """Functions with an integer result, and those with an integer operand."""
    def lines(suffix, ty):
        if result in ("i32", "i64"):
            return ["%%n = call %s @%s(%s %%a)" % (result, c_name(name, ty), ty), "%%r = sitofp %s %%n to double" % result]
        integer = "i64" if name == "scalbln" else "i32"
        value = "%s 3" % integer
        args = "%s, %s %%a" % (value, ty) if before else "%s %%a, %s" % (ty, value)
        return ["%%r = call %s @%s(%s)" % (ty, c_name(name, ty), args)]
    return lines


def libm_pointer(name, second):
    """Functions that store a second result: frexp, modf, remquo, sincos."""
    def lines(suffix, ty):
        out = ["%%slot = alloca %s" % (second or ty)]
        if name == "sincos":
            out += ["%%slot2 = alloca %s" % ty,
                    "call void @%s(%s %%a, ptr %%slot, ptr %%slot2)" % (c_name(name, ty), ty),
                    "%%r = load %s, ptr %%slot" % ty, "%%q = load %s, ptr %%slot2" % ty]
            return out
        args = "%s %%a, %s %%b, ptr %%slot" % (ty, ty) if name == "remquo" else "%s %%a, ptr %%slot" % ty
        out += ["%%r = call %s @%s(%s)" % (ty, c_name(name, ty), args), "%%q = load %s, ptr %%slot" % (second or ty)]
        if name == "remquo":  # three bits of the quotient are promised
            out += ["%m = srem i32 %q, 8", "%s = sitofp i32 %m to double"]
        elif second:
            out += ["%s = sitofp i32 %q to double"]
        return out
    return lines


def test_lines(double, single):
    def lines(suffix, ty):
        name = single if ty == "float" else double
        return ["%%n = call i32 @%s(%s %%a)" % (name, ty), "%c = icmp ne i32 %n, 0", "%r = uitofp i1 %c to double"]
    return lines


def integer_quotient(x, y):
    n = round((x - math.remainder(x, y)) / y)
    return float(math.copysign(abs(n) % 8, n))


def libm_functions():
    both = ["f64", "f32"]
    ops = [Op(n, r, x, lines=libm_call(n, 1), types=both) for n, r, x in M_UNARY]
    ops += [Op(n, r, "rounding", lines=libm_call(n, 1), types=both) for n, r in M_EXACT]
    ops += [Op(n, r, x, y, lines=libm_call(n, 2), types=both) for n, r, x, y in M_BINARY]
    for name in ("lround", "llround"):
        ops.append(Op(name, exact(away), "rounding", lines=libm_integer(name, "i64"), types=both))
    for name in ("lrint", "llrint"):
        ops.append(Op(name, exact(nearest_even), "rounding", lines=libm_integer(name, "i64"), types=both))
    exponent = exact(lambda x: float(math.frexp(x)[1] - 1))
    ops += [
        Op("fma", lambda x, y: x * y + x, "wide", "unit", types=both,
           lines=lambda s, ty: ["%%r = call %s @%s(%s %%a, %s %%b, %s %%a)" % (ty, c_name("fma", ty), ty, ty, ty)]),
        Op("ilogb", exponent, "positive", lines=libm_integer("ilogb", "i32"), types=both),
        Op("llogb", exponent, "positive", lines=libm_integer("llogb", "i64"), types=both),
        Op("jn", lambda x: libm("jn", ctypes.c_int, ctypes.c_double)(3, x), "bessel", lines=libm_integer("jn", "", "i"), types=both),
        Op("yn", lambda x: libm("yn", ctypes.c_int, ctypes.c_double)(3, x), "bessel", lines=libm_integer("yn", "", "i"), types=both),
        Op("frexp", exact(lambda x: frexp(x)[0]), "wide", lines=libm_pointer("frexp", "i32"), second=lambda x: frexp(x)[1], types=both),
        Op("modf", exact(lambda x: modf(x)[0]), "wide", lines=libm_pointer("modf", ""), second=lambda x: modf(x)[1], types=both),
        Op("remquo", exact(math.remainder), "wide", "positive", lines=libm_pointer("remquo", "i32"), second=integer_quotient,
           types=both),
        Op("sincos", math.sin, "wide", lines=libm_pointer("sincos", ""), second=math.cos, types=both),
        Op("isnan", exact(lambda x: float(math.isnan(x))), "special", lines=test_lines("__isnan", "__isnanf"), types=both),
        Op("isinf", exact(lambda x: float(math.isinf(x))), "special", lines=test_lines("__isinf", "__isinff"), types=both),
        Op("finite", exact(lambda x: float(math.isfinite(x))), "special", lines=test_lines("finite", "finitef"), types=both),
        Op("signbit", exact(lambda x: float(math.copysign(1, x) < 0)), "signs", lines=test_lines("__signbit", "__signbitf"),
           types=both),
    ]
    for name in ("ldexp", "scalbn", "scalbln"):
        ops.append(Op(name, exact(lambda x: math.ldexp(x, 3)), "wide", lines=libm_integer(name, ""), types=both))
    # One step in the operand's own type, which a reference in double does not know.
    step = {"f64": lambda x, to: math.nextafter(x, to), "f32": next_float}
    for name in ("nextafter", "nextup", "nextdown"):
        for suffix in both:
            to = (lambda y: y) if name == "nextafter" else (lambda y, n=name: INF if n == "nextup" else -INF)
            one = exact(lambda x, y=0.0, s=suffix, t=to: step[s](x, t(y)))
            ops.append(Op(name, one, "wide", "unit" if name == "nextafter" else None,
                          lines=libm_call(name, 2 if name == "nextafter" else 1), types=[suffix]))
    return ops


FILLS["signs"] = [v if not math.isnan(v) else 3.0 for v in FILLS["special"]]


def next_float(x, to):
    if x == to:
        return to
    bits = struct.unpack("i", struct.pack("f", x))[0]
    if x == 0:
        return math.copysign(struct.unpack("f", struct.pack("i", 1))[0], to)
    bits += 1 if (to > x) == (x > 0) else -1
    return struct.unpack("f", struct.pack("i", bits))[0]
