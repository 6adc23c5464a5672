"""Writes one module of Numba's for the host, with a GPU kernel in it: numba_module.py OUT.ll

Numba compiles both Python functions for x86-64. `scale` reads special registers through an intrinsic that Numba knows
nothing of, so no machine code is made of it here (no_compile). The kernel's entry is llvmlite's."""

import sys

import llvmlite.binding as llvm
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils, compiler
from numba.core.registry import cpu_target
from numba.extending import intrinsic


def special_register(name):
    @intrinsic
    def read(typingctx):
        def codegen(context, builder, signature, args):
            kind = ir.FunctionType(ir.IntType(32), [])
            return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.nvvm.read.ptx.sreg." + name), [])

        return types.int32(), codegen

    return read


tid, ctaid, ntid = special_register("tid.x"), special_register("ctaid.x"), special_register("ntid.x")


@njit(inline="always")
def polynomial(x):
    return (3.0 * x + 2.0) * x + 1.0


def scale(data, n, by):
    i = ctaid() * ntid() + tid()
    if i < n:
        data[i] = polynomial(data[i]) * by


def on_host(x):
    return polynomial(x)


def compiled(function, arguments, result):
    flags = compiler.Flags()
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    flags.nrt = False
    done = compiler.compile_extra(cpu_target.typing_context, cpu_target.target_context, function, arguments, result, flags, {})
    return done.library.get_llvm_str(), done.fndesc.llvm_func_name


# Numba's functions take places for the result and for an exception, and return a status.
ENTRIES = """
target triple = "{triple}"
target datalayout = "{layout}"
declare i32 @"{scale}"(ptr, ptr, ptr, i64, double)
declare i32 @"{host}"(ptr, ptr, double)
define void @numba_scale(ptr %data, i64 %n, double %by) {{
  %result = alloca ptr
  %exception = alloca ptr
  %status = call i32 @"{scale}"(ptr %result, ptr %exception, ptr %data, i64 %n, double %by)
  ret void
}}
define double @numba_polynomial(double %x) {{
  %result = alloca double
  %exception = alloca ptr
  %status = call i32 @"{host}"(ptr %result, ptr %exception, double %x)
  %value = load double, ptr %result
  ret double %value
}}
"""


def main():
    number = types.float64
    scale_text, scale_name = compiled(scale, (types.CPointer(number), types.int64, number), types.void)
    host_text, host_name = compiled(on_host, (number,), number)
    module = llvm.parse_assembly(scale_text)
    module.link_in(llvm.parse_assembly(host_text))
    entries = ENTRIES.format(triple=module.triple, layout=module.data_layout, scale=scale_name, host=host_name)
    module.link_in(llvm.parse_assembly(entries))
    module.verify()
    with open(sys.argv[1], "w") as out:
        out.write(str(module))


main()
