"""A host module with N leaking functions of two findings each, and a chain of two calls to each."""
import sys

count = int(sys.argv[1])
print('target triple = "x86_64-unknown-linux-gnu"')
print("declare void @llvm.nvvm.membar.sys()\ndeclare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)")
for n in range(count):
    print("define internal void @leak_%d() {" % n)
    print("  call void @llvm.nvvm.membar.sys()\n  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n  ret void\n}")
    print("define internal void @entry_%d() {\n  call void @leak_%d()\n  ret void\n}" % (n, n))
print("define void @main() {")
for n in range(count):
    print("  call void @entry_%d()" % n)
print("  ret void\n}")
