// Intrinsics declared as C functions: a struct in registers or through memory, pairs of halves as words, shared memory as a
// plain pointer are what LLVM defines, on the way from clang; where the bits differ, or a constant is none, it is refused.
// RUN: rm -rf %t && mkdir %t
// RUN: %cordon-clang -w -O1 -mllvm -cordon-arch=sm_90 -mllvm -cordon-save-temps=%t -c %s -o %t/in.o
// RUN: llvm-dis %t/match-intrinsics.device.bc -o - | FileCheck %s
// RUN: %cordon-opt -passes=cordon-match-intrinsics -S %t/match-intrinsics.device.bc -o %t/again.ll && llvm-dis %t/match-intrinsics.device.bc -o - | grep -v ModuleID > %t/once.ll && grep -v ModuleID %t/again.ll | diff %t/once.ll -
// RUN: not %cordon-clang -w -O1 -DWRONG -c %s -o %t/no.o 2>&1 | FileCheck %s --check-prefix=WRONG
// REQUIRES: ptxas, fatbinary, host-x86_64
typedef struct { int x, y, z, w; } Ints;
typedef struct { float x, y, z, w; } Floats;
typedef struct { int value; _Bool valid; } Shuffled;
typedef struct { unsigned v[8]; } Fragment;
Ints tex1(unsigned long long, int) __asm__("llvm.nvvm.tex.unified.1d.v4s32.s32");
Floats tex2(unsigned long long, float, float) __asm__("llvm.nvvm.tex.unified.2d.v4f32.f32");
Shuffled shuffle(unsigned, int, int, int) __asm__("llvm.nvvm.shfl.sync.idx.i32p");
Fragment fragment(const void *, int) __asm__("llvm.nvvm.wmma.m16n16k16.load.a.row.stride.f16.p0");
void barrier(void *, int) __asm__("llvm.nvvm.mbarrier.init.shared");
unsigned pack(float, float) __asm__("llvm.nvvm.ff2f16x2.rn");
__attribute__((annotate("cordon.shared"))) unsigned long long count;

// CHECK: call { i32, i32, i32, i32 } @llvm.nvvm.tex.unified.1d.v4s32.s32(i64 %{{.*}}, i32 3)
// CHECK: call { float, float, float, float } @llvm.nvvm.tex.unified.2d.v4f32.f32(i64
// CHECK: call { i32, i1 } @llvm.nvvm.shfl.sync.idx.i32p(i32 -1, i32
// CHECK: call { <2 x half>, <2 x half>, {{.*}}, <2 x half> } @llvm.nvvm.wmma.m16n16k16.load.a.row.stride.f16.p0(ptr
// CHECK: call void @llvm.nvvm.mbarrier.init.shared(ptr addrspace(3) {{.*}}, i32 1)
// CHECK: call <2 x half> @llvm.nvvm.ff2f16x2.rn(float
// CHECK: bitcast <2 x half> %{{.*}} to i32
__attribute__((annotate("cordon.kernel"))) void k(int *out, unsigned long long t, const void *matrix) {
  out[0] = tex1(t, 3).y + (int)tex2(t, 1, 2).z;
  Shuffled s = shuffle(-1, out[0], 1, 31);
  out[1] = s.valid ? s.value : -1;
  Fragment f = fragment(matrix, 16);
  out[2] = f.v[7];
  barrier(&count, 1);
  out[3] = pack(1, 2);
}

#ifdef WRONG
// WRONG: 'llvm.nvvm.barrier.cta.sync.aligned.all' is declared with a type that the intrinsic does not have
// WRONG: argument 1 of 'llvm.nvvm.cp.async.bulk.wait.group' must be a constant
// WRONG: 'llvm.nvvm.tex.unified.1d.v4f32.s32' is declared with a type
void wait(int) __asm__("llvm.nvvm.cp.async.bulk.wait.group");
float sync(float) __asm__("llvm.nvvm.barrier.cta.sync.aligned.all");
float tex(unsigned long long, int) __asm__("llvm.nvvm.tex.unified.1d.v4f32.s32");
__attribute__((annotate("cordon.kernel"))) void wrong(float *out, unsigned long long t, int n) {
  wait(n);
  out[0] = sync(1);
  out[1] = tex(t, 1);
}
#endif
