//===- detect/Detect.h - between the files of cordon-detect -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings, the report's data, and one printer for each format.
//===----------------------------------------------------------------------===//
#ifndef CORDON_DETECT_DETECT_H
#define CORDON_DETECT_DETECT_H

#include "cordon/Passes.h"
#include "llvm/ADT/StringSet.h"

namespace llvm {
class raw_ostream;
namespace object {
class ELFObjectFileBase;
}
} // namespace llvm

namespace cordon {

/// The dynamic and static symbols that a set of host libraries defines.
class HostSymbols {
public:
  /// Reads a shared object (and what its DT_NEEDED names), an archive or an object. A message that names the fix on
  /// failure, empty on success.
  std::string addLibrary(llvm::StringRef File);
  /// The same for an archive member or another file in memory; one without symbols defines nothing.
  void addBuffer(llvm::MemoryBufferRef Buffer);
  void addName(llvm::StringRef Name) { Names.insert(Name); }
  bool defines(llvm::StringRef Name) const { return Names.contains(Name); }
  /// What a library needs and no folder holds: "libx.so.1, which /lib/liby.so needs". Empty where all were found.
  llvm::StringRef missing() const { return Missing; }

private:
  std::string addLibrary(llvm::StringRef File, bool Needed);
  llvm::Error addFile(llvm::StringRef File);
  llvm::Error addScript(llvm::StringRef Text, llvm::StringRef File);
  llvm::Error addShared(const llvm::object::ELFObjectFileBase &Obj, llvm::StringRef File);
  llvm::StringSet<> Names, Files;
  std::string Missing;
};

/// What a report says about one module. Names are raw and sorted, and the module's own: it must outlive the report.
struct ModuleReport {
  std::string Module, Triple;
  std::vector<llvm::StringRef> DeviceOnly, Kernels, Unresolved;
  std::vector<std::pair<llvm::StringRef, llvm::StringRef>> ReachesDevice;
  std::vector<Finding> Findings;
};

/// Julia's host pseudo intrinsics (`julia.*` but `julia.gpu.*`, `llvm.julia.*`).
bool isHostPseudo(llvm::StringRef Name);

/// Declarations that are used and that neither \p M nor \p Libs (if given) defines; without Libs only device symbols.
/// \p Members (if given): what the other modules of the program define.
std::vector<const llvm::GlobalValue *> unresolvedSymbols(const llvm::Module &M, const DeviceUse &Use,
                                                         const DeviceSymbols &Symbols, const HostSymbols *Libs,
                                                         const HostSymbols *Members = nullptr);

void addHostFindings(llvm::Module &M, const DeviceUse &Use, const DeviceSymbols &Symbols, const HostSymbols *Libs,
                     const HostSymbols *Members, FindingSet &Findings);
/// Constructors and Julia's __init__ of a program from which a process can be started; findings by module.
std::vector<FindingSet> findStartups(llvm::ArrayRef<const llvm::Module *> Program);

/// Takes the sorted findings of \p Findings into the report.
ModuleReport makeReport(const llvm::Module &M, const DeviceUse &Use, const DeviceSymbols &Symbols,
                        const HostSymbols *Libs, const HostSymbols *Members, const FindingSet &Findings);

void printText(llvm::raw_ostream &OS, llvm::ArrayRef<ModuleReport> Reports);
void printJSON(llvm::raw_ostream &OS, llvm::ArrayRef<ModuleReport> Reports);
void printSARIF(llvm::raw_ostream &OS, llvm::ArrayRef<ModuleReport> Reports);
void printHTML(llvm::raw_ostream &OS, llvm::ArrayRef<ModuleReport> Reports);
void printReport(llvm::raw_ostream &OS, ReportFormat Format, llvm::ArrayRef<ModuleReport> Reports);

} // namespace cordon

#endif // CORDON_DETECT_DETECT_H
