"""utils/fuzz N [--seed S] [--build DIR]: random mixed modules through cordon-quarantine, and what must hold after it.

A case is a host module with kernels, device functions, functions of both sides, tables, variables, aliases and a main.
The generator knows the call graph, so that the device module's content and the host program's output are predicted
independently of the pass. Checked: verifier, symbols, table slots, closure, llc and a linker for the host, the host
program's output, llc and ptxas for the device (where there is a ptxas), a second run, the same bytes twice. A failure
is kept, reduced with llvm-reduce, and the command that repeats it is printed. --self-test plants a fault of each kind
into the results and fails unless the checks see it."""
import argparse, collections, os, random, re, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def tool(name):
    for candidate in (os.path.join("/usr/lib/llvm-22/bin", name), name + "-22", name):
        found = shutil.which(candidate)
        if found:
            return found
    sys.exit(f"fuzz: cannot find {name}; install the LLVM 22 tools")


def ptxas():
    return shutil.which("ptxas") or shutil.which("/usr/local/cuda/bin/ptxas")


class Failure(Exception):
    pass


def run(command, what, expect=0):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    out = done.stdout.decode(errors="replace")
    if done.returncode != expect:
        raise Failure(f"{what}: exit {done.returncode}\n{out[:1500]}")
    return out


class Case:
    """One random module: its text, what the device must hold, what the host prints."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.covered = set()
        self.globals, self.bodies, self.tail = [], [], []
        self.kernels, self.device, self.both, self.host = [], [], [], []
        self.calls = collections.defaultdict(list)  # name -> names of functions and variables
        self.value = {}  # function of both sides or host -> its result as a Python function
        self.externals = set()
        self.slots = []
        self.build()

    def cover(self, feature):
        self.covered.add(feature)

    def pick(self, *choices):
        choice = self.r.choice(choices)
        return choice

    def chance(self, p):
        return self.r.random() < p

    def name(self, base, i):
        style = self.pick("plain", "plain", "dot", "hash", "dollar")
        self.cover("name-" + style)
        return {"plain": f"{base}{i}", "dot": f"{base}.{i}", "hash": f"{base}#{i}", "dollar": f"{base}${i}"}[style]

    @staticmethod
    def q(name):
        return f'@"{name}"'

    def linkage(self, name, *allowed):
        linkage = self.pick(*allowed)
        self.cover("linkage-" + (linkage or "external"))
        comdat = ""
        if linkage in ("linkonce_odr", "weak_odr") and self.chance(0.7):
            self.cover("comdat")
            self.tail.append(f'$"{name}" = comdat any')
            comdat = " comdat"
        if linkage not in ("internal", "private", "linkonce_odr"):
            self.externals.add(name)
        return linkage, comdat

    def variables(self):
        self.variable = {}
        for i in range(self.r.randint(1, 5)):
            kind = self.pick("const", "table", "moved", "global", "constant", "shared", "marked", "weak-shared", "alias")
            n = self.name("v", i)
            self.cover("variable-" + kind)
            define = {
                "const": f"{self.q(n)} = internal constant [4 x i32] [i32 {i}, i32 2, i32 3, i32 4]",
                "moved": f"{self.q(n)} = internal global [4 x i32] zeroinitializer",
                "global": f"{self.q(n)} = {self.pick('', 'internal')} addrspace(1) global [4 x i32] zeroinitializer",
                "constant": f"{self.q(n)} = {self.pick('', 'internal')} addrspace(4) global [4 x i32] zeroinitializer",
                "shared": f"{self.q(n)} = internal addrspace(3) global [4 x i32] undef",
                "weak-shared": f"{self.q(n)} = weak addrspace(3) global [4 x i32] zeroinitializer",
                "marked": f"{self.q(n)} = global [4 x i32] zeroinitializer #9",
                "table": f"{self.q(n)} = internal constant [4 x i32] [i32 9, i32 8, i32 7, i32 6], section \"sec\"",
                "alias": f"{self.q(n + '.base')} = internal constant [4 x i32] [i32 9, i32 8, i32 7, i32 6]",
            }[kind]
            self.globals.append(define)
            if kind == "alias":
                self.tail.append(f"{self.q(n)} = internal alias i32, getelementptr (i8, ptr {self.q(n + '.base')}, i64 4)")
            self.variable[n] = kind
            if kind == "marked" or (kind in ("global", "constant") and " internal " not in define.split("addrspace")[0]):
                self.externals.add(n)

    def use_variable(self, lines, n, tag, device):
        kind = self.variable[n]
        space = {"global": 1, "constant": 4, "shared": 3, "weak-shared": 3}.get(kind, 0)
        ptr = f"ptr addrspace({space})" if space else "ptr"
        lines.append(f"  %{tag} = load volatile i32, {ptr} {self.q(n)}")
        if device and kind in ("moved", "global", "shared", "weak-shared", "marked"):
            lines.append(f"  store volatile i32 %{tag}, {ptr} {self.q(n)}")

    def function(self, n, level, kind):
        """A function i32 (i32); calls only lower levels, so that the program ends."""
        lines, result = [], "%x"
        evidence = kind in ("device", "kernel")
        # A shape for the body
        shape = self.pick("line", "branch", "loop", "switch")
        self.cover("shape-" + shape)
        k = self.r.randint(1, 9)
        compute = lambda x: (x * 3 + k) & 0xFFFFFFFF
        if shape == "line":
            lines += [f"  %m = mul i32 %x, 3", f"  %a = add i32 %m, {k}"]
        elif shape == "branch":
            lines += ["  %c = icmp ult i32 %x, 1000", "  br i1 %c, label %l, label %r", "l:", "  %ml = mul i32 %x, 3", f"  %al = add i32 %ml, {k}",
                      "  br label %j", "r:", "  %mr = shl i32 %x, 1", f"  %ar = xor i32 %mr, {k}", "  br label %j", "j:",
                      "  %a = phi i32 [ %al, %l ], [ %ar, %r ]"]
            compute = lambda x: (x * 3 + k) & 0xFFFFFFFF if x < 1000 else ((x << 1) ^ k) & 0xFFFFFFFF
        elif shape == "loop":
            lines += ["  br label %h", "h:", "  %i = phi i32 [ 0, %entry ], [ %in, %h ]", "  %s = phi i32 [ %x, %entry ], [ %a, %h ]",
                      f"  %a = add i32 %s, {k}", "  %in = add i32 %i, 1", "  %more = icmp ult i32 %in, 5", "  br i1 %more, label %h, label %o", "o:"]
            compute = lambda x: (x + 5 * k) & 0xFFFFFFFF
        else:
            lines += ["  switch i32 %x, label %d [ i32 1, label %s1 ]", "s1:", "  br label %d", "d:",
                      f"  %a = phi i32 [ {k}, %entry ], [ 77, %s1 ]"]
            compute = lambda x: 77 if x == 1 else k
        result, count = "%a", 0
        steps = [compute]
        if evidence and self.chance(0.8) or kind == "device":
            what = self.pick("tid", "barrier", "asm", "old", "shfl")
            self.cover("evidence-" + what)
            lines += {"tid": ["  %e = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()", f"  %ee = add i32 {result}, %e"],
                      "barrier": ["  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)", f"  %ee = add i32 {result}, 1"],
                      "asm": ['  %e = call i32 asm sideeffect "mov.u32 $0, %laneid;", "=r"()', f"  %ee = add i32 {result}, %e"],
                      "old": ["  call void @llvm.nvvm.barrier0()", f"  %ee = add i32 {result}, 2"],
                      "shfl": [f"  %ee = call i32 @llvm.nvvm.shfl.sync.idx.i32(i32 -1, i32 {result}, i32 0, i32 31)"]}[what]
            result = "%ee"
        elif evidence:
            self.cover("evidence-kernel-only")
        lower = [f for f in (self.device + self.both if evidence else self.both + (self.host if kind == "host" else []))]
        for callee in self.r.sample(lower, min(len(lower), self.r.randint(0, 3))):
            count += 1
            how = self.pick("direct", "direct", "table", "alias")
            target = callee
            if how == "table" and callee in self.table:
                self.cover("call-through-table")
                t, i = self.table[callee]
                lines.append(f"  %f{count} = load ptr, ptr getelementptr ([{len(self.slots)} x ptr], ptr {self.q(t)}, i64 0, i64 {i})")
                lines.append(f"  %r{count} = call i32 %f{count}(i32 {result})")
                self.calls[n].append(t)
            elif how == "alias" and callee in self.alias:
                self.cover("call-through-alias")
                lines.append(f"  %r{count} = call i32 {self.q(self.alias[callee])}(i32 {result})")
                self.calls[n].append(callee)
            else:
                lines.append(f"  %r{count} = call i32 {self.q(target)}(i32 {result})")
                self.calls[n].append(callee)
            result = f"%r{count}"
            steps.append(self.value.get(callee))
        if evidence:
            for v in self.variable:
                if self.chance(0.4):
                    count += 1
                    self.use_variable(lines, v, f"v{count}", True)
                    self.calls[n].append(v)
        elif self.variable and self.chance(0.3):
            v = self.r.choice(list(self.variable))
            if self.variable[v] in ("const", "table", "alias"):
                count += 1
                self.use_variable(lines, v, f"v{count}", False)
                self.calls[n].append(v)
        if kind != "device" and kind != "kernel":
            def value(x, steps=steps):
                for s in steps:
                    x = s(x)
                return x
            self.value[n] = value
        return ["entry:"] + lines, result

    def build(self):
        self.table, self.alias = {}, {}
        self.variables()
        attributes = self.pick("", "", "#1", "#2")
        if attributes:
            self.cover("attributes" + attributes)
        for kind, n_of in (("both", 3), ("device", 5), ("kernel", 3), ("host", 3)):
            group = {"both": self.both, "device": self.device, "kernel": self.kernels, "host": self.host}[kind]
            for i in range(self.r.randint(1 if kind != "device" else 0, n_of)):
                n = self.name(kind[0] + "f", i)
                lines, result = self.function(n, i, kind)
                if kind == "kernel":
                    linkage, comdat = self.linkage(n, "", "", "internal", "weak_odr")
                    self.bodies.append([f"define {linkage} ptx_kernel void {self.q(n)}(ptr %p, i32 %x) {attributes}{comdat} {{", *lines,
                                        f"  store i32 {result}, ptr %p", "  ret void", "}"])
                else:
                    linkage, comdat = self.linkage(n, "", "", "internal", "linkonce_odr", "weak_odr", "hidden", "weak")
                    self.bodies.append([f"define {linkage} i32 {self.q(n)}(i32 %x) {self.pick('', 'unnamed_addr')} {attributes}{comdat} {{", *lines,
                                        f"  ret i32 {result}", "}"])
                if kind != "kernel" and linkage not in ("internal",) and self.chance(0.25):
                    a = f"alias.{n}"
                    self.alias[n] = a
                    self.tail.append(f"{self.q(a)} = alias i32 (i32), ptr {self.q(n)}")
                    self.externals.add(a)
                    self.cover("function-alias")
                group.append(n)
            if kind == "both" and self.chance(0.6):
                self.cover("table-of-both")
                self.slots = list(self.both)
                t = "slots.both"
                self.globals.append(f"{self.q(t)} = constant [{len(self.slots)} x ptr] [{', '.join('ptr ' + self.q(s) for s in self.slots)}]")
                self.externals.add(t)
                for i, s in enumerate(self.slots):
                    self.table[s] = (t, i)
                self.calls[t] += self.slots
        everything = self.both + self.device + self.kernels + self.host
        self.all_slots = self.r.sample(everything, self.r.randint(1, len(everything)))
        self.globals.append(f"@slots = hidden global [{len(self.all_slots)} x ptr] [{', '.join('ptr ' + self.q(s) for s in self.all_slots)}]")
        self.main()

    def main(self):
        lines, total, x = [], 0, 5
        result = "5"
        for i, h in enumerate(self.host + self.both):
            lines.append(f"  %h{i} = call i32 {self.q(h)}(i32 {result})")
            result = f"%h{i}"
            x = self.value[h](x)
        for i, d in enumerate(self.device[:2]):
            self.cover("guarded-device-call")
            lines += [f"  br i1 %gpu, label %g{i}, label %n{i}", f"g{i}:", f"  %gd{i} = call i32 {self.q(d)}(i32 1)", f"  br label %n{i}", f"n{i}:"]
        if self.chance(0.4):
            self.cover("speculated-read")
            lines += ["  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()", f"  %sel = select i1 %gpu, i32 %t, i32 {result}"]
            result = "%sel"
        if self.chance(0.4):
            self.cover("libdevice-on-host")
            lines += [f"  %pc = call i32 @__nv_popc(i32 {result})"]
            result = "%pc"
            x = bin(x).count("1")
        for i, k in enumerate(self.kernels):
            self.cover("kernel-by-address")
            lines.append(f"  call void asm sideeffect \"\", \"r\"(ptr {self.q(k)})")
        for i, (v, kind) in enumerate(self.variable.items()):
            if kind in ("global", "constant") and self.chance(0.5):
                self.cover("variable-by-address")
                space = {"global": 1, "constant": 4}[kind]
                lines.append(f"  call void asm sideeffect \"\", \"r\"(ptr addrspacecast (ptr addrspace({space}) {self.q(v)} to ptr))")
        self.bodies.append(["define i32 @main(i32 %argc, ptr %argv) {", "  %gpu = icmp sgt i32 %argc, 5", *lines,
                            f"  %p = call i32 (ptr, ...) @printf(ptr @format, i32 {result})", "  ret i32 0", "}"])
        self.expected = f"{x}\n"
        self.externals.add("main")

    def closure(self):
        seen, work = set(), list(self.kernels)
        while work:
            n = work.pop()
            if n not in seen:
                seen.add(n)
                work += self.calls[n]
        return {n for n in seen if n in set(self.kernels + self.device + self.both + self.host)}

    def text(self):
        order = self.bodies[:]
        self.r.shuffle(order)
        comdats = [t for t in self.tail if t.startswith("$")]
        aliases = [t for t in self.tail if not t.startswith("$")]
        return "\n".join(['target triple = "x86_64-unknown-linux-gnu"', *comdats, *self.globals, '@format = private constant [4 x i8] c"%u\\0A\\00"', *aliases,
                          "declare i32 @printf(ptr, ...)", "declare i32 @__nv_popc(i32)", "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()",
                          "declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)", "declare void @llvm.nvvm.barrier0()",
                          "declare i32 @llvm.nvvm.shfl.sync.idx.i32(i32, i32, i32, i32)",
                          *("\n".join(b) for b in order),
                          'attributes #1 = { noinline nounwind "target-cpu"="x86-64" }', "attributes #2 = { nounwind noinline optnone uwtable }",
                          'attributes #9 = { "cordon.device-variable" }', ""])


FUNCTION = re.compile(r'^define .*?@("[^"]*"|[\w.$-]+)\(', re.M)
SYMBOL = re.compile(r'^(?:define|@)(.*)$', re.M)


def unquote(name):
    name = name.strip('"')
    return re.sub(r"\\([0-9A-Fa-f]{2})", lambda m: chr(int(m.group(1), 16)), name)


def decode(name):
    if name.startswith("_cordon$"):
        return re.sub(r"\$([0-9a-f]{2})", lambda m: chr(int(m.group(1), 16)), name[len("_cordon$"):])
    return name


def defined(text):
    """Symbols of a module's text that other objects can name."""
    names = set()
    for line in text.splitlines():
        m = re.match(r'@("[^"]*"|[\w.$-]+) = (.*)', line)
        if m and not re.match(r"(private|internal|external|linkonce|extern_weak)", m.group(2)) and "addrspace(3)" not in line:
            names.add(unquote(m.group(1)))
        m = re.match(r'define (.*?)@("[^"]*"|[\w.$-]+)\(', line)
        if m and not re.match(r"(private|internal|available_externally|linkonce)", m.group(1)):
            names.add(unquote(m.group(2)))
    return names


def split(args, source, where, suffix=""):
    host, device = f"{where}/host{suffix}.ll", f"{where}/device{suffix}.bc"
    run([tool("opt"), "-load-pass-plugin=" + args.plugin, f"-passes=cordon-quarantine<device-out={device}>,verify", source, "-S", "-o", host], "split")
    return host, device


FAULTS = {
    "lost device function": lambda h, d: (h, re.sub(r"^define internal (.*?)\{.*?^\}", "", d, count=1, flags=re.M | re.S)),
    "lost kernel": lambda h, d: (h, d.replace("ptx_kernel", "", 1)),
    "extra device function": lambda h, d: (h, d + "\ndefine void @nobody_asked() {\n  ret void\n}\n"),
    "lost host symbol": lambda h, d: (h.replace("define i32 @main", "define internal i32 @main"), d),
    "surviving intrinsic": lambda h, d: (h + "\ndefine i32 @left() {\n  %t = call i32 @llvm.nvvm.read.ptx.sreg.ntid.y()\n  ret i32 %t\n}\ndeclare i32 @llvm.nvvm.read.ptx.sreg.ntid.y()\n", d),
    "changed slot": lambda h, d: (re.sub(r"(@slots = hidden global \[\d+ x ptr\] \[)ptr @[^,\]]+", r"\1ptr null", h), d),
    "stub that lets callers fold": lambda h, d: (re.sub(r"  call void @cordon.called_on_host\(.*\n", "", h), d),
    "not convergent": lambda h, d: (h, d.replace("convergent ", "").replace("convergent", "")),
    "changed host result": lambda h, d: (h.replace("icmp sgt i32 %argc, 5", "icmp sgt i32 %argc, 0"), d),
}


def check_module(args, source, where, case=None, fault=None):
    """What must hold for any module; with \\p case also what the generator knows."""
    host, device = split(args, source, where)
    host2, device2 = split(args, source, where, "2")
    if open(device, "rb").read() != open(device2, "rb").read() or open(host).read() != open(host2).read():
        raise Failure("determinism: two runs differ")
    host_text = open(host).read()
    device_text = run([tool("opt"), "-passes=verify", device, "-S", "-o", "-"], "device verifier")
    if fault:
        host_text, device_text = FAULTS[fault](host_text, device_text)
        host = f"{where}/faulty.ll"
        open(host, "w").write(host_text)
    before = defined(open(source).read())
    if case:
        before = case.externals
        inside = {decode(unquote(n)) for n in FUNCTION.findall(device_text)}
        inside = {n for n in inside if not n.endswith("_cordon_body")}
        if inside != case.closure():
            raise Failure(f"closure: device has {sorted(inside)}, expected {sorted(case.closure())}")
        entries = {decode(unquote(n)) for n in re.findall(r'^define ptx_kernel .*?@("[^"]*"|[\w.$-]+)\(', device_text, re.M)}
        if entries != set(case.kernels):
            raise Failure(f"kernels: device has {sorted(entries)}, expected {sorted(case.kernels)}")
        slots = ", ".join("ptr " + (f'@"{s}"' if re.search(r"[#$]", s) else f"@{s}") for s in case.all_slots)
        if f"[{slots}]" not in host_text:
            raise Failure(f"slots: expected [{slots}]")
        for line in device_text.splitlines():
            if line.startswith("define") and "#" not in line:
                raise Failure("convergent: " + line)
        for group in re.findall(r"^define .*?#(\d+)", device_text, re.M):
            if not re.search(rf"^attributes #{group} = {{.*convergent", device_text, re.M):
                raise Failure("convergent: attributes #" + group)
    missing = before - defined(host_text)
    if missing:
        raise Failure(f"symbols: the host lost {sorted(missing)}")
    if re.search(r"call .*@llvm\.nvvm\.", host_text):
        raise Failure("intrinsic: a device call survives on the host")
    run([tool("opt"), "-passes=default<O2>", host, "-o", f"{where}/host.opt.bc"], "host -O2")
    for text, name in ((host, "host"), (f"{where}/host.opt.bc", "host.opt")):
        run([tool("llc"), "-filetype=obj", "-relocation-model=pic", text, "-o", f"{where}/{name}.o"], name + " llc")
        if case:
            run(["cc", f"{where}/{name}.o", "-lm", "-o", f"{where}/{name}"], name + " linker")
            out = run([f"{where}/{name}"], name + " run")
            if out != case.expected:
                raise Failure(f"{name} run: printed {out!r}, expected {case.expected!r}")
            if case.device:
                out = run([f"{where}/{name}", *"abcde"], name + " guarded run", expect=-6)
                if "was called on the host" not in out:
                    raise Failure(f"{name} guarded run: printed {out!r}")
    if fault:
        return
    run([tool("opt"), "-load-pass-plugin=" + args.plugin, f"-passes=cordon-quarantine<device-out={where}/none.bc>", host, "-S", "-o", f"{where}/again.ll"], "second split")
    run([tool("opt"), "-passes=verify", host, "-S", "-o", f"{where}/plain.ll"], "round trip")
    if open(f"{where}/plain.ll").read() != open(f"{where}/again.ll").read():
        raise Failure("idempotence: the second split changed the host")
    run([tool("opt"), "-load-pass-plugin=" + args.plugin, "-passes=cordon-prepare-device<arch=sm_90>,verify,default<O2>", device, "-o", f"{where}/ready.bc"], "prepare device")
    run([tool("llc"), "-mcpu=sm_90", "-mattr=+ptx83", f"{where}/ready.bc", "-o", f"{where}/device.ptx"], "device llc")
    ptx = open(f"{where}/device.ptx").read()
    if case:
        entries = {decode(n) for n in re.findall(r"\.entry ([\w$]+)", ptx)}
        if entries != set(case.kernels):
            raise Failure(f"entries: PTX has {sorted(entries)}, expected {sorted(case.kernels)}")
    if ptxas():
        run([ptxas(), "-arch=sm_90", "-c", f"{where}/device.ptx", "-o", f"{where}/device.cubin"], "ptxas")


def kind_of(failure):
    return str(failure).split(":")[0]


def reduce(args, source, kind, where):
    script = f"{where}/interesting.sh"
    open(script, "w").write(f"#!/bin/sh\nexec {sys.executable} {ROOT}/utils/fuzz --build={args.build} --check=\"$1\" --fails-with='{kind}'\n")
    os.chmod(script, 0o755)
    out = f"{where}/reduced.ll"
    try:
        subprocess.run([tool("llvm-reduce"), "--test=" + script, source, "-o", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=args.reduce_seconds)
    except subprocess.TimeoutExpired:
        pass
    return out if os.path.exists(out) else source


def main(argv):
    p = argparse.ArgumentParser(prog="utils/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("N", nargs="?", type=int, default=20)
    p.add_argument("--seed", type=int, default=1, help="seed of the first case; the others follow")
    p.add_argument("--build", default=os.path.join(ROOT, "build"))
    p.add_argument("--keep", default=None, help="folder for failures (default: a new temporary one)")
    p.add_argument("--reduce-seconds", type=int, default=60)
    p.add_argument("--self-test", action="store_true")
    p.add_argument("--print", action="store_true", help="print the module of --seed and stop")
    p.add_argument("--check", help="check one module instead of random ones")
    p.add_argument("--fails-with", help="with --check: succeed only if the check fails in this way")
    args = p.parse_args(argv)
    args.plugin = os.path.join(args.build, "lib", "libCordon.so")
    if not os.path.exists(args.plugin):
        sys.exit(f"fuzz: no {args.plugin}; build Cordon, or name its build folder with --build=")
    if args.print:
        print(Case(args.seed).text())
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        if args.check:
            try:
                check_module(args, args.check, scratch)
            except Failure as f:
                print(f)
                return int(kind_of(f) != args.fails_with) if args.fails_with else 1
            return 1 if args.fails_with else 0
        if args.self_test:
            return self_test(args, scratch)
        return fuzz(args, scratch)


def self_test(args, scratch):
    unseen = []
    for fault in FAULTS:
        for seed in range(args.seed, args.seed + 25):
            case = Case(seed)
            source = f"{scratch}/case.ll"
            open(source, "w").write(case.text())
            try:
                check_module(args, source, scratch, case, fault)
            except Failure as f:
                print(f"{fault}: seen by '{kind_of(f)}' (seed {seed})")
                break
        else:
            unseen.append(fault)
    for fault in unseen:
        print(f"{fault}: NOT SEEN")
    return int(bool(unseen))


def fuzz(args, scratch):
    covered, failures = collections.Counter(), 0
    for seed in range(args.seed, args.seed + args.N):
        case = Case(seed)
        covered.update(case.covered)
        source = f"{scratch}/case.ll"
        open(source, "w").write(case.text())
        level = case.pick("O0", "O0", "O1", "O2", "Oz")
        try:
            check_module(args, source, scratch, case)
            if level != "O0":
                # The same module after an optimizer: shapes that no front end writes.
                covered["input-" + level] += 1
                run([tool("opt"), f"-passes=default<{level}>", source, "-S", "-o", f"{scratch}/case.opt.ll"], "input")
                source = f"{scratch}/case.opt.ll"
                try:
                    check_module(args, source, scratch)
                except Failure as f:
                    # An optimizer may inline a guarded device call into main, with its variables: no split is right then.
                    if "[shared-mutable-global]" not in str(f):
                        raise
                    covered["refused-after-inlining"] += 1
        except Failure as f:
            failures += 1
            keep = args.keep or tempfile.mkdtemp(prefix="cordon-fuzz-")
            os.makedirs(keep, exist_ok=True)
            kept = f"{keep}/seed{seed}.ll"
            shutil.copy(source, kept)
            print(f"seed {seed}: {f}", flush=True)
            reduced = reduce(args, kept, kind_of(f), keep)
            print(f"  module: {kept}\n  reduced: {reduced}\n  repeat: utils/fuzz 1 --seed {seed} --build {args.build}", flush=True)
    print("features: " + ", ".join(f"{k} {v}" for k, v in sorted(covered.items())))
    print(f"{args.N - failures} clean, {failures} failed" + ("" if ptxas() else "; no ptxas: device modules went through llc only"))
    return int(failures > 0)

