"""The random modules of utils/fuzz: a host module with kernels, device functions, functions of both sides, tables,
variables, aliases and a main. The generator knows the call graph, so that it can say, without the pass, what the device
must hold and what the host prints."""
import collections, random, re


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
        self.host_patterns = []  # what the host's text must hold
        self.guarded = False  # main has a path that calls the device
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
        linkage = self.linkages[name] = self.pick(*allowed)
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
        self.variable, self.values = {}, {}
        for i in range(self.r.randint(1, 5)):
            kind = self.pick("const", "table", "moved", "global", "constant", "shared", "marked", "weak-shared", "alias")
            n = self.name("v", i)
            self.cover("variable-" + kind)
            define = {
                "const": f"{self.q(n)} = internal constant [4 x i32] [i32 {i}, i32 {self.r.randint(1, 999)}, i32 3, i32 4]",
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
            self.values[n] = define.split(" constant ")[-1].split(", section")[0] if kind in ("const", "table") else ""
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
        shape = self.pick("line", "branch", "loop", "switch", *(["indirect"] if kind == "host" else []))
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
        elif shape == "indirect":
            t = f"labels.{n}"
            self.globals.append(f"{self.q(t)} = internal constant [2 x ptr] [ptr blockaddress({self.q(n)}, %even), ptr blockaddress({self.q(n)}, %odd)]")
            lines += ["  %bit = and i32 %x, 1", f"  %lp = getelementptr [2 x ptr], ptr {self.q(t)}, i32 0, i32 %bit", "  %to = load ptr, ptr %lp",
                      "  indirectbr ptr %to, [label %even, label %odd]", "even:", "  br label %d", "odd:", "  br label %d", "d:",
                      f"  %a = phi i32 [ {k}, %even ], [ {k + 100}, %odd ]"]
            compute = lambda x: k + 100 if x & 1 else k
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
        elif self.chance(0.15):
            # What optimizers make of `if (gpu) r = tid()`.
            self.cover("speculated-in-" + kind)
            lines += ["  %st = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()", "  %sc = icmp eq i32 %x, 123456789", f"  %sr = select i1 %sc, i32 %st, i32 {result}"]
            result = "%sr"
        elif kind == "host" and self.chance(0.25):
            # Guarded device code that was inlined.
            self.cover("guarded-in-host")
            self.shared_scratch = True
            lines += ["  %gc = icmp eq i32 %x, 123456789", "  br i1 %gc, label %gpu, label %cpu", "gpu:",
                      "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)", "  store i32 %x, ptr addrspace(3) @scratch", "  br label %cpu", "cpu:"]
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
            elif self.chance(0.2):
                self.cover("invoke")
                lines += [f"  %r{count} = invoke i32 {self.q(target)}(i32 {result}) to label %ok{count} unwind label %lp{count}", f"lp{count}:",
                          f"  %l{count} = landingpad {{ ptr, i32 }} cleanup", f"  resume {{ ptr, i32 }} %l{count}", f"ok{count}:"]
                self.personality.add(n)
                self.calls[n].append(callee)
            else:
                lines.append(f"  %r{count} = call i32 {self.q(target)}(i32 {result})")
                self.calls[n].append(callee)
            result = f"%r{count}"
            steps.append(self.value.get(callee))
        if kind == "kernel" and self.kernels and self.chance(0.3):
            self.cover("called-kernel")
            callee = self.r.choice(self.kernels)
            lines.append(f"  call ptx_kernel void {self.q(callee)}(ptr null, i32 {result})")
            self.calls[n].append(callee)
        if evidence and self.chance(0.1):
            self.cover("placeholder")
            self.placeholder = True
            lines.append("  %box = call ptr @gpu_malloc(i64 8)")
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
        self.table, self.alias, self.personality = {}, {}, set()
        self.pure = []  # an optimizer that saw the body said memory(none) willreturn
        self.placeholder, self.refused, self.linkages = False, "", {}
        self.shared_scratch, self.debug = False, self.chance(0.25)
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
                    self.bodies.append([f"define {linkage} ptx_kernel void {self.q(n)}(ptr %p, i32 %x) {attributes}{self.place(n, linkage)}{comdat}{self.handler(n)} {{", *lines,
                                        f"  store i32 {result}, ptr %p", "  ret void", "}"])
                else:
                    linkage, comdat = self.linkage(n, "", "", "internal", "linkonce_odr", "weak_odr", "hidden", "weak")
                    if kind == "device" and self.chance(0.2):
                        self.cover("said-to-be-pure")
                        self.pure.append(n)
                    self.bodies.append([f"define {linkage} i32 {self.q(n)}(i32 %x) {self.pick('', 'unnamed_addr')} {'#3' if n in self.pure else attributes}{self.place(n, linkage)}{comdat}{self.handler(n)} {{", *lines,
                                        f"  ret i32 {result}", "}"])
                if kind != "kernel" and linkage not in ("internal",) and self.chance(0.25):
                    a = f"alias.{n}"
                    self.alias[n] = a
                    self.tail.append(f"{self.q(a)} = alias i32 (i32), ptr {self.q(n)}")
                    self.externals.add(a)
                    self.cover("function-alias")
                    if self.chance(0.4):
                        self.cover("alias-of-alias")
                        local = self.pick("", "internal ")
                        self.tail.append(f"{self.q(a + '.2')} = {local}alias i32 (i32), ptr {self.q(a)}")
                        self.alias[n] = a + ".2"
                        if not local:
                            self.externals.add(a + ".2")
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
        if self.placeholder:
            self.bodies.append(["define weak ptr @gpu_malloc(i64 %n) {", "  ret ptr null", "}"])
        everything = self.both + self.device + self.kernels + self.host
        self.compiler_tables(everything)
        self.all_slots = self.r.sample(everything, self.r.randint(1, len(everything)))
        self.globals.append(f"@slots = hidden global [{len(self.all_slots)} x ptr] [{', '.join('ptr ' + self.q(s) for s in self.all_slots)}]")
        self.main()

    def place(self, n, linkage):
        # A local or inline function that only the device uses is gone from the host.
        if linkage in ("internal", "linkonce_odr") or not self.chance(0.2):
            return ""
        self.cover("section")
        self.host_patterns.append(rf'define .*@"?{re.escape(n)}"?\(.*section "text.{len(self.host_patterns)}"')
        return f' section "text.{len(self.host_patterns) - 1}"'

    def handler(self, n):
        return " personality ptr @__gxx_personality_v0" if n in self.personality else ""

    def mutant_text(self):
        """A module of its own for the worker to change at random: bodies of both sides and of the device."""
        self.mutated = self.r.randrange(1 << 30)
        lines = ["entry:", "  %c = icmp slt i32 %x, 7", "  br i1 %c, label %a, label %b", "a:", "  %m = mul i32 %x, %y", "  br label %b", "b:",
                 "  %r = phi i32 [ 3, %entry ], [ %m, %a ]", "  %s = add i32 %r, %y"]
        end = {"both": ["  ret i32 %s"],
               "device": ["  %e = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()", "  %z = xor i32 %e, %s", "  store i32 %z, ptr %p", "  ret i32 %z"]}
        text = ['target triple = "x86_64-unknown-linux-gnu"', "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()",
                "@slots = constant [2 x ptr] [ptr @mutant.both, ptr @mutant.device]"]
        for kind in end:
            text += [f"define i32 @mutant.{kind}(i32 %x, i32 %y, ptr %p) {{", *lines, *end[kind], "}"]
        return "\n".join(text + ["define ptx_kernel void @k(ptr %p, i32 %x) {", "  %a = call i32 @mutant.both(i32 %x, i32 1, ptr %p)",
                                 "  %b = call i32 @mutant.device(i32 %a, i32 2, ptr %p)", "  store i32 %b, ptr %p", "  ret void", "}",
                                 "define i32 @main() {", "  ret i32 0", "}", ""])

    def compiler_tables(self, everything):
        """What the linker and the loader read: constructors in their order, used lists, thread-local and weak symbols."""
        def kept(line):
            self.globals.append(line)
            self.host_patterns.append(re.escape(line).replace('"', '"?'))
        if self.chance(0.3):
            self.cover("constructors")
            self.bodies += [[f"define internal void @ctor{i}() {{", f"  store i32 {i}, ptr @ctor.ran", "  ret void", "}"] for i in range(3)]
            self.globals.append("@ctor.ran = internal global i32 0")
            rows = [f"{{ i32, ptr, ptr }} {{ i32 {p}, ptr @ctor{i}, ptr null }}" for i, p in enumerate(self.r.sample([101, 200, 65535], 3))]
            kept(f"@llvm.global_ctors = appending global [3 x {{ i32, ptr, ptr }}] [{', '.join(rows)}]")
        if self.chance(0.3):
            self.cover("used-lists")
            for table in ("@llvm.used", "@llvm.compiler.used"):
                names = self.r.sample(everything, self.r.randint(1, len(everything)))
                kept(f"{table} = appending global [{len(names)} x ptr] [{', '.join('ptr ' + self.q(n) for n in names)}], section \"llvm.metadata\"")
        if self.chance(0.3):
            self.cover("thread-local")
            kept("@per.thread = thread_local global i32 0")
        if self.chance(0.3):
            self.cover("extern-weak")
            self.globals.append("@maybe.there = extern_weak global i32")
            self.bodies.append(["define internal i1 @is.there() {", "  %c = icmp ne ptr @maybe.there, null", "  ret i1 %c", "}"])
        if self.chance(0.3):
            self.cover("comdat-group")
            self.tail.append("$group = comdat any")
            kept("@group.data = weak_odr constant i32 7, comdat($group)")
            self.bodies.append(["define weak_odr i32 @group() comdat {", "  %v = load i32, ptr @group.data", "  ret i32 %v", "}"])
            self.externals |= {"group", "group.data"}

    def with_debug_info(self, bodies):
        """A subprogram for each function, and a location, sometimes of an inlined function, for each instruction."""
        nodes = ["distinct !DICompileUnit(language: DW_LANG_C11, file: !1, emissionKind: FullDebug, retainedTypes: !{!4}, globals: !{})",
                 '!DIFile(filename: "a.c", directory: "/")', '!{i32 2, !"Debug Info Version", i32 3}', "!DISubroutineType(types: !{null})",
                 '!DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)',
                 'distinct !DISubprogram(name: "inlined", file: !1, line: 9, type: !3, spFlags: DISPFlagDefinition, unit: !0, retainedNodes: !{})']
        result = []
        for b in bodies:
            n = len(nodes)
            nodes += [f'distinct !DISubprogram(name: "f{n}", file: !1, line: {n}, type: !3, spFlags: DISPFlagDefinition, unit: !0)',
                      f"!DILocation(line: {n + 1}, column: 1, scope: !{n})", f"!DILocation(line: 10, scope: !5, inlinedAt: !{n + 1})"]
            place = [n + 1, n + 2]
            result.append([b[0][:-1] + f"!dbg !{n} {{"] + [l + f", !dbg !{self.r.choice(place)}" if l.startswith("  ") else l for l in b[1:]])
        tail = [f"!{i} = {node}" for i, node in enumerate(nodes)]
        return result, ["!llvm.dbg.cu = !{!0}", "!llvm.module.flags = !{!2}", *tail]

    def main(self):
        lines, total, x = [], 0, 5
        result = "5"
        for i, h in enumerate(self.host + self.both):
            lines.append(f"  %h{i} = call i32 {self.q(h)}(i32 {result})")
            result = f"%h{i}"
            x = self.value[h](x)
        for i, d in enumerate(self.device[:2]):
            self.cover("guarded-device-call")
            self.guarded = True
            target, how = self.q(d), ""
            if d in self.pure:
                how = " #3"
                if self.chance(0.5):
                    target = f'@"through.{d}"'
                    self.bodies.append([f"define internal i32 {target}(i32 %x) noinline #3 {{", f"  %r = call i32 {self.q(d)}(i32 %x)", "  ret i32 %r", "}"])
            lines += [f"  br i1 %gpu, label %g{i}, label %n{i}", f"g{i}:", f"  %gd{i} = call i32 {target}(i32 1){how}", f"  br label %n{i}", f"n{i}:"]
        if self.chance(0.4):
            self.cover("speculated-read")
            lines += ["  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()", f"  %sel = select i1 %gpu, i32 %t, i32 {result}"]
            result = "%sel"
        if self.chance(0.4):
            self.cover("libdevice-on-host")
            lines += [f"  %pc = call i32 @__nv_popc(i32 {result})"]
            result = "%pc"
            x = bin(x).count("1")
        if self.chance(0.04) and any(k == "moved" for k in self.variable.values()):
            v = next(n for n, k in self.variable.items() if k == "moved")
            if any(v in self.calls[n] for n in self.closure()):
                self.cover("refused-shared-mutable")
                self.refused = "[shared-mutable-global]"
                lines.append(f"  store volatile i32 1, ptr {self.q(v)}")
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

    def device_variables(self):
        """Those that the host may fill: they must not look constant to the device's optimizer."""
        return [n for n, kind in self.variable.items() if kind in ("global", "constant", "marked") and n in self.externals]

    def constants(self):
        """The constants that the device reads, and their values."""
        used = {v for n in self.closure() for v in self.calls[n]}
        return {v: value for v, value in self.values.items() if value and v in used}

    def closure(self):
        """The functions that the kernels reach."""
        seen, work = set(), list(self.kernels)
        while work:
            n = work.pop()
            if n not in seen:
                seen.add(n)
                work += self.calls[n]
        return {n for n in seen if n in set(self.kernels + self.device + self.both + self.host)}

    def text(self):
        order, metadata = self.bodies[:], []
        if self.debug:
            self.cover("debug-info")
            order, metadata = self.with_debug_info(order)
        self.r.shuffle(order)
        comdats = [t for t in self.tail if t.startswith("$")]
        aliases = [t for t in self.tail if not t.startswith("$")]
        if self.shared_scratch:
            self.globals.append("@scratch = internal addrspace(3) global i32 undef")
        return "\n".join(['target triple = "x86_64-unknown-linux-gnu"', *comdats, *self.globals, '@format = private constant [4 x i8] c"%u\\0A\\00"', *aliases,
                          "declare i32 @printf(ptr, ...)", "declare i32 @__gxx_personality_v0(...)", "declare i32 @__nv_popc(i32)", "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()",
                          "declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)", "declare void @llvm.nvvm.barrier0()",
                          "declare i32 @llvm.nvvm.shfl.sync.idx.i32(i32, i32, i32, i32)",
                          *("\n".join(b) for b in order),
                          'attributes #1 = { noinline nounwind "target-cpu"="x86-64" }', "attributes #2 = { nounwind noinline optnone uwtable }",
                          'attributes #3 = { nounwind willreturn memory(none) }', 'attributes #9 = { "cordon.device-variable" }', *metadata, ""])
