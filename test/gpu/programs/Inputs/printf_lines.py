"""Writes a C header with random calls of printf: printf_lines.py SEED COUNT > lines.h

LINES(P) expands to P(number, format, arguments...) for each. Every format is one that C defines, and ends in a newline.
"""
import random
import struct
import sys

random.seed(int(sys.argv[1]))
COUNT = int(sys.argv[2])
INTEGERS = {"": (32, ""), "hh": (32, ""), "h": (32, ""), "l": (64, "L"), "ll": (64, "LL"), "z": (64, "UL"), "j": (64, "L"), "t": (64, "L")}
TEXTS = ["", "a", "text", "a longer text, with blanks", "tab\\tand \\\"quotes\\\"", "100%"]


def flags(of, most=2):
    return "".join(random.sample(of, random.randint(0, min(most, len(of)))))


def sizes(args, precision=True):
    text = ""
    if random.random() < 0.4:
        if random.random() < 0.25:
            text += "*"
            args.append(str(random.randint(-20, 20)))
        else:
            text += str(random.randint(1, 24))
    if precision and random.random() < 0.5:
        if random.random() < 0.25:
            text += ".*"
            args.append(str(random.randint(-1, 15)))
        else:
            text += random.choice([".", ".0", "." + str(random.randint(1, 20))])
    return text


def integer(c):
    length = random.choice(list(INTEGERS))
    bits, suffix = INTEGERS[length]
    value = random.choice([0, 1, 7, 255, (1 << (bits - 1)) - 1, random.getrandbits(bits - 1), random.getrandbits(9)])
    args = []
    spec = "%" + flags({"d": "-+ 0", "i": "-+ 0", "u": "-0", "o": "-#0", "x": "-#0", "X": "-#0"}[c]) + sizes(args) + length + c
    if c in "di":
        value = str(value if random.random() < 0.5 else -value)
        args.append("(%s)%s%s" % ("int" if bits == 32 else "long long" if length == "ll" else "long", value, "" if bits == 32 else "LL"))
    else:
        args.append("(%s)%d%s" % ("unsigned" if bits == 32 else "unsigned long long" if length == "ll" else "unsigned long", value, "ULL"))
    return spec, args


def floating(c):
    kind = random.random()
    if kind < 0.3:
        bits = random.getrandbits(64)
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
    elif kind < 0.8:
        value = random.choice([-1, 1]) * round(random.uniform(0, 10), random.randint(0, 8)) * 10.0 ** random.randint(-8, 8)
    else:
        value = random.choice([0.0, -0.0, 1.0, 0.5, 2.5, 1e23, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), 9.995, 0.1])
    args = []
    spec = "%" + flags("-+ #0") + sizes(args) + random.choice(["", "", "l"]) + c
    if value != value:
        value = float("inf")
    text = "__builtin_inf()" if value == float("inf") else "-__builtin_inf()" if value == float("-inf") else float.hex(value)
    if value == 0 and str(value)[0] == "-":
        text = "-0.0"
    return spec, args + [text]


def conversion():
    c = random.choice("ddiuuoxXeEfFgGgaAcsspn")
    if c in "diuoxX":
        return integer(c)
    if c in "eEfFgGaA":
        return floating(c)
    args = []
    if c == "c":
        return "%" + flags("-") + sizes(args, False) + "c", args + ["'%s'" % random.choice("azZ09 ~")]
    if c == "s":
        return "%" + flags("-") + sizes(args) + "s", args + ['"%s"' % random.choice(TEXTS)]
    if c == "p":
        return "%" + flags("-") + sizes(args, False) + "p", args + ["(void *)%#x" % random.choice([1, 0x1234, 0x7ffffff0])]
    return "%%", []


print("#define LINES(P) \\")
for i in range(COUNT):
    text, args = "", []
    for _ in range(random.randint(1, 4)):
        spec, more = conversion()
        text += random.choice(["", " ", "|", "x = ", "["]) + spec + random.choice(["", "|", "]"])
        args += more
    print('  P(%d, "%d: %s\\n"%s) \\' % (i, i, text, "".join(", " + a for a in args)))
print("")
