//===- link/RuntimeFiles.cpp - reading and linking runtime bitcode --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A runtime file is read lazily and stripped of what ties it to its own compilation (target attributes, module flags)
// before any of it is linked. A file of another LLVM version is refused: its bitcode may read, and mean something else.
//===----------------------------------------------------------------------===//

#include "link/Link.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;

namespace cordon {
namespace {

/// Empty if \p Buffer was written by this LLVM; else what wrote it.
Expected<std::string> otherProducer(MemoryBufferRef Buffer) {
  Expected<std::string> Producer = getBitcodeProducerString(Buffer);
  if (!Producer)
    return Producer.takeError();
  // "LLVM22.1.8", "LLVM22.1.2-rust-1.95.0-stable"
  StringRef Version = *Producer;
  unsigned Major = 0;
  Version.consume_front("LLVM");
  if (!Version.consumeInteger(10, Major) && Major == LLVM_VERSION_MAJOR)
    return "";
  return *Producer;
}

/// What a file says about its own compilation collides with the device module or names one architecture.
void stripCompilation(Module &File, const Module &Device, bool IsRuntime) {
  File.setTargetTriple(Device.getTargetTriple());
  File.setDataLayout(Device.getDataLayout());
  while (!File.named_metadata_empty())
    File.eraseNamedMetadata(&*File.named_metadata_begin());
  for (Function &F : File) {
    for (StringRef A : {"target-cpu", "target-features", "tune-cpu", "frame-pointer", "no-builtins", "no-trapping-math",
                        "stack-protector-buffer-size", "uniform-work-group-size", "probe-stack"})
      F.removeFnAttr(A);
    for (Attribute::AttrKind A : {Attribute::UWTable, Attribute::StackProtect, Attribute::StackProtectReq,
                                  Attribute::StackProtectStrong})
      F.removeFnAttr(A);
    if (IsRuntime && !F.isDeclaration())
      F.addFnAttr(RuntimeAttr);
  }
}

/// Reads \p Path as bitcode, lazily, or as text.
std::unique_ptr<Module> readFile(Module &Device, StringRef Path, StringRef What, bool CheckVersion,
                                 FindingSet &Findings) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer) {
    Findings.fail("cannot read " + What + " '" + Path + "': " + Buffer.getError().message());
    return nullptr;
  }
  LLVMContext &Context = Device.getContext();
  StringRef Bytes = (*Buffer)->getBuffer();
  bool IsBitcode = isBitcode(Bytes.bytes_begin(), Bytes.bytes_end());
  if (!IsBitcode && !Path.ends_with(".ll")) {
    Findings.fail(What + " '" + Path + "' is no LLVM bitcode; compile it with clang --target=nvptx64-nvidia-cuda "
                  "-emit-llvm -c");
    return nullptr;
  }
  if (!IsBitcode) {
    SMDiagnostic Err;
    std::unique_ptr<Module> M = parseIR((*Buffer)->getMemBufferRef(), Err, Context);
    if (!M)
      Findings.fail("cannot read " + What + " '" + Path + "': line " + Twine(Err.getLineNo()) + ": " +
                    Err.getMessage());
    return M;
  }
  if (CheckVersion) {
    Expected<std::string> Other = otherProducer((*Buffer)->getMemBufferRef());
    if (!Other) {
      Findings.fail("cannot read " + What + " '" + Path + "': " + toString(Other.takeError()));
      return nullptr;
    }
    if (!Other->empty()) {
      Findings.fail(What + " '" + Path + "' was written by " + *Other + "; compile it with LLVM " +
                    Twine(LLVM_VERSION_MAJOR));
      return nullptr;
    }
  }
  Expected<std::unique_ptr<Module>> M = getOwningLazyBitcodeModule(std::move(*Buffer), Context);
  Error E = M ? (*M)->materializeMetadata() : M.takeError();
  if (E) {
    Findings.fail("cannot read " + What + " '" + Path + "': " + toString(std::move(E)));
    return nullptr;
  }
  return std::move(*M);
}

bool linkNeeded(Module &Device, std::unique_ptr<Module> File, FindingSet &Findings) {
  std::string Name = File->getModuleIdentifier();
  // The linker reorders what it touches: a second run must not start it.
  if (none_of(Device.global_values(), [&](const GlobalValue &G) {
        const GlobalValue *Def = G.isDeclaration() ? File->getNamedValue(G.getName()) : nullptr;
        return Def && !Def->isDeclaration() && !Def->hasLocalLinkage();
      }))
    return true;
  if (!Linker::linkModules(Device, std::move(File), Linker::Flags::LinkOnlyNeeded))
    return true;
  Findings.fail("cannot link '" + Name + "' into the device module");
  return false;
}

/// A declaration that nothing uses would be linked all the same.
void dropDeadDeclarations(Module &M) {
  for (Function &F : make_early_inc_range(M))
    if (F.isDeclaration() && F.use_empty())
      F.eraseFromParent();
  for (GlobalVariable &G : make_early_inc_range(M.globals()))
    if (G.isDeclaration() && G.use_empty())
      G.eraseFromParent();
}

} // namespace

bool RuntimeFiles::add(Module &Device, StringRef Path, bool IsUsers, FindingSet &Findings) {
  std::unique_ptr<Module> File = readFile(Device, Path, "runtime", /*CheckVersion=*/true, Findings);
  if (!File)
    return false;
  if (IsUsers) {
    // It comes from outside: all of it is read and verified before any of it is used.
    std::string Text;
    raw_string_ostream OS(Text);
    if (Error E = File->materializeAll())
      Text = toString(std::move(E));
    if (!Text.empty() || verifyModule(*File, &OS)) {
      Findings.fail("runtime '" + Path + "' is broken: " + StringRef(Text).rtrim());
      return false;
    }
    StripDebugInfo(*File); // its compile units would go with the named metadata
    Users = File.get();
  }
  stripCompilation(*File, Device, /*IsRuntime=*/true);
  for (const GlobalValue &G : File->global_values())
    if (!G.isDeclaration() && !G.hasLocalLinkage() && !G.getName().starts_with("llvm."))
      Defined.try_emplace(G.getName(), &G);
  Files.push_back(std::move(File));
  return true;
}

bool RuntimeFiles::load(Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings) {
  if (!Opts.Runtime.empty() && !add(Device, Opts.Runtime, /*IsUsers=*/true, Findings))
    return false;
  Expected<std::string> Own = findRuntime("");
  if (!Own) {
    Findings.fail(toString(Own.takeError()));
    return false;
  }
  return add(Device, *Own, /*IsUsers=*/false, Findings);
}

const Function *RuntimeFiles::findFunction(StringRef Name) const { return dyn_cast_or_null<Function>(find(Name)); }

bool RuntimeFiles::isUsers(StringRef Name) const {
  const GlobalValue *G = find(Name);
  return G && Users && G->getParent() == Users;
}

bool RuntimeFiles::linkInto(Module &Device, FindingSet &Findings) {
  dropDeadDeclarations(Device);
  Defined.clear();
  for (std::unique_ptr<Module> &File : Files)
    if (!linkNeeded(Device, std::move(File), Findings))
      return false;
  Files.clear();
  return true;
}

bool linkLibdevice(Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings) {
  dropDeadDeclarations(Device);
  auto Needed = find_if(Device, [](const Function &F) { return F.isDeclaration() && F.getName().starts_with("__nv_"); });
  if (Needed == Device.end())
    return true;
  Expected<std::string> Path = findLibdevice(Opts.Libdevice);
  if (!Path) {
    Findings.fail("'" + Needed->getName() + "' needs libdevice: " + toString(Path.takeError()));
    return false;
  }
  // NVIDIA's file is older than any LLVM in use and is kept readable.
  std::unique_ptr<Module> File = readFile(Device, *Path, "libdevice", /*CheckVersion=*/false, Findings);
  if (!File)
    return false;
  stripCompilation(*File, Device, /*IsRuntime=*/true);
  // A call with another type would become an indirect one.
  for (Function &F : Device) {
    const Function *Def = F.isDeclaration() ? File->getFunction(F.getName()) : nullptr;
    if (!Def || Def->isDeclaration())
      continue;
    for (const User *U : F.users())
      if (const auto *Call = dyn_cast<CallBase>(U))
        if (Call->getCalledOperand() == &F && Call->getFunctionType() != Def->getFunctionType())
          Findings.add(Rule::RuntimeSignature, F.getName(),
                       "'" + F.getName() + "' is called as '" + typeText(*Call->getFunctionType()) +
                           "', but libdevice defines it as '" + typeText(*Def->getFunctionType()) + "'",
                       Call);
  }
  return linkNeeded(Device, std::move(File), Findings);
}

} // namespace cordon
