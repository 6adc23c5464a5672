//===- device/Closure.cpp - symbols that nothing on the device defines ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ptxas names the first undefined function only, and takes an undefined variable for a definition. After linking and
// optimization everything that is still undefined is named here, with all callers and the nearest known name.

#include "analysis/CudaDeviceRuntime.h"
#include "cordon/DevicePasses.h"
#include "device/Checks.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// The driver's own functions: ptxas knows their names.
constexpr StringLiteral DriverFunctions[] = {"vprintf",
                                             "malloc",
                                             "free",
                                             "__assertfail",
                                             "cudaGraphSetConditional",
                                             "cudaGraphKernelNodeSetEnabled",
                                             "cudaGraphKernelNodeSetGridDim",
                                             "cudaGraphKernelNodeSetParam",
                                             "cudaGraphKernelNodeUpdatesApply"};

/// CUDA's driver provides its own, and nvlink the device runtime library's.
bool isProvided(StringRef Name) { return is_contained(DriverFunctions, Name) || findCudaDeviceFunction(Name); }

/// The defined or provided name that is most like \p Name; "" if none is close.
std::string nearestName(const Module &M, StringRef Name) {
  std::string Best;
  unsigned Limit = std::max<size_t>(1, Name.size() / 4);
  unsigned BestDistance = Limit + 1;
  auto Consider = [&](StringRef Known) {
    unsigned D = Name.edit_distance(Known, true, Limit);
    if (D && (D < BestDistance || (D == BestDistance && Known < Best))) {
      BestDistance = D;
      Best = Known.str();
    }
  };
  for (const GlobalObject &G : M.global_objects())
    if (!G.isDeclaration() && G.hasName())
      Consider(G.getName());
  for (StringRef Known : DriverFunctions)
    Consider(Known);
  return BestDistance <= Limit ? Best : "";
}

/// Why no device has \p Name, and what does instead; "" for names that say nothing.
StringRef reasonFor(StringRef Name) {
  Name.consume_front("__isoc99_");
  Name.consume_front("__isoc23_");
  StringRef Known =
      StringSwitch<StringRef>(Name)
          .Cases({"rand", "srand", "random", "srandom", "drand48", "lrand48", "srand48"},
                 "it has one hidden state for all threads; use rand_r or a generator that each thread owns")
          .Case("strtok", "it has one hidden state for all threads; use strtok_r")
          .Cases({"time", "gettimeofday", "clock_gettime", "localtime", "gmtime", "_ZNSt6chrono3_V212system_clock3nowEv"},
                 "the GPU has no time of day; use clock(), clock64() or std::chrono::steady_clock")
          .Cases({"getenv", "secure_getenv", "system", "getpid"}, "kernels have no environment; pass the value as an argument")
          .Cases({"scanf", "fscanf", "getchar", "fgets", "gets", "getline", "fgetc", "getc", "_IO_getc"},
                 "kernels have no input; read on the host and pass the data")
          .Cases({"sscanf", "vsscanf"}, "it is not provided on the device; use strtol and strtod")
          .Cases({"fopen", "fopen64", "fclose", "fread", "open", "open64", "read", "write", "close", "mmap", "lseek"},
                 "kernels have no files; do it on the host")
          .Cases({"setjmp", "_setjmp", "__sigsetjmp", "longjmp", "_longjmp_chk", "__longjmp_chk"},
                 "the GPU cannot jump out of a function; return a status")
          .Cases({"usleep", "sleep", "nanosleep"}, "kernels cannot sleep for the system; use __nanosleep of cordon/device.h")
          .Cases({"setlocale", "localeconv", "signal", "raise", "sigaction", "dlopen", "dlsym", "fork", "fesetround",
                  "feraiseexcept", "feclearexcept", "fetestexcept", "fegetround"},
                 "the GPU has nothing like it; do it on the host")
          .Case("__cxa_thread_atexit", "the GPU has no thread-local objects; make it a local variable")
          .Default("");
  if (!Known.empty())
    return Known;
  if (Name.starts_with("pthread_") || Name.starts_with("_ZNSt6thread") || Name.starts_with("_ZNSt18condition_variable") ||
      Name.starts_with("sem_") || Name.starts_with("mtx_"))
    return "it belongs to the host's threads; use atomics and barriers";
  if (Name.starts_with("_ZNSo") || Name.starts_with("_ZNSi") || Name.starts_with("_ZNSt8ios_base") ||
      Name.starts_with("_ZSt4cout") || Name.starts_with("_ZSt4cerr") || Name.starts_with("_ZSt3cin") ||
      Name.starts_with("_ZStls") || Name.starts_with("_ZSt16__ostream_insert") || Name.starts_with("_ZNSt6locale") ||
      Name.starts_with("_ZNKSt6locale") || Name.starts_with("_ZNSt9basic_ios") || Name.contains("stringstream") ||
      Name.contains("basic_stringbuf") || Name.contains("basic_streambuf") || Name.contains("basic_ostream"))
    return "C++ streams exist on the host alone; use printf or snprintf";
  if (Name.starts_with("_ZSt8to_chars") || Name.starts_with("_ZSt10from_chars"))
    return "it is not provided on the device for floating point; use snprintf and strtod";
  return "";
}

/// The instructions that use \p G, through constants too, in module order.
SmallVector<const Instruction *, 8> usesOf(const Checker &C, const GlobalValue &G) {
  SmallPtrSet<const Value *, 8> Names = {&G};
  SmallVector<const Value *, 8> Work = {&G};
  while (!Work.empty())
    for (const User *U : Work.pop_back_val()->users())
      if (isa<Constant>(U) && !isa<GlobalValue>(U) && Names.insert(U).second)
        Work.push_back(U);
  SmallVector<const Instruction *, 8> Uses;
  for (const Function &F : C.M)
    if (C.Reached.functions().contains(&F))
      for (const Instruction &I : instructions(F))
        if (any_of(I.operands(), [&](const Use &U) { return Names.contains(U); }))
          Uses.push_back(&I);
  return Uses;
}

void reportUndefined(Checker &C, const FindingSet &Findings, const GlobalObject &G) {
  if (any_of(Findings.findings(), [&](const Finding &F) { return F.R == Rule::HostAsm && F.Symbol == G.getName(); }))
    return; // the host's assembly defines it: said when that was dropped
  std::string Near = nearestName(C.M, G.getName());
  StringRef Reason = reasonFor(G.getName());
  std::string Message = std::string(isa<Function>(G) ? "function '" : "variable '") + demangle(G.getName()) +
                        "' is defined nowhere on the device" +
                        (!Reason.empty() ? (": " + Reason).str()
                         : Near.empty() ? "; define it in device code, or keep it out of kernels"
                                      : "; did you mean '" + demangle(Near) + "'?");
  SmallVector<const Instruction *, 8> Uses = usesOf(C, G);
  for (const Instruction *At : Uses)
    C.report(Rule::UnresolvedDeviceSymbol, G.getName(), Message, At);
  if (Uses.empty())
    C.report(Rule::UnresolvedDeviceSymbol, G, Message);
}

} // namespace

void checkClosure(Module &Device, FindingSet &Findings) {
  Checker C(Device, Findings);
  for (const Function *F : C.Reached.functions()) {
    if (F->isDeclaration() && !F->isIntrinsic() && !isProvided(F->getName()))
      reportUndefined(C, Findings, *F);
    if (!F->isDeclaration())
      for (const Instruction &I : instructions(*F))
        if (const auto *CB = dyn_cast<CallBase>(&I))
          if (const auto *Callee = dyn_cast<Function>(CB->getCalledOperand());
              Callee && Callee->getFunctionType() != CB->getFunctionType())
            C.report(Rule::RuntimeSignature, Callee->getName(),
                     "'" + demangle(Callee->getName()) + "' is called with another type than it has; declare it as it is "
                     "defined",
                     CB);
  }
  for (const GlobalVariable *G : C.Reached.variables())
    if (G->isDeclaration() && G->getAddressSpace() != 3) // extern __shared__: sized by the launch
      reportUndefined(C, Findings, *G);
}

} // namespace cordon
