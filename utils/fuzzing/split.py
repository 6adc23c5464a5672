"""utils/fuzz N [--seed=S] [--build=DIR]: random mixed modules through cordon-quarantine, and what must hold after it.

Every case is checked in one process, cordon-fuzz-worker: the split twice (the same bytes), the host's second split (no
change), the verifier, host code generation before and after -O2, the host program's output, also on the device's path,
and the way of the device half to PTX. Here: symbols, table slots, closure, kernels and entries, against what the generator
knows. Every --tools-th case (default 25) goes through opt, llc, the system's linker and ptxas as well. A failure is kept,
reduced with llvm-reduce, and the command that repeats it is printed. --self-test plants faults, into results and, with
cordon-planted-faults built, into each step of the split, and fails unless the checks see them."""
import argparse, collections, os, re, shutil, subprocess, sys, tempfile

from fuzzing import planted
from fuzzing.modules import Case

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


FUNCTION = re.compile(r'^define .*?@("[^"]*"|[\w.$-]+)\(', re.M)


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


def read(path):
    with open(path) as f:
        return f.read()


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return path


def check_device_text(case, text):
    """The device module against the generator's call graph."""
    inside = {decode(unquote(n)) for n in FUNCTION.findall(text)}
    inside = {n for n in inside if not n.endswith("_cordon_body")}
    if inside != case.closure():
        raise Failure(f"closure: device has {sorted(inside)}, expected {sorted(case.closure())}")
    entries = {decode(unquote(n)) for n in re.findall(r'^define ptx_kernel .*?@("[^"]*"|[\w.$-]+)\(', text, re.M)}
    if entries != set(case.kernels):
        raise Failure(f"kernels: device has {sorted(entries)}, expected {sorted(case.kernels)}")
    for k in case.kernels:
        name = re.search(rf'^define ptx_kernel .*?(@"?[^"(]*"?)\(', text, re.M).group(1)
        if name not in text.split("@llvm.used", 1)[-1].splitlines()[0]:
            raise Failure(f"used: {name} may be dropped")
        call = re.search(rf"^ .*call [^@]*{re.escape(name)}\(.*", text, re.M)
        if call:
            raise Failure("called kernel: " + call.group(0))
    for v, value in case.constants().items():
        if value not in text:
            raise Failure(f"constant: {v} has lost its value {value}")
    for v in case.device_variables():
        found = [l for l in text.splitlines() if l.startswith("@") and decode(unquote(l[1:].split(" = ")[0])) == v]
        if not found or "externally_initialized" not in found[0] or " internal " in found[0]:
            raise Failure(f"variable: {v} is not the host's to fill: {found}")
    if "retainedTypes: !" in text or "gpu_malloc" in FUNCTION.findall(text):
        raise Failure("device: it holds what only the host needs")
    if not re.search(r'^source_filename = ".*case.ll"', text, re.M):
        raise Failure("device: another source file name")
    groups = set()
    for line in text.splitlines():
        if line.startswith("define"):
            group = re.search(r"#(\d+)", line)
            if not group:
                raise Failure("convergent: " + line)
            groups.add(group.group(1))
        elif re.match(r"  (%\S+ = )?(tail |musttail |notail )?call ", line) and "@llvm." not in line and " asm " not in line:
            group = re.search(r"\) #(\d+)(,|$)", line)
            if not group:
                raise Failure("convergent: " + line)
            groups.add(group.group(1))
    for group in groups:
        if not re.search(rf"^attributes #{group} = {{.*convergent", text, re.M):
            raise Failure("convergent: attributes #" + group)


def check_host_text(case, before, text):
    """The host module: its symbols and slots, and nothing of the device. \\p before: the symbols that it had."""
    missing = before - defined(text)
    if missing:
        raise Failure(f"symbols: the host lost {sorted(missing)}")
    if re.search(r"(call|invoke) .*@llvm\.nvvm\.", text):
        raise Failure("intrinsic: a device call survives on the host")
    if re.search(r"^define .*ptx_kernel|^@.*addrspace\(3\) global", text, re.M):
        raise Failure("device: " + re.search(r"^(define .*ptx_kernel|@.*addrspace\(3\) global).*", text, re.M).group(0))
    stubs = re.search(r"^attributes #(\d+) = {.*cordon.stub", text, re.M)
    identities = set()
    bodies = re.findall(r"^define [^\n]*\n.*?^}", text, re.M | re.S) if stubs else []
    for body in (b for b in bodies if f" #{stubs.group(1)} " in b.splitlines()[0]):
        identity = re.search(r'asm sideeffect "", "r"\(ptr (@\S+)\)', body)
        if "unnamed_addr" in body.splitlines()[0] or not identity or identity.group(1) in identities:
            raise Failure("identity: " + body.splitlines()[0])
        identities.add(identity.group(1))
    if not case:
        return
    for name, linkage in case.linkages.items():
        line = re.search(rf'^define .*@"?{re.escape(name)}"?\(.*', text, re.M)
        if line and not re.match(rf"define {linkage} ?(?!weak|internal|linkonce|hidden)", line.group(0)):
            raise Failure(f"linkage: {linkage} was {name}'s, not: {line.group(0)}")
    slots = ", ".join("ptr " + (f'@"{s}"' if re.search(r"[#$]", s) else f"@{s}") for s in case.all_slots)
    if f"[{slots}]" not in text:
        raise Failure(f"slots: expected [{slots}]")
    for wanted in case.host_patterns:
        if not re.search(wanted, text):
            raise Failure(f"kept: expected on the host: {wanted}")
    entries = re.findall(r'^!\d+ = !{!"(kernel|variable)", ptr (@.*?), !"(.*?)", !"(.*?)"', text, re.M)
    kernels = {source for kind, _, _, source in entries if kind == "kernel"}
    if kernels != set(case.kernels):
        raise Failure(f"entries: host registers {sorted(kernels)}, expected {sorted(case.kernels)}")
    for kind, symbol, device, source in entries:
        if decode(device) != source or unquote(symbol[1:]) != source:
            raise Failure(f"entries: {kind} {symbol} is registered as {device} and {source}")


def check_ptx(case, ptx):
    entries = {decode(n) for n in re.findall(r"\.entry ([\w$]+)", ptx)}
    if case and entries != set(case.kernels):
        raise Failure(f"entries: PTX has {sorted(entries)}, expected {sorted(case.kernels)}")


def check_output(case, name, text, guarded):
    if guarded and "was called on the host" not in text:
        raise Failure(f"{name} guarded run: printed {text!r}")
    if not guarded and text != case.expected:
        raise Failure(f"{name} run: printed {text!r}, expected {case.expected!r}")


class Worker:
    """cordon-fuzz-worker, and what it left of each case."""

    def __init__(self, args, plugin):
        path = os.path.join(args.build, "bin", "cordon-fuzz-worker")
        if not os.path.exists(path):
            sys.exit(f"fuzz: no {path}; build the target cordon-fuzz-worker, or name the build folder with --build=")
        self.process = subprocess.Popen([path, plugin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def check(self, source, where, case, pipeline="-"):
        known = pipeline == "-"
        # An optimizer may drop a device call whose result nobody needs.
        checks = "rg" if case.guarded and known else "x" if pipeline.startswith("mutate") else "r"
        for left in ("device.bc", "device.ll", "device.ptx", "host.ll"):
            if os.path.exists(f"{where}/{left}"):
                os.remove(f"{where}/{left}")
        self.process.stdin.write(f"{source} {where} {pipeline} {checks}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise Failure("worker: it ended")
        if case.refused and known:
            if case.refused not in answer or not answer.startswith("fail split"):
                raise Failure(f"refusal: expected {case.refused}, and not: {answer}")
            return
        if answer != "ok":
            raise Failure(answer[len("fail "):].replace("|", "\n"))
        # An optimizer changes what is there, but not what the program does.
        before = case.externals if known else defined(read(f"{where}/case.opt.ll"))
        check_host_text(case if known else None, before, read(f"{where}/host.ll"))
        if known:
            check_device_text(case, read(f"{where}/device.ll"))
        if checks == "x":
            return
        check_ptx(case, read(f"{where}/device.ptx"))
        for name in ("host", "host.opt"):
            check_output(case, name, read(f"{where}/{name}.out"), False)
            if "g" in checks:
                check_output(case, name, read(f"{where}/{name}.guarded.out"), True)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


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
    """The same by LLVM's tools, the system's linker and ptxas; without \\p case, what must hold for any module."""
    if case and case.refused:
        return
    host, device = split(args, source, where)
    host2, device2 = split(args, source, where, "2")
    if open(device, "rb").read() != open(device2, "rb").read() or read(host) != read(host2):
        raise Failure("determinism: two runs differ")
    host_text = read(host)
    device_text = run([tool("opt"), "-passes=verify", device, "-S", "-o", "-"], "device verifier")
    if fault:
        host_text, device_text = FAULTS[fault](host_text, device_text)
        host = write(f"{where}/faulty.ll", host_text)
    if case:
        check_device_text(case, device_text)
    check_host_text(case, case.externals if case else defined(read(source)), host_text)
    run([tool("opt"), "-passes=default<O2>", host, "-o", f"{where}/host.opt.bc"], "host -O2")
    for text, name in ((host, "host"), (f"{where}/host.opt.bc", "host.opt")):
        run([tool("llc"), "-filetype=obj", "-relocation-model=pic", text, "-o", f"{where}/{name}.o"], name + " llc")
        if case:
            run(["cc", f"{where}/{name}.o", "-lm", "-lstdc++", "-o", f"{where}/{name}"], name + " linker")
            check_output(case, name, run([f"{where}/{name}"], name + " run"), False)
            if case.guarded:
                check_output(case, name, run([f"{where}/{name}", *"abcde"], name + " guarded run", expect=-6), True)
    if fault:
        return
    run([tool("opt"), "-load-pass-plugin=" + args.plugin, f"-passes=cordon-quarantine<device-out={where}/none.bc>", host, "-S", "-o", f"{where}/again.ll"], "second split")
    run([tool("opt"), "-passes=verify", host, "-S", "-o", f"{where}/plain.ll"], "round trip")
    if read(f"{where}/plain.ll") != read(f"{where}/again.ll"):
        raise Failure("idempotence: the second split changed the host")
    run([tool("opt"), "-load-pass-plugin=" + args.plugin, "-passes=cordon-prepare-device<arch=sm_90>,verify,default<O2>", device, "-o", f"{where}/ready.bc"], "prepare device")
    run([tool("llc"), "-mcpu=sm_90", "-mattr=+ptx83", f"{where}/ready.bc", "-o", f"{where}/device.ptx"], "device llc")
    check_ptx(case, read(f"{where}/device.ptx"))
    if ptxas():
        run([ptxas(), "-arch=sm_90", "-c", f"{where}/device.ptx", "-o", f"{where}/device.cubin"], "ptxas")


def kind_of(failure):
    return str(failure).split(":")[0]


def reduce(args, source, kind, where):
    script = f"{where}/interesting.sh"
    write(script, f"#!/bin/sh\nexec {sys.executable} {ROOT}/utils/fuzz --build={args.build} --check=\"$1\" --fails-with='{kind}'\n")
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
    p.add_argument("--tools", type=int, default=25, help="every how many cases LLVM's tools, the linker and ptxas run too; 0: never")
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
    # In memory where that is possible: a case writes a dozen small files.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as scratch:
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
    """Faults in the results, then in the steps of the split."""
    unseen, count = [], 0

    def look(fault, check):
        nonlocal count
        count += 1
        for seed in range(args.seed, args.seed + 150):
            case = Case(seed)
            source = write(f"{scratch}/case.ll", case.text())
            try:
                check(source, case)
            except Failure as f:
                print(f"{fault}: seen by '{kind_of(f)}' (seed {seed})", flush=True)
                return
        unseen.append(fault)

    for fault in FAULTS:
        look(fault, lambda source, case: check_module(args, source, scratch, case, fault))
    plugin = os.path.join(args.build, "lib", "libCordonPlanted.so")
    if not os.path.exists(plugin):
        print(f"fuzz: no {plugin}, so that no faults are planted into the split's steps; build the target CordonPlanted")
        return 1
    for fault in planted.FAULTS:
        os.environ["CORDON_PLANTED_FAULT"] = fault
        worker = Worker(args, plugin)
        look(fault, lambda source, case: worker.check(source, scratch, case))
        worker.close()
    for fault in unseen:
        print(f"{fault}: NOT SEEN")
    print(f"{count - len(unseen)} of {count} faults seen")
    return int(bool(unseen))


def fuzz(args, scratch):
    covered, failures, by_tools = collections.Counter(), 0, 0
    worker = Worker(args, args.plugin)
    for seed in range(args.seed, args.seed + args.N):
        case = Case(seed)
        covered.update(case.covered)
        source = write(f"{scratch}/case.ll", case.text())
        level = "O0" if case.refused else case.pick("O0", "O0", "O1", "O2", "Oz")
        try:
            worker.check(source, scratch, case)
            if args.tools and seed % args.tools == 0:
                by_tools += 1
                check_module(args, source, scratch, case)
            if seed % 3 == 0 and not case.refused:
                covered["mutated-bodies"] += 1
                source = write(f"{scratch}/mutants.ll", case.mutant_text())
                try:
                    worker.check(source, scratch, case, f"mutate={case.mutated}")
                except Failure as f:
                    if kind_of(f) != "input": # where LLVM's mutator fails itself
                        raise
                    covered["mutator-failed"] += 1
                source = f"{scratch}/case.ll"
            if level != "O0":
                # The same module after an optimizer: shapes that no front end writes.
                covered["input-" + level] += 1
                try:
                    worker.check(source, scratch, case, f"default<{level}>")
                except Failure as f:
                    source = f"{scratch}/case.opt.ll"
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
            reduced = reduce(args, kept, kind_of(f), keep) if args.reduce_seconds else kept
            print(f"  module: {kept}\n  reduced: {reduced}\n  repeat: utils/fuzz 1 --seed {seed} --build {args.build}", flush=True)
            if str(f).startswith("worker"):
                worker = Worker(args, args.plugin)
    worker.close()
    print("features: " + ", ".join(f"{k} {v}" for k, v in sorted(covered.items())))
    print(f"tools: {by_tools} of {args.N} cases went through opt, llc and the linker" + (" and ptxas" if ptxas() else "; there is no ptxas"))
    print(f"{args.N - failures} clean, {failures} failed")
    return int(failures > 0)
