//===- cpu/Services.cpp - what translated code calls ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions behind barriers, collectives, special registers, printf, assert and the heap. Their names start with
// __cordon_cpu_; services() lists them all, and the code generator knows no others.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Format.h"
#include "Memory.h"
#include "Races.h"
#include <chrono>
#include <cstdlib>
#include <cstring>

using namespace cordon::smoke::cpu;

static Thread &threadOf(ThreadContext *C) { return *reinterpret_cast<Thread *>(C); }

extern "C" {

static uint64_t cpuWarp(ThreadContext *C, uint32_t Op, uint32_t SiteId, uint32_t Mask, uint64_t Value, uint32_t Operand,
                        uint32_t Clamp) {
  startWarp(threadOf(C), Op, SiteId, Mask, Value, Operand, Clamp);
  C->Owner->W->wait(threadOf(C));
  return C->Result;
}

static uint32_t cpuBarrier(ThreadContext *C, uint32_t Op, uint32_t SiteId, uint32_t Id, uint32_t Count, uint32_t Pred) {
  startBarrier(threadOf(C), Op, SiteId, Id, Count, Pred);
  auto Kind = BarrierOp(Op & ~BarrierAligned);
  if (Kind == BarrierOp::Arrive || Kind == BarrierOp::ClusterArrive)
    return 0;
  C->Owner->W->wait(threadOf(C));
  return uint32_t(C->Result);
}

static void cpuYield(ThreadContext *C) {
  Block &B = *C->Owner;
  if (B.L->Fibers && !B.L->Regions)
    B.W->yield(threadOf(C));
}

static void cpuPoll(ThreadContext *C) {
  if (--C->Spin > 0)
    return;
  C->Spin = SpinsBeforeYield;
  cpuYield(C);
}

static void cpuGridSync(ThreadContext *C, uint32_t SiteId) {
  Block &B = *C->Owner;
  Launch &L = *B.L;
  if (!L.Config.Cooperative) {
    L.fail("grid synchronization in a launch that is not cooperative; " + L.where(*C, SiteId));
    B.W->abandon();
  }
  cpuBarrier(C, uint32_t(BarrierOp::Sync), SiteId, 0, 0, 0);
  if (C->Tid[0] + C->Tid[1] + C->Tid[2] == 0) {
    uint64_t Generation = L.GridGeneration.load();
    if (L.GridArrived.fetch_add(1) + 1 == L.Blocks) {
      L.GridArrived = 0;
      L.GridGeneration.fetch_add(1);
    } else {
      while (L.GridGeneration.load() == Generation)
        cpuYield(C);
    }
  }
  cpuBarrier(C, uint32_t(BarrierOp::Sync), SiteId, 0, 0, 0);
}

static void cpuTrap(ThreadContext *C, uint32_t SiteId) {
  Block &B = *C->Owner;
  B.L->fail("trap in " + B.L->where(*C, SiteId));
  B.W->abandon();
}

static void cpuThrow(ThreadContext *C, const char *What, uint32_t SiteId) {
  Block &B = *C->Owner;
  B.L->fail(std::string(What) + " in " + B.L->where(*C, SiteId));
  B.W->abandon();
}

static void cpuExit(ThreadContext *C) { C->Owner->W->exitThread(threadOf(C)); }

static void cpuAssertFail(ThreadContext *C, const char *Message, const char *File, uint32_t Line, const char *Function) {
  Block &B = *C->Owner;
  auto Or = [](const char *S, const char *Else) { return S ? S : Else; };
  char Place[160];
  snprintf(Place, sizeof(Place), "block: [%u,%u,%u], thread: [%u,%u,%u] Assertion `", C->BlockIdx[0], C->BlockIdx[1],
           C->BlockIdx[2], C->Tid[0], C->Tid[1], C->Tid[2]);
  std::string Text = std::string(Or(File, "?")) + ":" + std::to_string(Line) + ": " + Or(Function, "?") + ": " + Place +
                     Or(Message, "") + "` failed.";
  B.L->fail("device-side assert triggered: " + Text);
  B.W->abandon();
}

static int cpuPrintf(ThreadContext *C, const char *Format, const void *Args) {
  return formatDevice(C->Owner->Output, Format, static_cast<const char *>(Args));
}

static int cpuPuts(ThreadContext *C, const char *Text) {
  C->Owner->Output += Text;
  C->Owner->Output += '\n';
  return 1;
}

static int cpuPutchar(ThreadContext *C, int Ch) {
  C->Owner->Output += char(Ch);
  return Ch;
}

static void *cpuMalloc(ThreadContext *C, uint64_t Bytes) {
  if (Bytes > (1ull << 40))
    return nullptr;
  void *P = nullptr;
  if (posix_memalign(&P, 16, Bytes ? Bytes : 1))
    return nullptr;
  C->Owner->L->Mem->add(reinterpret_cast<uint64_t>(P), Bytes, "device heap", Region::Heap);
  return P;
}

static void *cpuCalloc(ThreadContext *C, uint64_t N, uint64_t Size) {
  uint64_t Bytes;
  if (__builtin_mul_overflow(N, Size, &Bytes))
    return nullptr;
  void *P = cpuMalloc(C, Bytes);
  if (P)
    std::memset(P, 0, Bytes);
  return P;
}

static void cpuFree(ThreadContext *C, void *P, uint32_t SiteId) {
  if (!P)
    return;
  Region R;
  Launch &L = *C->Owner->L;
  bool Inside = false;
  if (L.Mem->find(reinterpret_cast<uint64_t>(P), R, Inside) && R.Base == reinterpret_cast<uint64_t>(P) &&
      R.Kind == Region::Heap && L.Mem->remove(R.Base, R)) {
    if (Races *Check = L.Mem->races())
      Check->forget(R.Base, R.Size);
    free(P);
    return;
  }
  char Text[64];
  snprintf(Text, sizeof(Text), "free of %p, which malloc did not return, in ", P);
  L.fail(Text + L.where(*C, SiteId));
  C->Owner->W->abandon();
}

static void *cpuRealloc(ThreadContext *C, void *P, uint64_t Bytes, uint32_t SiteId) {
  void *New = cpuMalloc(C, Bytes);
  if (!P || !New)
    return New;
  Region R;
  bool Inside = false;
  if (C->Owner->L->Mem->find(reinterpret_cast<uint64_t>(P), R, Inside) && R.Base == reinterpret_cast<uint64_t>(P))
    std::memcpy(New, P, std::min(R.Size, Bytes));
  cpuFree(C, P, SiteId);
  return New;
}

static uint32_t cpuIsSpace(ThreadContext *C, uint32_t Space, void *P) {
  Block &B = *C->Owner;
  uint64_t A = reinterpret_cast<uint64_t>(P), S = reinterpret_cast<uint64_t>(B.Shared);
  bool Shared = A - S < B.L->StaticShared + B.L->Config.SharedBytes;
  Region R;
  bool Inside = false;
  bool Known = !Shared && B.L->Mem->find(A, R, Inside) && Inside;
  if (Space == 3)
    return Shared;
  if (Space == 1)
    return Known;
  return Space == 5 ? !Shared && !Known : 0;
}

static void cpuFence(ThreadContext *C) {
  if (Races *R = C->Owner->L->Mem->races())
    R->fence(*C);
}

static void cpuAccess(ThreadContext *C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId) {
  C->Owner->L->Mem->access(*C, Address, Size, Kind, SiteId);
}

static void cpuLocal(ThreadContext *C, const void *Variable, uint64_t Size, const char *Name) {
  threadOf(C).Locals.push_back({reinterpret_cast<uint64_t>(Variable), Size, Name});
}

/// How many there are before a function's own, and back to that many.
static uint64_t cpuLocals(ThreadContext *C) { return threadOf(C).Locals.size(); }
static void cpuUnlocal(ThreadContext *C, uint64_t Count) { threadOf(C).Locals.resize(Count); }

static uint64_t cpuGlobalTimer() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

static uint64_t cpuClock() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return std::chrono::steady_clock::now().time_since_epoch().count();
#endif
}

} // extern "C"

namespace cordon::smoke::cpu {

std::vector<Service> mathServices(); // Rounding.cpp

std::vector<Service> services() {
  std::vector<Service> All = mathServices();
  auto Add = [&](const char *Name, auto *F) { All.push_back({Name, reinterpret_cast<void *>(F)}); };
  Add("__cordon_cpu_warp", cpuWarp);
  Add("__cordon_cpu_barrier", cpuBarrier);
  Add("__cordon_cpu_yield", cpuYield);
  Add("__cordon_cpu_poll", cpuPoll);
  Add("__cordon_cpu_gridsync", cpuGridSync);
  Add("__cordon_cpu_trap", cpuTrap);
  Add("__cordon_cpu_throw", cpuThrow);
  Add("__cordon_cpu_exit", cpuExit);
  Add("__cordon_cpu_assertfail", cpuAssertFail);
  Add("__cordon_cpu_vprintf", cpuPrintf);
  Add("__cordon_cpu_puts", cpuPuts);
  Add("__cordon_cpu_putchar", cpuPutchar);
  Add("__cordon_cpu_malloc", cpuMalloc);
  Add("__cordon_cpu_calloc", cpuCalloc);
  Add("__cordon_cpu_realloc", cpuRealloc);
  Add("__cordon_cpu_free", cpuFree);
  Add("__cordon_cpu_isspacep", cpuIsSpace);
  Add("__cordon_cpu_access", cpuAccess);
  Add("__cordon_cpu_fence", cpuFence);
  Add("__cordon_cpu_local", cpuLocal);
  Add("__cordon_cpu_locals", cpuLocals);
  Add("__cordon_cpu_unlocal", cpuUnlocal);
  Add("__cordon_cpu_clock", cpuClock);
  Add("__cordon_cpu_globaltimer", cpuGlobalTimer);
  return All;
}

} // namespace cordon::smoke::cpu
