//===- cordon/Entries.h - what the split hands to registration --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cordon-quarantine leaves `!cordon.entries` in the host module: one node for each kernel and each device variable that
// the host names. cordon-embed registers exactly these.
//
//   !cordon.entries = !{!0, !1}
//   !0 = !{!"kernel", ptr @hostSymbol, !"device_name", !"source name"}
//   !1 = !{!"variable", ptr @hostShadow, !"device_name", !"source name", i64 Size, i32 Flags}
//===----------------------------------------------------------------------===//
#ifndef CORDON_ENTRIES_H
#define CORDON_ENTRIES_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class GlobalValue;
class Module;
} // namespace llvm

namespace cordon {

struct Entry {
  enum KindTy : uint8_t { Kernel, Variable } Kind = Kernel;
  enum FlagsTy : uint32_t { None = 0, Constant = 1, Extern = 2, Managed = 4 };
  llvm::GlobalValue *Host = nullptr; ///< the symbol that host code names
  std::string DeviceName;            ///< the name in PTX
  std::string SourceName;            ///< the name that people know
  uint64_t Size = 0;                 ///< bytes, for variables
  uint32_t Flags = None;

  /// Host is then a pointer that the runtime fills in.
  bool isManaged() const { return Kind == Variable && (Flags & Managed); }
};

constexpr llvm::StringLiteral EntriesMetadata = "cordon.entries";

/// Reads `!cordon.entries`; nodes whose host symbol is gone are left out. Malformed nodes: \p Error is set.
std::vector<Entry> readEntries(const llvm::Module &M, std::string &Error);
void writeEntries(llvm::Module &M, const std::vector<Entry> &Entries);

/// A PTX-legal name for \p Source, reversible by decodeDeviceName. Legal names are their own encoding.
std::string encodeDeviceName(llvm::StringRef Source);
std::string decodeDeviceName(llvm::StringRef Device);

} // namespace cordon

#endif // CORDON_ENTRIES_H
