"""utils/fuzz --corpus=DIR [--triple=T] [--build=DIR] [--keep=DIR] [--filter=TEXT]: modules of a folder as host modules.

Made for tests of NVPTX, LLVM's own above all (llvm/test/CodeGen/NVPTX of its sources): each .ll file under DIR gets the
host's triple and data layout, and goes through the split. What llc refused for its device code, llc must accept as the
host half; the device half must verify, and lower to PTX where the original lowered. A split may also be refused, by a
rule, and nothing may crash. Printed: each module that fails, the rules that refused, and how many there were of each."""
import argparse, collections, concurrent.futures, os, re, subprocess, sys, tempfile

from fuzzing.split import ROOT, tool

LAYOUTS = {"x86_64": "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
           "aarch64": "e-m:e-p270:32:32-p271:32:32-p272:64:64-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"}
MANY = 12


def run(command, seconds=60):
    """Exit code and output; a timeout is a code of its own."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    return done.returncode, done.stdout.decode(errors="replace")


def parts(text):
    """The modules of a file: one, or those that split-file would write."""
    pieces = re.split(r"^(?:;|//)?[ \t]*--- *(\S+)[ \t]*$", text, flags=re.M)
    if len(pieces) == 1:
        return [("", text)]
    # What stands before the first part holds the RUN lines.
    return [("." + name, pieces[0] + body) for name, body in zip(pieces[1::2], pieces[2::2]) if name.endswith(".ll")]


def labelled(text, triple, layout):
    """The module with the host's triple; its layout: the host's, none, or what it had."""
    text = re.sub(r"^target triple *=.*$", "", text, flags=re.M)
    if layout != "kept":
        text = re.sub(r"^target datalayout *=.*$", "", text, flags=re.M)
    line = f'target datalayout = "{LAYOUTS[triple.split("-")[0]]}"\n' if layout == "host" else ""
    return f'target triple = "{triple}"\n{line}{text}'


def device_flags(text):
    """The newest architecture of the RUN lines, and its PTX version."""
    lines = [l for l in text.splitlines() if "RUN" in l]
    best = (90, "", 83)
    for line in lines:
        cpu = re.search(r"-mcpu=sm_(\d+)([af]?)", line)
        if cpu:
            version = re.search(r"-mattr=\S*\+ptx(\d+)", line)
            best = max(best, (int(cpu.group(1)), cpu.group(2), int(version.group(1)) if version else 0))
    sm, suffix, version = best
    needed = {90: 80, 100: 86, 101: 86, 103: 88, 120: 87, 121: 88}.get(sm, 83)
    return f"sm_{sm}{suffix}", max(version, needed, 88 if suffix == "f" else 0)


class Module:
    def __init__(self, args, name, text, where):
        self.args, self.name, self.text, self.where = args, name, text, where
        self.notes, self.failures, self.rules = [], [], set()

    def path(self, suffix):
        return os.path.join(self.where, self.name.replace("/", "_") + suffix)

    def fail(self, what, output):
        self.failures.append(f"{what}: " + " / ".join(output.strip().splitlines()[:3])[:600])

    def check(self):
        source = self.path(".ll")
        open(source, "w").write(labelled(self.text, self.args.triple, self.args.layout))
        code, out = run([tool("opt"), "-passes=verify", source, "-o", self.path(".bc")])
        if code:
            return self.notes.append("no valid module")
        if self.args.optimize:
            source = self.path(".opt.bc")
            if run([tool("opt"), "-passes=" + self.args.optimize, self.path(".bc"), "-o", source])[0]:
                return self.notes.append("not optimizable")
        code, _ = run([tool("llc"), "-filetype=null", source])
        self.notes.append("llc refuses it" if code else "llc accepts it")
        host, device = self.path(".host.bc"), self.path(".device.bc")
        code, out = run([tool("opt"), f"-load-pass-plugin={self.args.plugin}", "-verify-each",
                         f"-passes=cordon-quarantine<device-out={device}>", source, "-o", host])
        if code:
            self.rules = set(re.findall(r"\[([a-z-]+)\]", out))
            if code != 1 or not self.rules:
                self.fail(f"split: exit {code}", out)
            return self.notes.append("refused by the split")
        was = self.notes[0]
        code, out = run([tool("llc"), "-filetype=null", "-relocation-model=pic", host])
        lines = [l for l in out.splitlines() if "LLVM ERROR" in l or "error:" in l] or out.splitlines()
        text = self.text_of(host)
        if code and text == self.text_of(source):
            # Nothing of it is the device's: assembly of another target, say.
            return self.notes.append("for something else")
        if code:
            self.fail(f"host llc ({was})", "\n".join(lines))
        left = re.search(r"^ .*(@llvm\.nvvm\.|ptx_kernel|addrspace\([3457]\)).*", text, re.M)
        if left:
            self.fail("host: device code survives", left.group(0))
        again = self.path(".again.bc")
        code, out = run([tool("opt"), f"-load-pass-plugin={self.args.plugin}", f"-passes=cordon-quarantine<device-out={self.path('.none.bc')}>",
                         host, "-o", again])
        if code:
            self.fail(f"second split: exit {code}", out)
        elif self.text_of(again) != text:
            self.fail("second split", "the host changed")
        if os.path.exists(device):
            self.check_device(device)

    @staticmethod
    def text_of(module):
        text = run([tool("opt"), "-passes=", "-S", module, "-o", "-"])[1]
        return "\n".join(l for l in text.splitlines() if not l.startswith(("; ModuleID", "source_filename")))

    def check_device(self, device):
        cpu, ptx = device_flags(self.text)
        code, out = run([tool("opt"), "-passes=verify", "-disable-output", device])
        if code:
            return self.fail("device verifier", out)
        plain = self.path(".nvptx.ll")
        body = re.sub(r"^target (triple|datalayout) *=.*$", "", self.text, flags=re.M)
        open(plain, "w").write('target triple = "nvptx64-nvidia-cuda"\n' + body)
        before, _ = run([tool("llc"), f"-mcpu={cpu}", f"-mattr=+ptx{ptx}", plain, "-o", self.path(".before.ptx")])
        code, out = run([tool("opt"), f"-load-pass-plugin={self.args.plugin}",
                         f"-passes=cordon-prepare-device<arch={cpu}>,cordon-link-runtime<arch={cpu}>,cordon-lower<arch={cpu};emit=ptx;ptx={ptx / 10};output={self.path('.ptx')}>",
                         device, "-disable-output"], 120)
        if code:
            self.rules = set(re.findall(r"\[([a-z-]+)\]", out))
            if code != 1 or not self.rules:
                self.fail(f"device: exit {code}", out)
            self.notes.append("device half refused" + ("" if before == 0 else ", as NVPTX refuses it"))
        else:
            self.notes.append("device half lowered")


def modules(args, where):
    for folder, folders, files in os.walk(args.corpus):
        folders.sort()
        for file in sorted(files):
            path = os.path.join(folder, file)
            if not file.endswith(".ll") or args.filter not in path:
                continue
            for name, text in parts(open(path, errors="replace").read()):
                yield Module(args, os.path.relpath(path, args.corpus) + name, text, where)


def main(argv):
    p = argparse.ArgumentParser(prog="utils/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", required=True)
    p.add_argument("--triple", default="x86_64-unknown-linux-gnu")
    p.add_argument("--layout", choices=["host", "none", "kept"], default="host", help="the data layout that each module gets")
    p.add_argument("--optimize", help="run this pipeline on each module first, such as default<O2>")
    p.add_argument("--build", default=os.path.join(ROOT, "build"))
    p.add_argument("--keep", help="folder for all intermediate files")
    p.add_argument("--filter", default="", help="only files whose path contains this")
    p.add_argument("--jobs", type=int, default=1)
    p.add_argument("--verbose", action="store_true", help="a line for each module")
    args = p.parse_args(argv)
    args.plugin = os.path.join(args.build, "lib", "libCordon.so")
    if not os.path.exists(args.plugin):
        sys.exit(f"fuzz: no {args.plugin}; build Cordon, or name its build folder with --build=")
    if args.keep:
        os.makedirs(args.keep, exist_ok=True)
    counts, rules, failed = collections.Counter(), collections.Counter(), 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        every = list(modules(args, args.keep or scratch))
        if not every:
            sys.exit(f"fuzz: no .ll file under {args.corpus}")
        for m, _ in zip(every, pool.map(Module.check, every)):
            counts["; ".join(m.notes)] += 1
            rules.update(m.rules)
            failed += bool(m.failures)
            for f in m.failures:
                print(f"{m.name}: {f}", flush=True)
            if args.verbose:
                print(f"{m.name}: {'; '.join(m.notes)} {sorted(m.rules) or ''}", flush=True)
    for what, n in counts.most_common():
        print(f"{n:5} {what}")
    print("rules that refused: " + (", ".join(f"{r} {n}" for r, n in rules.most_common()) or "none"))
    print(f"{len(every)} modules, {failed} failed")
    return int(failed > 0)
