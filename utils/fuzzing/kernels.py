"""Generates race-free kernels in C, for cordon/device.h.

A kernel is made of two kinds of statements. Local ones may stand under any control flow: arithmetic, branches, loops,
calls, loads of the input, atomics whose order does not matter. Collective ones (barriers, shuffles, votes, exchanges
through shared memory) stand only where control flow is uniform: for the block, or, without barriers, for the warp. Every
operation has one result: integers are unsigned or kept away from overflow, floats are those operations that IEEE 754
rounds, and no thread's result depends on the order of threads.
"""
import random

HEADER = """#include "cordon/device.h"
typedef uint32_t u32;
typedef uint64_t u64;
__device__ static __attribute__((noinline)) u32 mix(u32 a, u32 b) { a ^= b * 0x9e3779b9u; return (a << 7 | a >> 25) + b; }
__device__ static __attribute__((noinline)) u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
__device__ static __attribute__((noinline)) u32 series(u32 n) { u32 a = 0, b = 1; while (n--) { b += a; a = b - a; } return a; }
__device__ static u32 step_add(u32 a) { return a + 0x1234567u; }
__device__ static u32 step_mul(u32 a) { return a * 2654435761u; }
__device__ static u32 step_not(u32 a) { return ~a; }
__device__ static u32 (*const steps[3])(u32) = {step_add, step_mul, step_not};
"""

ATOMICS = ["atomicAdd", "atomicXor", "atomicMax", "atomicMin", "atomicOr", "atomicAnd", "atomicSub", "atomicAdd"]
COUNTERS = 16


class Kernel:
    def __init__(self, rng, name):
        self.r = rng
        self.name = name
        self.block = rng.choice([32, 64, 64, 96, 128, 256])
        self.grid = rng.choice([1, 2, 3, 5])
        self.n = self.block * self.grid
        self.lines = []
        self.indent = 1
        self.fresh = 0
        self.text = self.make()

    # Expressions. Those that are "uniform" have the same value in all threads of a block.

    def constant(self):
        r = self.r
        return "%uu" % r.choice([0, 1, 2, 3, 31, 32, 255, 0x80000000, 0xffffffff, r.getrandbits(32), r.getrandbits(8)])

    def u(self, depth=3):
        """An unsigned 32-bit expression."""
        r = self.r
        if depth <= 0 or r.random() < 0.15:
            return r.choice(["a%d" % r.randrange(5)] * 6 + ["tid", "bid", "lane", "(u32)w%d" % r.randrange(2), self.constant()])
        kind = r.randrange(16)
        x, y = self.u(depth - 1), self.u(depth - 1)
        if kind < 6:
            return "(%s %s %s)" % (x, r.choice("+-*&|^"), y)
        if kind == 6:
            return "(%s %s (%s & 31))" % (x, r.choice(["<<", ">>"]), y)
        if kind == 7:
            return "(%s %s (%s | 1))" % (x, r.choice("/%"), y)
        if kind == 8:
            return "(%s ? %s : %s)" % (self.condition(depth - 1), x, y)
        if kind == 9:
            return "(u32)%s(%s)" % (r.choice(["__popc", "__clz", "__brev", "__ffs"]), x)
        if kind == 10:
            return "(u32)((u64)%s * %s >> 32)" % (x, y)
        if kind == 11:
            return "(u32)((int)%s >> (%s & 31))" % (x, y)
        if kind == 12:
            return "in[%s %% n]" % x
        if kind == 13:
            return "mix(%s, %s)" % (x, y)
        if kind == 14:
            return "(u32)((int)(%s & 0xffff) / (int)((%s & 0xff) + 1))" % (x, y)
        return r.choice(["(%s << 13 | %s >> 19)" % ("a0", "a0"), "(u32)(w0 >> 32)", "series(%s & 7)" % x, "steps[%s %% 3](%s)" % (y, x)])

    def w(self, depth=2):
        r = self.r
        if depth <= 0 or r.random() < 0.2:
            return r.choice(["w0", "w1", "(u64)%s" % self.u(1), "%uull" % r.getrandbits(64)])
        x, y = self.w(depth - 1), self.w(depth - 1)
        return r.choice(["(%s + %s)", "(%s - %s)", "(%s * %s)", "(%s ^ %s)", "(%s & %s)", "(%s / (%s | 1))", "(%s %% (%s | 1))",
                         "(%s << (%s & 63))", "(%s >> (%s & 63))", "(u64)((long long)%s >> (%s & 63))"]) % (x, y)

    def f(self, depth=2, t="f"):
        """A float or double expression: only what IEEE 754 rounds."""
        r = self.r
        cast = "float" if t == "f" else "double"
        suffix = "f" if t == "f" else ""
        if depth <= 0 or r.random() < 0.2:
            return r.choice(["%s%d" % (t, r.randrange(2)), "(%s)(%s)" % (cast, self.u(1)), "(%s)(int)(%s)" % (cast, self.u(1)),
                             "%s%s" % (repr(round(r.uniform(-8, 8), 3)), suffix)])
        x, y = self.f(depth - 1, t), self.f(depth - 1, t)
        kind = r.randrange(9)
        if kind < 5:
            return "(%s %s %s)" % (x, r.choice("+-**/"), y)
        if kind == 5:
            return "__builtin_fma%s(%s, %s, %s)" % (suffix, x, y, self.f(0, t))
        if kind == 6:
            return "__builtin_sqrt%s(%s)" % (suffix, x)
        if kind == 7:
            return "(%s ? %s : %s)" % (self.condition(1), x, y)
        return "__builtin_%s%s(%s)" % (r.choice(["floor", "trunc", "fabs", "ceil"]), suffix, x)

    def condition(self, depth=2):
        r = self.r
        kind = r.randrange(8)
        if kind == 0:
            return "(%s < %s)" % (self.f(1), self.f(1))
        if kind == 1:
            return "((int)%s < (int)%s)" % (self.u(depth - 1), self.u(depth - 1))
        if kind == 2:
            return "(w0 > w1)"
        if kind == 3:
            return "(lane %s %d)" % (r.choice(["<", ">=", "&"]), r.randrange(32))
        return "(%s %s %s)" % (self.u(depth - 1), r.choice(["<", ">", "==", "!=", "<="]), self.u(depth - 1))

    # Statements.

    def put(self, text):
        self.lines.append("  " * self.indent + text)

    def block_of(self, make, count):
        self.indent += 1
        for _ in range(count):
            make()
        self.indent -= 1

    def assign(self):
        r = self.r
        kind = r.randrange(10)
        if kind < 6:
            self.put("a%d %s= %s;" % (r.randrange(5), r.choice(["", "+", "^", ""]), self.u()))
        elif kind < 7:
            self.put("w%d = %s;" % (r.randrange(2), self.w()))
        else:
            t = r.choice("fd")
            self.put("%s%d = %s;" % (t, r.randrange(2), self.f(2, t)))

    def local(self, depth=2):
        r = self.r
        kind = r.randrange(12) if depth else 0
        if kind < 6:
            self.assign()
        elif kind < 8:
            self.put("if %s {" % self.condition())
            self.block_of(lambda: self.local(depth - 1), r.randint(1, 3))
            if r.random() < 0.5:
                self.put("} else {")
                self.block_of(lambda: self.local(depth - 1), r.randint(1, 2))
            self.put("}")
        elif kind < 9:
            self.fresh += 1
            i = "i%d" % self.fresh
            self.put("for (u32 %s = 0, e = %s & 7; %s < e; ++%s) {" % (i, self.u(1), i, i))
            self.block_of(lambda: self.local(depth - 1), r.randint(1, 2))
            if r.random() < 0.3:
                self.put("  if (%s) %s;" % (self.condition(1), r.choice(["break", "continue"])))
            self.put("}")
        elif kind < 10:
            self.put("switch (%s %% 5) {" % self.u(1))
            for case in r.sample(range(5), 3):
                self.put("case %d:" % case)
                self.block_of(self.assign, 1)
                if r.random() < 0.7:
                    self.put("  break;")
            self.put("default:")
            self.block_of(self.assign, 1)
            self.put("}")
        else:
            # Each counter has one operation, so that the order of threads does not matter.
            slot = r.randrange(COUNTERS)
            self.put("%s(&counters[%d], %s);" % (ATOMICS[slot % 8], slot, self.u(1)))

    def warp(self):
        """A collective of a whole warp."""
        r = self.r
        v = "a%d" % r.randrange(5)
        kind = r.randrange(8)
        if kind == 0:
            self.put("%s = __shfl_sync(~0u, %s, %s & 31);" % (v, self.u(1), self.u(1)))
        elif kind == 1:
            self.put("%s += __shfl_xor_sync(~0u, %s, %d);" % (v, self.u(1), r.randrange(1, 32)))
        elif kind == 2:
            self.put("%s = __shfl_%s_sync(~0u, %s, %d);" % (v, r.choice(["up", "down"]), self.u(1), r.randrange(1, 32)))
        elif kind == 3:
            self.put("%s ^= __ballot_sync(~0u, %s);" % (v, self.condition()))
        elif kind == 4:
            self.put("%s += (u32)__%s_sync(~0u, %s);" % (v, r.choice(["any", "all"]), self.condition()))
        elif kind == 5:
            self.put("%s ^= __match_any_sync(~0u, %s %% 5);" % (v, self.u(1)))
        elif kind == 6:
            self.put("w%d += __shfl_xor_sync(~0u, w%d, %d);" % (r.randrange(2), r.randrange(2), r.randrange(1, 32)))
        else:
            self.put("f%d = __shfl_sync(~0u, f%d, %s & 31, %d);" % (r.randrange(2), r.randrange(2), self.u(1), r.choice([8, 16, 32])))

    def uniform(self, depth=2):
        """A statement where the whole block runs together."""
        r = self.r
        kind = r.randrange(12)
        v = "a%d" % r.randrange(5)
        if kind < 3:
            self.put("shared[tid] = %s;" % self.u(2))
            self.put("__syncthreads();")
            self.put("%s ^= shared[%s %% %du];" % (v, self.u(2), self.block))
            self.put("__syncthreads();")
        elif kind == 3:
            op = r.choice(ATOMICS)
            self.put("if (tid < 8) shared[tid] = %s;" % self.constant())
            self.put("__syncthreads();")
            self.put("if %s %s(&shared[%s & 7], %s);" % (self.condition(), op, self.u(1), self.u(1)))
            self.put("__syncthreads();")
            self.put("%s += shared[%s & 7];" % (v, self.u(1)))
            self.put("__syncthreads();")
        elif kind == 4:
            self.put("%s += (u32)__syncthreads_%s(%s);" % (v, r.choice(["count", "and", "or"]), self.condition()))
        elif kind < 7:
            self.warp()
        elif kind == 7 and depth:
            self.put("for (u32 i = 0; i < %s; ++i) {" % r.choice(["2", "3", "bid + 1", "n % 4"]))
            self.block_of(lambda: self.uniform(0), r.randint(1, 2))
            self.put("}")
        elif kind == 8 and depth:
            self.put("if (%s) {" % r.choice(["bid & 1", "n > 100", "in[bid] & 1", "gridDim.x > 2"]))
            self.block_of(lambda: self.uniform(0), r.randint(1, 2))
            self.put("}")
        elif kind == 9:
            self.put("if (tid >> 5 & 1) {")
            self.block_of(self.warp, r.randint(1, 2))
            self.put("}")
        else:
            self.local()

    def recursion(self):
        """A recursive call, after the last collective: ptxas 13.0 takes a warp to be together again after it, and leaves
        out what would bring it together, but on an H200 threads that recurse to different depths are not."""
        r = self.r
        self.put("if %s a%d += fib(a%d & 7);" % (self.condition(), r.randrange(5), r.randrange(5)))

    def make(self):
        r = self.r
        self.put("__shared__ static u32 shared[%d];" % self.block)
        self.put("u32 tid = threadIdx.x, bid = blockIdx.x, lane = tid & 31, id = bid * blockDim.x + tid;")
        self.put("u32 a0 = in[id], a1 = id, a2 = in[n - 1 - id], a3 = id * 2654435761u, a4 = %s;" % self.constant())
        self.put("u64 w0 = (u64)a0 << 32 | a2, w1 = a3;")
        self.put("float f0 = (float)(a0 >> 8) * 0x1p-24f, f1 = (float)id;")
        self.put("double d0 = (double)a2 * 0x1p-32, d1 = (double)w0;")
        for _ in range(r.randint(4, 14)):
            self.uniform()
        if r.random() < 0.5:
            self.recursion()
        self.put("out[id] = a0 ^ a1 * 3 ^ a2 * 5 ^ a3 * 7 ^ a4 * 11;")
        self.put("wide[id] = w0 ^ w1 * 3;")
        self.put("single[id * 2] = f0;")
        self.put("single[id * 2 + 1] = f1;")
        self.put("twice[id * 2] = d0;")
        self.put("twice[id * 2 + 1] = d1;")
        head = "__global__ void %s(const u32 *in, u32 *out, u64 *wide, float *single, double *twice, u32 *counters, u32 n) {" % self.name
        return "\n".join([head] + self.lines + ["}"]) + "\n"

    # What the harness is told. Outputs by argument number and type.
    OUTPUTS = ((1, "u32", 1), (2, "u64", 1), (3, "f32", 2), (4, "f64", 2))

    def spec(self, seed, outputs):
        """Lines of a launch; \\p outputs(argument) gives what to do with each output buffer."""
        lines = ["kernel " + self.name, "  grid %d" % self.grid, "  block %d" % self.block, "  arg buf:u32:%d:random=%d" % (self.n, seed)]
        lines += ["  arg buf:%s:%d" % (t, self.n * k) for _, t, k in self.OUTPUTS]
        lines += ["  arg buf:u32:%d:random=%d" % (COUNTERS, seed + 1), "  arg u32:%d" % self.n]
        for argument in (1, 2, 3, 4, 5):
            lines.append("  " + outputs(argument))
        return lines


def module(seed, count):
    """The C text of a module, and its kernels."""
    rng = random.Random(seed)
    kernels = [Kernel(rng, "k%d" % i) for i in range(count)]
    return HEADER + "\n".join(k.text for k in kernels), kernels
