// Inline PTX: special registers, guards, branches, memory, atomics, collectives; what is not known is refused by name.
// RUN: %device-cc %s -o %t.bc
// RUN: %cpu %t.bc --kernel=registers --block=64 --arg=buf:i32:64:zero --expect='0: (i%%32)*1000 + 64 + (i%%32 > 0)'
// RUN: %cpu %t.bc --kernel=guards --block=10 --arg=buf:i32:10:zero --expect='0: i < 5 ? (i+100)*2 : i+100'
// RUN: %cpu %t.bc --kernel=atomics --block=64 --arg=buf:i32:2:zero --print=0:2 | FileCheck --check-prefix=ATOMICS %s
// ATOMICS: arg0[0..2) = 128 63
// RUN: %cpu %t.bc --kernel=sharedAddresses --block=64 --arg=buf:i32:64:zero --expect='0: 3*(63-i)'
// RUN: %cpu %t.bc --kernel=collectives --block=64 --arg=buf:i32:64:zero --expect='0: (i^1) + 1000'
// RUN: %cpu %t.bc --kernel=branches --block=16 --arg=buf:i32:16:zero --expect='0: i == 0 ? 3 : (2*i+2)/3*3'
// RUN: %cpu %t.bc --kernel=vectors --block=16 --arg=buf:i32:16:zero --expect='0: 100*i + 7'
// RUN: %cpu %t.bc --kernel=leaving --block=16 --arg=buf:i32:16:zero --expect='0: i != 3'
// RUN: %cpu %t.bc --kernel=fields --block=16 --arg=buf:i32:16:zero --expect='0: ((0x12345678 >> i) & 255) * 16'
// RUN: sh -c 'cordon-smoke --backend=cpu %t.bc --kernel=matrix; test $? -eq 77' 2>&1 | FileCheck --check-prefix=WMMA %s
// WMMA: inline assembly 'wmma.mma.sync.aligned.row.col.m16n16k16.f32.f32'
#include "Inputs/device.h"
static SHARED int s[64];

KERNEL void registers(int *out) {
  u32 lane, dim, less;
  asm volatile("mov.u32 %0, %%laneid;" : "=r"(lane));
  asm("mov.u32 %0, %%ntid.x;" : "=r"(dim));
  asm volatile("mov.u32 %0, %%lanemask_lt;" : "=r"(less));
  out[TID] = lane * 1000 + dim + (less & 1);
}
KERNEL void guards(int *out) {
  int r;
  asm("{ .reg .pred p; .reg .b32 t; setp.lt.s32 p, %1, 5; add.s32 t, %1, 100; @p mul.lo.s32 t, t, 2; mov.u32 %0, t; }"
      : "=r"(r) : "r"(TID));
  out[TID] = r;
}
KERNEL void atomics(int *out) {
  int old;
  asm volatile("atom.global.add.u32 %0, [%1], %2;" : "=r"(old) : "l"(out), "r"(2) : "memory");
  asm volatile("red.global.max.s32 [%0+4], %1;" ::"l"(out), "r"(TID) : "memory");
}
KERNEL void sharedAddresses(int *out) {
  u32 base = (u32)(u64)&s[0];
  int v;
  asm volatile("st.shared.u32 [%0], %1;" ::"r"(base + 4 * TID), "r"(TID * 3) : "memory");
  asm volatile("bar.sync 0;" ::: "memory");
  asm volatile("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(base + 4 * (63 - TID)) : "memory");
  out[TID] = v;
}
KERNEL void collectives(int *out) {
  int v, votes;
  asm volatile("shfl.sync.bfly.b32 %0, %1, 1, 0x1f, 0xffffffff;" : "=r"(v) : "r"(TID));
  asm volatile("{ .reg .pred p; setp.ne.u32 p, %1, 0; vote.sync.ballot.b32 %0, p, 0xffffffff; }"
               : "=r"(votes) : "r"(TID & 1));
  out[TID] = v + (votes == 0xaaaaaaaa) * 1000;
}
KERNEL void branches(int *out) {
  int v;
  asm volatile("{ .reg .pred p; mov.u32 %0, 0;\nAgain: add.u32 %0, %0, 3; setp.lt.u32 p, %0, %1; @p bra Again; }"
               : "=&r"(v) : "r"(TID * 2));
  out[TID] = v;
}
KERNEL void vectors(int *out) {
  u64 both;
  int low, high;
  asm("mov.b64 %0, {%1, %2};" : "=l"(both) : "r"(TID), "r"(7));
  asm("mov.b64 {%0, %1}, %2;" : "=r"(low), "=r"(high) : "l"(both));
  out[TID] = low * 100 + high;
}
KERNEL void leaving(int *out) {
  if (TID == 3)
    asm volatile("exit;");
  out[TID] = 1;
}
KERNEL void fields(int *out) {
  u32 f, r;
  asm("bfe.u32 %0, %1, %2, 8;" : "=r"(f) : "r"(0x12345678), "r"(TID));
  asm("bfi.b32 %0, %1, %2, 4, 8;" : "=r"(r) : "r"(f), "r"(0));
  out[TID] = r;
}
KERNEL void matrix(void) {
  asm volatile("wmma.mma.sync.aligned.row.col.m16n16k16.f32.f32 {%0}, {%0};" ::"r"(1));
}
// Carries go from one instruction to the next: a product of 64 by 64 bits, as libdevice's sine builds it.
// RUN: %cpu %t.bc --kernel=carries --block=4 --arg=buf:u32:16:zero --print=0:4 | FileCheck --check-prefix=CARRY %s
// CARRY: arg0[0..4) = 1 0 4294967294 4294967295
KERNEL void carries(u32 *out) {
  u32 a = 0xffffffffu, r0, r1, r2, r3;
  asm("{ mul.lo.u32 %0, %4, %4; mul.hi.u32 %1, %4, %4; mad.lo.cc.u32 %1, %4, %4, %1; madc.hi.u32 %2, %4, %4, 0;"
      "mad.lo.cc.u32 %1, %4, %4, %1; madc.hi.cc.u32 %2, %4, %4, %2; addc.u32 %3, 0, 0;"
      "mad.lo.cc.u32 %2, %4, %4, %2; madc.hi.u32 %3, %4, %4, %3; }"
      : "=&r"(r0), "=&r"(r1), "=&r"(r2), "=&r"(r3) : "r"(a));
  if (TID == 0)
    out[0] = r0, out[1] = r1, out[2] = r2, out[3] = r3;
}
