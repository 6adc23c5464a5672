//===- cpu/Memory.cpp - bounds and initialisation -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An access is allowed inside one buffer, variable or heap block, in the block's shared memory outside the red zones
// between its variables, on the thread's own stack, and in the kernel's parameters.
//===----------------------------------------------------------------------===//

#include "Memory.h"
#include "Engine.h"
#include "Program.h"
#include "Races.h"
#include "llvm/Demangle/Demangle.h"

namespace cordon::smoke::cpu {

Memory::Memory() = default;
Memory::~Memory() = default;

void Memory::add(uint64_t Base, uint64_t Size, const std::string &Name, Region::KindTy Kind) {
  std::unique_lock<std::shared_mutex> G(Lock);
  Regions[Base] = {Base, Size, Name, Kind};
}

bool Memory::remove(uint64_t Base, Region &Out) {
  std::unique_lock<std::shared_mutex> G(Lock);
  auto It = Regions.find(Base);
  if (It == Regions.end())
    return false;
  Out = It->second;
  Regions.erase(It);
  ++Version;
  return true;
}

bool Memory::find(uint64_t Address, Region &Out, bool &Inside) {
  std::shared_lock<std::shared_mutex> G(Lock);
  auto It = Regions.upper_bound(Address);
  if (It == Regions.begin())
    return false;
  --It;
  Out = It->second;
  Inside = Address - Out.Base < Out.Size;
  return true;
}

uint64_t Memory::heapBlocks(uint64_t &Bytes) {
  std::shared_lock<std::shared_mutex> G(Lock);
  uint64_t Count = Bytes = 0;
  for (const auto &[Base, R] : Regions)
    if (R.Kind == Region::Heap) {
      ++Count;
      Bytes += R.Size;
    }
  return Count;
}

void Memory::beginLaunch(Launch &L) { Race = L.Options->CheckRaces ? std::make_unique<Races>(L) : nullptr; }

void Memory::endLaunch() { Race.reset(); }

void Memory::beginBlock(Block &B) {
  auto *C = new BlockCheck;
  C->Written.assign(B.L->StaticShared + B.L->Config.SharedBytes, 0);
  B.Checker = C;
  if (Race)
    Race->beginBlock(B);
}

void Memory::endBlock(Block &B) {
  if (Race)
    Race->endBlock(B);
  auto *C = static_cast<BlockCheck *>(B.Checker);
  if (C && !C->Uninitialised.empty())
    B.L->fail(C->Uninitialised);
  delete C;
  B.Checker = nullptr;
}

static const SharedVariable *sharedVariable(const Launch &L, uint64_t Offset) {
  const SharedVariable *Best = nullptr;
  for (const SharedVariable &S : *L.Shared)
    if (S.Size && S.Offset <= Offset && (!Best || S.Offset > Best->Offset))
      Best = &S;
  return Best;
}

static std::string plural(uint64_t N) { return std::to_string(N) + (N == 1 ? " byte" : " bytes"); }

std::string Memory::describe(Block &B, uint64_t Address) {
  uint64_t Offset = Address - reinterpret_cast<uint64_t>(B.Shared);
  if (Offset < B.L->StaticShared + B.L->Config.SharedBytes) {
    if (Offset >= B.L->StaticShared)
      return "dynamic shared memory + " + std::to_string(Offset - B.L->StaticShared);
    if (const SharedVariable *S = sharedVariable(*B.L, Offset))
      return "shared variable '" + llvm::demangle(S->Name) + "' + " + std::to_string(Offset - S->Offset);
  }
  Region R;
  bool Inside = false;
  static const char *const Kinds[] = {"buffer", "variable", "heap block", "host memory"};
  if (find(Address, R, Inside) && Inside)
    return std::string(Kinds[R.Kind]) + " '" + R.Name + "' + " + std::to_string(Address - R.Base);
  char Text[32];
  snprintf(Text, sizeof(Text), "address 0x%llx", (unsigned long long)Address);
  return Text;
}

bool Memory::allowed(ThreadContext &C, uint64_t Address, uint64_t Size) {
  Block &B = *C.Owner;
  BlockCheck &Check = *static_cast<BlockCheck *>(B.Checker);
  auto In = [&](uint64_t Base, uint64_t Bytes) {
    return Address >= Base && Address - Base < Bytes && Size <= Bytes - (Address - Base);
  };
  if (Check.HotVersion == Version && In(Check.HotBase, Check.HotSize))
    return true;
  Region R;
  bool Inside = false;
  if (find(Address, R, Inside) && Inside && In(R.Base, R.Size)) {
    Check.HotBase = R.Base;
    Check.HotSize = R.Size;
    Check.HotVersion = Version;
    return true;
  }
  for (const LocalVariable &V : llvm::reverse(reinterpret_cast<Thread *>(&C)->Locals))
    if (In(V.Base, V.Size))
      return true;
  return          In(reinterpret_cast<uint64_t>(B.L->Params), B.L->ParamBytes) ||
         (B.L->GridWorkspace && In(B.L->GridWorkspace, 64));
}

void Memory::sharedAccess(ThreadContext &C, uint64_t Offset, uint64_t Size, uint32_t Kind, uint32_t SiteId) {
  Block &B = *C.Owner;
  BlockCheck &Check = *static_cast<BlockCheck *>(B.Checker);
  uint64_t Total = Check.Written.size();
  const SharedVariable *S = Offset < B.L->StaticShared ? sharedVariable(*B.L, Offset) : nullptr;
  uint64_t End = S ? S->Offset + S->Size : Total;
  if (Offset + Size > End) {
    B.L->fail("invalid " + std::string(Kind & AccessWrite ? "write" : "read") + " of " + plural(Size) + ", " +
              (S ? plural(Offset + Size - End) + " past the end of shared variable '" + llvm::demangle(S->Name) + "' (" +
                       plural(S->Size) + ")"
                 : plural(Offset + Size - End) + " past the end of dynamic shared memory (" +
                       plural(B.L->Config.SharedBytes) + ")") +
              ", in " + B.L->where(C, SiteId));
    B.W->abandon();
  }
  for (uint64_t I = Offset; I < Offset + Size; ++I) {
    if (Kind & AccessRead && !Check.Written[I] && Check.Uninitialised.empty()) {
      Check.Uninitialised = "read of uninitialised shared memory: " +
                            describe(B, reinterpret_cast<uint64_t>(B.Shared) + I) +
                            " was not written before in this block, in " + B.L->where(C, SiteId);
      // It may come first in a race, which the write that follows will show.
      if (!Race) {
        B.L->fail(Check.Uninitialised);
        B.W->abandon();
      }
    }
    if (Kind & AccessWrite)
      Check.Written[I] = 1;
  }
}

/// Which local variable an address on the stack was meant to be in.
static std::string nearLocal(ThreadContext &C, uint64_t Address) {
  const LocalVariable *Best = nullptr;
  uint64_t Distance = ~0ull;
  for (const LocalVariable &V : reinterpret_cast<Thread *>(&C)->Locals) {
    uint64_t D = Address < V.Base ? V.Base - Address : Address < V.Base + V.Size ? 0 : Address - (V.Base + V.Size);
    if (D <= Distance) {
      Best = &V;
      Distance = D;
    }
  }
  if (!Best)
    return ", on the stack, where no local variable is";
  std::string Name = (*Best->Name ? "local variable '" + std::string(Best->Name) + "'" : "a local variable") + " (" +
                     plural(Best->Size) + ")";
  if (Address < Best->Base)
    return ", " + plural(Distance) + " before " + Name;
  if (Address < Best->Base + Best->Size)
    return ", which runs over the end of " + Name + " at offset " + std::to_string(Address - Best->Base);
  return (Distance ? ", " + plural(Distance) + " past the end of " : ", just past the end of ") + Name + ", at offset " +
         std::to_string(Address - Best->Base);
}

void Memory::reject(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId) {
  Block &B = *C.Owner;
  char Hex[32];
  snprintf(Hex, sizeof(Hex), "0x%llx", (unsigned long long)Address);
  std::string Text = std::string("invalid ") +
                     (Kind & AccessAtomic && Kind & AccessWrite && Kind & AccessRead ? "atomic access"
                      : Kind & AccessWrite                                           ? "write"
                                                                                     : "read") +
                     " of " + plural(Size) + " at address " + Hex;
  // The nearest region on either side says which one was meant.
  Region Below, Above;
  bool HasBelow = false, HasAbove = false, Inside = false;
  HasBelow = find(Address, Below, Inside);
  {
    std::shared_lock<std::shared_mutex> G(Lock);
    auto It = Regions.upper_bound(Address);
    if ((HasAbove = It != Regions.end()))
      Above = It->second;
  }
  uint64_t After = HasBelow ? Address - (Below.Base + Below.Size) : ~0ull;
  uint64_t Before = HasAbove ? Above.Base - Address : ~0ull;
  static const char *const Kinds[] = {"buffer", "variable", "heap block", "host memory"};
  auto Name = [&](const Region &R) {
    return std::string(Kinds[R.Kind]) + " '" + R.Name + "' (" + plural(R.Size) + ")";
  };
  Fiber *F = reinterpret_cast<Thread *>(&C)->F;
  if (Address < 4096)
    Text += ", a null pointer";
  else if (F && Address - reinterpret_cast<uint64_t>(F->Stack) < F->Size)
    Text += nearLocal(C, Address);
  else if (HasBelow && Inside)
    Text += ", which runs over the end of " + Name(Below) + " at offset " + std::to_string(Address - Below.Base);
  else if (HasBelow && After <= Before && After < (1ull << 30))
    Text += (After ? ", " + plural(After) + " past the end of " : ", just past the end of ") + Name(Below) +
            ", at offset " + std::to_string(Address - Below.Base);
  else if (HasAbove && Before < (1ull << 30))
    Text += ", " + plural(Before) + " before " + Name(Above);
  else
    Text += ", outside every buffer and variable";
  B.L->fail(Text + ", in " + B.L->where(C, SiteId));
  B.W->abandon();
}

void Memory::access(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId) {
  if (!Size)
    return;
  Block &B = *C.Owner;
  if (uint32_t Log = Kind / AccessAlignment; Address & ((1ull << Log) - 1)) {
    B.L->fail("misaligned address: " + std::string(Kind & AccessWrite ? "write" : "read") + " of " + plural(Size) + " at " +
              describe(B, Address) + ", which is not a multiple of " + std::to_string(1u << Log) + ", in " +
              B.L->where(C, SiteId));
    B.W->abandon();
  }
  uint64_t Offset = Address - reinterpret_cast<uint64_t>(B.Shared);
  // What lies just behind shared memory was meant to be in it.
  bool Shared = Offset < B.SharedCapacity + 4096;
  if (Shared)
    sharedAccess(C, Offset, Size, Kind, SiteId);
  else if (!allowed(C, Address, Size))
    reject(C, Address, Size, Kind, SiteId);
  if (!Race)
    return;
  // A thread's own stack is nobody else's.
  Fiber *F = reinterpret_cast<Thread *>(&C)->F;
  if (F && Address - reinterpret_cast<uint64_t>(F->Stack) < F->Size)
    return;
  Race->access(C, Address, Size, Kind, SiteId, Shared);
}

} // namespace cordon::smoke::cpu
