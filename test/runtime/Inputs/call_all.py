"""Prints a device module with one kernel for each function that the runtime provides, calling it with zeros.

usage: llvm-dis cordon-runtime.bc -o - | call_all.py > all.ll
"""
import re
import sys

HEADER = '''target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
'''


def split_types(text):
    """Splits a parameter list at its top level."""
    parts, depth, part = [], 0, ""
    for c in text:
        depth += c in "({[<"
        depth -= c in ")}]>"
        if c == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += c
    return [p.strip() for p in parts + [part] if p.strip()]


def bare(text):
    """The type in front of attributes and a name."""
    text = re.sub(r"range\([^)]*\)|captures\([^)]*\)|initializes\(\([^)]*\)\)|dereferenceable\w*\(\d+\)", "", text)
    m = re.match(r"(?:(?:noundef|signext|zeroext|nonnull|noalias|dso_local|readnone|nofree|sret\([^)]*\)|align \d+)\s+)*"
                 r"(ptr addrspace\(\d+\)|ptr|void|i\d+|float|double|half|\{[^}]*\}|\[[^\]]*\]|%[\w.]+|\.\.\.)", text.strip())
    if not m:
        sys.exit("cannot read type: " + text)
    return m.group(1)


types, functions = {}, []
for line in sys.stdin:
    t = re.match(r"(%[\w.]+) = type (.*)", line)
    if t:
        types[t.group(1)] = t.group(2)
    if not line.startswith("define ") or " internal " in line:
        continue
    m = re.match(r'define (?:weak_odr |linkonce_odr |weak |dso_local |hidden )*(.*?) @("[^"]+"|[\w.$]+)\((.*)', line)
    name, rest = m.group(2), m.group(3)
    depth, end = 1, 0
    while depth:
        depth += {"(": 1, ")": -1}.get(rest[end], 0)
        end += 1
    functions.append((name, bare(m.group(1)), [bare(p) for p in split_types(rest[: end - 1])]))

print(HEADER)
for name, text in types.items():
    print(f"{name} = type {text}")
for i, (name, result, params) in enumerate(functions):
    if name in ("__cordon_kernel_name", "__cordon_exception_exit"):
        continue
    fixed = [p for p in params if p != "..."]
    args = ", ".join(f"{p} zeroinitializer" if p[0] in "{[%" else f"{p} null" if p.startswith("ptr") else
                     f"{p} 0.0" if p in ("float", "double") else f"{p} 0" for p in fixed)
    if "..." in params:
        args += ", i32 1, double 2.0"
    call_type = f"{result} ({', '.join(params)})" if "..." in params else result
    print(f"declare {result} @{name}({', '.join(params)})")
    print(f"define ptx_kernel void @kernel_{i}(ptr %out) {{")
    if result == "void":
        print(f"  call {call_type} @{name}({args})")
    else:
        print(f"  %r = call {call_type} @{name}({args})\n  store {result} %r, ptr %out")
    print("  ret void\n}")
print(f"; {len(functions)} functions")
