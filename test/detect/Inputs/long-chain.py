"""A host module of N leaking functions, each of which only the one before calls."""
import sys

count = int(sys.argv[1])
print('target triple = "x86_64-unknown-linux-gnu"\ndeclare void @llvm.nvvm.membar.sys()')
print("define void @main() {\n  call void @f0()\n  ret void\n}")
for n in range(count):
    call = "  call void @f%d()\n" % (n + 1) if n + 1 < count else ""
    print("define internal void @f%d() {\n  call void @llvm.nvvm.membar.sys()\n%s  ret void\n}" % (n, call))
