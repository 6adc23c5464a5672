"""Makes one host module of a CUDA program, as compilers with one module for both sides would:
merge_cuda.py OUT.bc SOURCE CLANG-COMMAND...

clang compiles the source for each side. Device functions go under the host's triple; where the host's code launches its own
stub, or asks about it, it names the kernel, and where it has a shadow of a device variable, the variable itself. What both
sides define stays with each: the device's is local."""

import re
import subprocess
import sys

out, source, clang = sys.argv[1], sys.argv[2], sys.argv[3:]
NAME = r'[\w.$]+'


def compile_side(side):
    path = "%s.%s.ll" % (out, side)
    subprocess.run(clang + ["--cuda-%s-only" % side, "-S", "-emit-llvm", source, "-o", path], check=True)
    with open(path) as f:
        return path, f.read()


def line_of(key, text):
    return re.search("^target %s = .*$" % key, text, re.M).group(0)


def kernel_of(stub):
    """_Z19__device_stub__scalePf is clang's stub of _Z5scalePf, and __device_stub__scale of scale."""
    return re.sub(r"(\d+)__device_stub__", lambda m: str(int(m.group(1)) - len("__device_stub__")), stub, count=1).replace(
        "__device_stub__", "", 1
    )


host_path, host = compile_side("host")
device_path, device = compile_side("device")
for key in ("triple", "datalayout"):
    device = device.replace(line_of(key, device), line_of(key, host))
device = re.sub(r"^!(llvm\.module\.flags|llvm\.ident|nvvmir\.version) = .*\n", "", device, flags=re.M)
device = re.sub(r'"target-(cpu|features)"="[^"]*"', "", device)

kernels = re.findall(r"^define .*\bptx_kernel .*?@(%s)\(" % NAME, device, re.M)
variables = re.findall(r"^@(%s) = (?:[\w()]+ )*?addrspace\((1|4)\)" % NAME, device, re.M)

# Every use of a stub but its definition and its call.
stub = r"(ptr (?:\w+(?:\(\d+\))? )*|= )@(%s)(?=[,)\n \]])" % (r"[\w.$]*__device_stub__" + NAME)
host = re.sub(stub, lambda m: m.group(1) + "@" + kernel_of(m.group(2)), host)
for kernel in kernels:
    if re.search("@%s\\b" % re.escape(kernel), host) and not re.search(r"^(define|declare) .*@%s\(" % re.escape(kernel), host, re.M):
        host += "\ndeclare void @%s()\n" % kernel
for name, space in variables:
    shadow = r"^@%s = .*\n" % re.escape(name)
    if not re.search(shadow, host, re.M):
        continue
    host = re.sub(shadow, "", host, flags=re.M)
    use = r"ptr ((?:\w+(?:\(\d+\))? )*)@%s(?![\w.$])" % re.escape(name)
    host = re.sub(use, r"ptr \1addrspacecast (ptr addrspace(%s) @%s to ptr)" % (space, name), host)
    host += "\n@%s = external addrspace(%s) global i8\n" % (name, space)
    device = re.sub(r"^(@%s = )(?:internal |private |dso_local )*" % re.escape(name), r"\1", device, flags=re.M)

for path, text in ((host_path, host), (device_path, device)):
    with open(path, "w") as f:
        f.write(text)
keep = ",".join(kernels + [name for name, _ in variables])
local = out + ".local.bc"
subprocess.run(["opt", "-passes=internalize", "-internalize-public-api-list=" + keep, device_path, "-o", local], check=True)
subprocess.run(["llvm-link", host_path, local, "-o", out], check=True)
