//===- support/Arch.cpp - GPU architectures and PTX versions --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM only warns about an SM or PTX name that it does not know and then emits code for something else, so names are
// checked here. The table is what LLVM 22 and CUDA 13.0's ptxas both take.

#include "cordon/Toolchain.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace cordon {
namespace {
struct ArchInfo {
  unsigned SM;
  unsigned PTX;         ///< lowest PTX version that knows it
  unsigned SpecificPTX; ///< of the 'a' variant, 0: none
  unsigned FamilyPTX;   ///< of the 'f' variant, 0: none
};
// PTX ISA, "Release history" and ".target"; versions below 8.0 are raised to 8.0.
constexpr ArchInfo Archs[] = {{75, 80, 0, 0},    {80, 80, 0, 0},    {86, 80, 0, 0},    {87, 80, 0, 0},
                              {88, 90, 0, 0},    {89, 80, 0, 0},    {90, 80, 80, 0},   {100, 86, 86, 88},
                              {103, 88, 88, 88}, {110, 90, 90, 90}, {120, 87, 87, 88}, {121, 88, 88, 88}};
constexpr unsigned KnownPTX[] = {80, 81, 82, 83, 84, 85, 86, 87, 88, 90};

std::string knownArchs() {
  std::string Out;
  for (const ArchInfo &A : Archs)
    Out += (Out.empty() ? "sm_" : ", sm_") + std::to_string(A.SM);
  return Out + " (with 'a' or 'f' where the hardware has it), or compute_NN for PTX";
}
} // namespace

std::string GPUArch::smName() const {
  return "sm_" + std::to_string(SM) + (Suffix ? std::string(1, Suffix) : std::string());
}

std::string GPUArch::name() const {
  return (Virtual ? "compute_" : "sm_") + std::to_string(SM) + (Suffix ? std::string(1, Suffix) : std::string());
}

static const ArchInfo *lookUp(unsigned SM) {
  const ArchInfo *I = find_if(Archs, [&](const ArchInfo &A) { return A.SM == SM; });
  return I == std::end(Archs) ? nullptr : I;
}

Expected<GPUArch> parseArch(StringRef Name) {
  GPUArch A;
  StringRef Rest = Name;
  A.Virtual = Rest.consume_front("compute_");
  bool Ok = A.Virtual || Rest.consume_front("sm_");
  if (Rest.ends_with("a") || Rest.ends_with("f")) {
    A.Suffix = Rest.back();
    Rest = Rest.drop_back();
  }
  Ok = Ok && !Rest.getAsInteger(10, A.SM);
  const ArchInfo *I = Ok ? lookUp(A.SM) : nullptr;
  if (!I || (A.Suffix == 'a' && !I->SpecificPTX) || (A.Suffix == 'f' && !I->FamilyPTX))
    return createStringError("unknown GPU architecture '%s'; known are %s", Name.str().c_str(), knownArchs().c_str());
  return A;
}

Expected<std::vector<GPUArch>> parseArchList(StringRef Names) {
  std::vector<GPUArch> Result;
  SmallVector<StringRef, 4> Parts;
  SplitString(Names, Parts, ":,");
  for (StringRef P : Parts) {
    Expected<GPUArch> A = parseArch(P);
    if (!A)
      return A.takeError();
    if (!is_contained(Result, *A))
      Result.push_back(*A);
  }
  if (Result.empty())
    return createStringError("no GPU architecture given; known are %s", knownArchs().c_str());
  return Result;
}

unsigned minimumPTXVersion(const GPUArch &Arch) {
  const ArchInfo *I = lookUp(Arch.SM);
  if (!I)
    return 80;
  return Arch.Suffix == 'a' ? I->SpecificPTX : Arch.Suffix == 'f' ? I->FamilyPTX : I->PTX;
}

std::vector<std::string> knownArchNames() {
  std::vector<std::string> Names;
  for (StringRef Prefix : {"sm_", "compute_"})
    for (const ArchInfo &A : Archs) {
      std::string Name = Prefix.str() + std::to_string(A.SM);
      Names.push_back(Name);
      if (A.SpecificPTX)
        Names.push_back(Name + "a");
      if (A.FamilyPTX)
        Names.push_back(Name + "f");
    }
  return Names;
}

ArrayRef<unsigned> knownPTXVersions() { return KnownPTX; }

Expected<unsigned> parsePTXVersion(StringRef Text, ArrayRef<GPUArch> Archs) {
  std::string Digits = Text.str();
  llvm::erase(Digits, '.');
  unsigned V = 0;
  if (StringRef(Digits).getAsInteger(10, V) || !is_contained(KnownPTX, V)) {
    std::string Known;
    for (unsigned K : KnownPTX)
      Known += (Known.empty() ? "" : ", ") + std::to_string(K / 10) + "." + std::to_string(K % 10);
    return createStringError("unknown PTX version '%s'; known are %s", Text.str().c_str(), Known.c_str());
  }
  for (const GPUArch &A : Archs)
    if (minimumPTXVersion(A) > V)
      return createStringError("PTX %u.%u does not know %s; it needs %u.%u or newer", V / 10, V % 10,
                               A.name().c_str(), minimumPTXVersion(A) / 10, minimumPTXVersion(A) % 10);
  return V;
}

} // namespace cordon
