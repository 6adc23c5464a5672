//===- cpu/LowerUndefined.cpp - functions that nobody in the module defines --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What CUDA's driver defines (vprintf, malloc, free, __assertfail), what a device runtime would (printf, new, the ends
// of throw and panic), libm and the string functions, which host-shaped device code still calls by their host names.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Analysis/ValueTracking.h"

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

/// Plain C functions without state that mean the same on the host.
const StringSet<> &hostFunctions() {
  static const StringSet<> Names = [] {
    StringSet<> S;
    for (const char *N :
         {"acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf",
          "erfc", "exp", "exp10", "exp2", "expm1", "fabs", "fdim", "floor", "fma", "fmax", "fmin", "fmod", "frexp",
          "hypot", "ilogb", "j0", "j1", "jn", "ldexp", "lgamma", "llrint", "llround", "log", "log10", "log1p", "log2",
          "logb", "lrint", "lround", "modf", "nan", "nearbyint", "nextafter", "pow", "remainder", "remquo", "rint",
          "round", "scalbln", "scalbn", "sin", "sincos", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc", "y0", "y1",
          "yn"}) {
      S.insert(N);
      S.insert((Twine(N) + "f").str());
    }
    for (const char *N : {"memcpy", "memmove", "memset", "memcmp", "memchr", "strlen", "strcmp", "strncmp", "strchr",
                          "strrchr", "strcpy", "strncpy", "strcat", "strnlen", "bcmp", "abs", "labs", "llabs",
                          "__muldc3", "__mulsc3", "__divdc3", "__divsc3", "__multi3", "__divti3", "__udivti3",
                          "__modti3", "__umodti3"})
      S.insert(N);
    return S;
  }();
  return Names;
}

/// Functions that do not return; what they would have said.
StringRef endOf(const Function &F) {
  StringRef N = F.getName();
  StringRef Text = StringSwitch<StringRef>(N)
                       .Case("abort", "abort")
                       .Cases({"exit", "_exit", "_Exit", "quick_exit"}, "exit")
                       .Case("_ZSt9terminatev", "std::terminate")
                       .Case("__cxa_pure_virtual", "pure virtual function called")
                       .Cases({"__cxa_throw", "__cxa_rethrow", "_Unwind_Resume", "__cxa_bad_cast"}, "exception thrown")
                       .Cases({"__stack_chk_fail", "__chk_fail"}, "stack smashed")
                       .Case("__cordon_throw", "exception thrown")
                       .Default("");
  if (!Text.empty())
    return Text;
  // Panics and the throw helpers of standard libraries.
  if (F.doesNotReturn())
    return "call of a function that does not return";
  return "";
}

std::string libmName(StringRef Name) {
  if (!Name.consume_front("__nv_"))
    return "";
  Name.consume_front("fast_");
  return hostFunctions().contains(Name) ? Name.str() : "";
}

class UndefinedLowering {
public:
  UndefinedLowering(Program &P, CallBase &C, Function &F)
      : P(P), Call(C), Callee(F), B(&C), M(*C.getModule()), Ctx(contextOf(*C.getFunction())) {}

  bool run(Value *&Result) {
    StringRef N = Callee.getName();
    unsigned Args = Call.arg_size();
    if ((N == "vprintf" || N == "__cordon_printf") && Args == 2)
      return set(Result, call("__cordon_cpu_vprintf", B.getInt32Ty(), {arg(0), arg(1)}));
    if (N == "printf" && Args >= 1)
      return set(Result, call("__cordon_cpu_vprintf", B.getInt32Ty(), {arg(0), pack(1)}));
    if (N == "puts" && Args == 1)
      return set(Result, call("__cordon_cpu_puts", B.getInt32Ty(), {arg(0)}));
    if (N == "putchar" && Args == 1)
      return set(Result, call("__cordon_cpu_putchar", B.getInt32Ty(), {arg(0)}));
    if (N == "__nvvm_reflect")
      return set(Result, ConstantInt::get(Call.getType(), reflect()));
    if (heap(N, Result))
      return true;
    if ((N == "__assertfail" || N == "__assert_fail") && Args >= 4) {
      call("__cordon_cpu_assertfail", B.getVoidTy(), {arg(0), arg(1), arg(2), arg(3)});
      return true;
    }
    if (N == "cudaCGGetIntrinsicHandle")
      return set(Result, ConstantInt::get(Call.getType(), 1));
    if (N == "cudaCGSynchronize" || N == "cudaCGSynchronizeGrid") {
      P.Waits[Call.getFunction()] = true;
      call("__cordon_cpu_gridsync", B.getVoidTy(), {B.getInt32(P.site(Call))});
      return set(Result, Constant::getNullValue(Call.getType()));
    }
    std::string Host = hostFunctions().contains(N) ? N.str() : libmName(N);
    if (!Host.empty()) {
      SmallVector<Value *, 4> Same(Call.args());
      CallInst *New = B.CreateCall(M.getOrInsertFunction(Host, Call.getFunctionType()), Same);
      New->setDebugLoc(Call.getDebugLoc());
      return set(Result, New);
    }
    StringRef End = endOf(Callee);
    if (End.empty())
      return false;
    std::string Text = End.str();
    if (End.starts_with("call of"))
      Text = "call of '" + N.str() + "', which does not return,";
    call("__cordon_cpu_throw", B.getVoidTy(), {B.CreateGlobalString(Text), B.getInt32(P.site(Call))});
    return true;
  }

private:
  Program &P;
  CallBase &Call;
  Function &Callee;
  IRBuilder<> B;
  Module &M;
  Value *Ctx;

  Value *arg(unsigned I) { return Call.getArgOperand(I); }

  bool set(Value *&Result, Value *V) {
    if (!Call.getType()->isVoidTy() && V->getType() != Call.getType()) {
      if (V->getType()->isIntegerTy() && Call.getType()->isIntegerTy())
        V = B.CreateZExtOrTrunc(V, Call.getType());
      else
        return false;
    }
    Result = Call.getType()->isVoidTy() ? nullptr : V;
    return true;
  }

  Value *call(StringRef Name, Type *Result, ArrayRef<Value *> Args) {
    SmallVector<Value *, 6> All{Ctx};
    SmallVector<Type *, 6> Types{B.getPtrTy()};
    for (Value *V : Args) {
      All.push_back(V);
      Types.push_back(V->getType());
    }
    return B.CreateCall(service(M, Name, Result, Types), All);
  }

  Value *wide(Value *V) { return B.CreateZExtOrTrunc(V, B.getInt64Ty()); }

  bool heap(StringRef N, Value *&Result) {
    unsigned Args = Call.arg_size();
    Value *Site = B.getInt32(P.site(Call));
    bool New = N.starts_with("_Znw") || N.starts_with("_Zna");
    if ((N == "malloc" || N == "gpu_malloc" || New) && Args >= 1 && arg(0)->getType()->isIntegerTy())
      return set(Result, pointer(call("__cordon_cpu_malloc", B.getPtrTy(), {wide(arg(0))})));
    if (N == "calloc" && Args == 2)
      return set(Result, call("__cordon_cpu_calloc", B.getPtrTy(), {wide(arg(0)), wide(arg(1))}));
    if (N == "realloc" && Args == 2)
      return set(Result, call("__cordon_cpu_realloc", B.getPtrTy(), {arg(0), wide(arg(1)), Site}));
    if ((N == "free" || N == "gpu_free" || N.starts_with("_ZdlPv") || N.starts_with("_ZdaPv")) && Args >= 1) {
      Value *Ptr = arg(0)->getType()->isPointerTy() ? arg(0) : B.CreateIntToPtr(arg(0), B.getPtrTy());
      call("__cordon_cpu_free", B.getVoidTy(), {Ptr, Site});
      return true;
    }
    return false;
  }

  Value *pointer(Value *V) {
    return Call.getType()->isIntegerTy() ? B.CreatePtrToInt(V, Call.getType()) : V;
  }

  /// The arguments of printf as vprintf takes them.
  Value *pack(unsigned First) {
    SmallVector<Type *, 8> Types;
    for (unsigned I = First; I < Call.arg_size(); ++I)
      Types.push_back(arg(I)->getType());
    if (Types.empty())
      return ConstantPointerNull::get(B.getPtrTy());
    auto *S = StructType::get(B.getContext(), Types);
    IRBuilder<> Entry(&*Call.getFunction()->getEntryBlock().getFirstInsertionPt());
    AllocaInst *Buffer = Entry.CreateAlloca(S);
    for (unsigned I = 0; I < Types.size(); ++I)
      B.CreateStore(arg(First + I), B.CreateStructGEP(S, Buffer, I));
    return Buffer;
  }

  uint64_t reflect() {
    StringRef Name;
    if (!getConstantStringInfo(arg(0), Name))
      return 0;
    return Name == "__CUDA_ARCH" ? 750 : Name == "__CUDA_PREC_SQRT" || Name == "__CUDA_PREC_DIV" ? 1 : 0;
  }
};

} // namespace

bool lowerUndefined(Program &P, CallBase &Call, Function &Callee, Value *&Result) {
  return UndefinedLowering(P, Call, Callee).run(Result);
}

} // namespace cordon::smoke::cpu
