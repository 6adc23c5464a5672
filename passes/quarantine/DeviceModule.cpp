//===- quarantine/DeviceModule.cpp - build the device module --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies the planned closure, value by value, into a fresh module of the same context: the cost follows the device code,
// not the host module. What belongs to the host's object format or to its linker stays behind: comdats, sections,
// visibility, module assembly, module flags, the compile unit's lists of everything.
//===----------------------------------------------------------------------===//

#include "quarantine/DeviceModule.h"
#include "cordon/DevicePasses.h"
#include "cordon/Entries.h"
#include "quarantine/LaunchStubs.h"
#include "support/ModuleAssembly.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace cordon {

static StringRef withoutEscape(StringRef Name) {
  Name.consume_front("\1"); // "this is the symbol, add no prefix"
  return Name;
}

StringRef sourceName(const GlobalValue &V) {
  if (V.hasLocalLinkage())
    for (const User *U : V.users())
      if (auto *A = dyn_cast<GlobalAlias>(U); A && !A->hasLocalLinkage())
        return withoutEscape(A->getName());
  return withoutEscape(V.getName());
}

namespace {

/// Attributes that speak of the host's processor or of marks that have been acted on.
bool isHostAttribute(const Attribute &A) {
  if (!A.isStringAttribute())
    return false;
  StringRef Kind = A.getKindAsString();
  if (Kind == "target-cpu" && A.getValueAsString().starts_with("sm_")) // says where the code comes from
    return false;
  return Kind == "target-cpu" || Kind == "target-features" || Kind == "tune-cpu" || Kind == "cordon.kernel" ||
         Kind == "cordon.device" || Kind == "cordon.host";
}

class Builder {
public:
  Builder(Module &Host, const SplitPlan &Plan)
      : Host(Host), Plan(Plan), Device(std::make_unique<Module>(Host.getModuleIdentifier(), Host.getContext())),
        Mapper(VMap, RF_NullMapMissingGlobalValues) {}

  std::unique_ptr<Module> run() {
    setTarget();
    copyModuleFlags();
    replaceCompileUnits();
    // Names that must come out as they are first: LLVM renames whoever comes second.
    for (GlobalValue *V : Plan.Closure)
      if (isNamedOutside(*V))
        declare(*V);
    for (GlobalValue *V : Plan.Closure)
      if (!isNamedOutside(*V))
        declare(*V);
    for (GlobalValue *V : Plan.Closure)
      resolveAlias(*V);
    for (GlobalValue *V : Plan.Closure)
      if (auto *F = dyn_cast<Function>(V))
        defineFunction(*F);
    for (GlobalAlias &A : Host.aliases())
      exportAlias(A);
    // After the bodies: an initializer may hold addresses of their blocks.
    for (GlobalValue *V : Plan.Closure)
      if (auto *GV = dyn_cast<GlobalVariable>(V))
        defineVariable(*GV);
    keepNamedAssembly();
    copyAnnotations();
    listCompileUnits();
    keepEntries();
    return std::move(Device);
  }

private:
  bool isDefinedHere(const GlobalValue &V) const {
    if (V.isDeclaration())
      return false;
    auto *F = dyn_cast<Function>(&V);
    return !F || !Plan.Placeholders.contains(const_cast<Function *>(F));
  }

  bool isExported(const GlobalValue &V) const {
    if (auto *F = dyn_cast<Function>(&V))
      return Plan.Roots.contains(const_cast<Function *>(F)) || Plan.Kernels.contains(const_cast<Function *>(F));
    auto *GV = dyn_cast<GlobalVariable>(&V);
    return GV && Plan.Shadowed.contains(const_cast<GlobalVariable *>(GV));
  }

  bool isNamedOutside(const GlobalValue &V) const { return !isDefinedHere(V) || isExported(V); }

  void setTarget() {
    LLVMContext &C = Host.getContext();
    Device->setSourceFileName(Host.getSourceFileName());
    Triple Target("nvptx64-nvidia-cuda");
    Device->setTargetTriple(Target);
    Device->setDataLayout(Target.computeDataLayout());
    Metadata *Ops[] = {MDString::get(C, Host.getDataLayoutStr()), MDString::get(C, Host.getTargetTriple().str())};
    Device->getOrInsertNamedMetadata(HostLayoutMetadata)->addOperand(MDNode::get(C, Ops));
    if (comesFromCuda(Host))
      Device->getOrInsertNamedMetadata(CudaSourceMetadata);
  }

  /// The host's flags (wchar_size, PIC level, ...) would collide with the runtime's when it is linked.
  void copyModuleFlags() {
    SmallVector<Module::ModuleFlagEntry, 8> Flags;
    Host.getModuleFlagsMetadata(Flags);
    for (const Module::ModuleFlagEntry &E : Flags)
      if (StringRef Key = E.Key->getString();
          Key == "nvvm-reflect-ftz" || Key == "Debug Info Version" || Key == "Dwarf Version")
        Device->addModuleFlag(E.Behavior, Key, E.Val);
    if (NamedMDNode *Ftz = Host.getNamedMetadata("nvvm-reflect-ftz"))
      for (MDNode *N : Ftz->operands())
        Device->getOrInsertNamedMetadata("nvvm-reflect-ftz")->addOperand(N);
  }

  /// A compile unit lists every global, enumeration and import of the file: copy it without its lists.
  void replaceCompileUnits() {
    for (DICompileUnit *CU : Host.debug_compile_units()) {
      TempDICompileUnit New = CU->clone();
      New->replaceEnumTypes(nullptr);
      New->replaceRetainedTypes(nullptr);
      New->replaceGlobalVariables(nullptr);
      New->replaceImportedEntities(nullptr);
      New->replaceMacros(nullptr);
      VMap.MD()[CU].reset(MDNode::replaceWithDistinct(std::move(New)));
    }
  }

  void listCompileUnits() {
    DebugInfoFinder Finder;
    Finder.processModule(*Device);
    NamedMDNode *List = nullptr;
    for (DICompileUnit *CU : Finder.compile_units()) {
      if (!List)
        List = Device->getOrInsertNamedMetadata("llvm.dbg.cu");
      List->addOperand(CU);
    }
  }

  void declare(GlobalValue &V) {
    if (auto *F = dyn_cast<Function>(&V))
      declareFunction(*F);
    else if (auto *GV = dyn_cast<GlobalVariable>(&V))
      declareVariable(*GV);
  }

  std::string deviceName(const GlobalValue &V) const {
    // Others define what is only declared here, under that very name.
    if (!isDefinedHere(V) && V.getAddressSpace() != 3)
      return withoutEscape(V.getName()).str();
    return V.hasName() ? encodeDeviceName(sourceName(V)) : "cordon_unnamed";
  }

  GlobalValue::LinkageTypes deviceLinkage(const GlobalValue &V) const {
    if (!isDefinedHere(V))
      return V.hasExternalWeakLinkage() ? GlobalValue::ExternalWeakLinkage : GlobalValue::ExternalLinkage;
    if (isExported(V))
      return GlobalValue::ExternalLinkage;
    return V.hasPrivateLinkage() ? GlobalValue::PrivateLinkage : GlobalValue::InternalLinkage;
  }

  void declareFunction(Function &F) {
    Function *New = Function::Create(F.getFunctionType(), deviceLinkage(F), 0, deviceName(F), Device.get());
    VMap[&F] = New;
    if (New->isIntrinsic()) {
      New->setAttributes(Intrinsic::getAttributes(F.getContext(), New->getIntrinsicID(), F.getFunctionType()));
      return;
    }
    New->setAttributes(F.getAttributes());
    AttributeMask Gone;
    for (const Attribute &A : F.getAttributes().getFnAttrs())
      if (isHostAttribute(A))
        Gone.addAttribute(A);
    New->removeFnAttrs(Gone);
    New->setConvergent();
    New->setCallingConv(F.getCallingConv());
    if (Plan.Marks.has(F, "cordon.device-scope"))
      New->addFnAttr("cordon.device-scope");
    if (!Plan.Kernels.contains(&F))
      return;
    New->setCallingConv(CallingConv::PTX_Kernel);
    ArrayRef<uint64_t> Bounds = Plan.Marks.launchBounds(F);
    if (Bounds.size() > 0)
      New->addFnAttr("nvvm.maxntid", utostr(Bounds[0]));
    if (Bounds.size() > 1)
      New->addFnAttr("nvvm.minctasm", utostr(Bounds[1]));
  }

  void declareVariable(GlobalVariable &V) {
    unsigned AS = deviceAddressSpace(V, Plan.Marks);
    std::string Name = V.hasLocalLinkage() && !isExported(V) ? V.getName().str() : deviceName(V);
    auto *New = new GlobalVariable(*Device, V.getValueType(), V.isConstant(), deviceLinkage(V), nullptr, Name, nullptr,
                                   V.getThreadLocalMode(), AS, V.isExternallyInitialized());
    New->setUnnamedAddr(V.getUnnamedAddr());
    // Both sides must agree on the alignment, also where the IR leaves it to the layout.
    New->setAlignment(V.getAlign() ? *V.getAlign() : Host.getDataLayout().getPreferredAlign(&V));
    if (Plan.Shadowed.contains(&V)) {
      New->setExternallyInitialized(true);
      New->setConstant(false);
    }
    Constant *Address = New;
    if (AS != V.getAddressSpace())
      Address = ConstantExpr::getAddrSpaceCast(New, V.getType());
    VMap[&V] = Address;
    NewVariables[&V] = New;
  }

  /// An alias may be of another one, at any offset: that one first.
  void resolveAlias(GlobalValue &V) {
    auto *A = dyn_cast<GlobalAlias>(&V);
    if (!A || VMap.count(A))
      return;
    SmallPtrSet<const Constant *, 8> Seen;
    visitGlobals(A->getAliasee(), Seen, [&](GlobalValue &Of) { resolveAlias(Of); });
    VMap[A] = Mapper.mapConstant(*A->getAliasee());
  }

  /// A device library is called by every name that it had; PTX has no aliases of what it does not define in place.
  void exportAlias(GlobalAlias &A) {
    auto *F = dyn_cast<Function>(A.getAliasee());
    if (A.hasLocalLinkage() || !F || F->isVarArg() || !Plan.Roots.contains(F) || Plan.Kernels.contains(F))
      return;
    auto *To = cast<Function>(VMap[F]);
    auto *New = Function::Create(F->getFunctionType(), GlobalValue::ExternalLinkage, 0, encodeDeviceName(sourceName(A)),
                                 Device.get());
    New->setAttributes(To->getAttributes());
    New->setCallingConv(To->getCallingConv());
    IRBuilder<> IR(BasicBlock::Create(A.getContext(), "", New));
    SmallVector<Value *, 8> Args(make_pointer_range(New->args()));
    CallInst *Call = IR.CreateCall(To, Args);
    Call->setCallingConv(To->getCallingConv());
    Call->setAttributes(To->getAttributes().removeFnAttributes(A.getContext()));
    Call->setConvergent();
    if (New->getReturnType()->isVoidTy())
      IR.CreateRetVoid();
    else
      IR.CreateRet(Call);
  }

  void defineFunction(Function &F) {
    if (!isDefinedHere(F))
      return;
    auto *New = cast<Function>(VMap[&F]);
    for (auto [Old, Copy] : zip(F.args(), New->args())) {
      Copy.setName(Old.getName());
      VMap[&Old] = &Copy;
    }
    if (F.hasPersonalityFn())
      New->setPersonalityFn(Mapper.mapConstant(*F.getPersonalityFn()));
    if (F.hasGC())
      New->setGC(F.getGC());
    if (DISubprogram *SP = F.getSubprogram())
      New->setSubprogram(cast<DISubprogram>(Mapper.mapMDNode(*SP)));
    SmallVector<ReturnInst *, 8> Returns;
    CloneFunctionBodyInto(*New, F, VMap, RF_NullMapMissingGlobalValues, Returns);
    for (Instruction &I : instructions(*New))
      if (auto *CB = dyn_cast<CallBase>(&I))
        // Before any pass over the control flow may duplicate or sink the call. Intrinsics say it themselves.
        if (Function *Callee = CB->getCalledFunction(); !Callee || !Callee->getIntrinsicID())
          CB->setConvergent();
  }

  void defineVariable(GlobalVariable &V) {
    if (!V.hasInitializer())
      return;
    GlobalVariable *New = NewVariables.lookup(&V);
    if (New->getAddressSpace() == 3 && V.getAddressSpace() != 3 && V.getInitializer()->isNullValue())
      New->setInitializer(UndefValue::get(V.getValueType()));
    else
      New->setInitializer(Mapper.mapConstant(*V.getInitializer()));
  }

  /// Module assembly is the host's. It goes along only where it defines what device code needs: preparing refuses that by name.
  void keepNamedAssembly() {
    StringRef Asm = Host.getModuleInlineAsm();
    if (any_of(Plan.Closure, [&](GlobalValue *V) {
          return !Asm.empty() && V->isDeclaration() && assemblyNames(Asm, V->getName());
        }))
      Device->setModuleInlineAsm(Asm);
  }

  /// Launch bounds and kinds of parameters, where they are not attributes yet.
  void copyAnnotations() {
    for (auto &[Old, New] : NewVariables)
      if (isManaged(*Old, Plan.Marks)) {
        Metadata *Ops[] = {ValueAsMetadata::get(New), MDString::get(Host.getContext(), "managed"),
                           ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(Host.getContext()), 1))};
        Device->getOrInsertNamedMetadata("nvvm.annotations")->addOperand(MDNode::get(Host.getContext(), Ops));
      }
    NamedMDNode *Old = Host.getNamedMetadata("nvvm.annotations");
    if (!Old)
      return;
    for (MDNode *N : Old->operands()) {
      auto *F = N->getNumOperands() ? mdconst::dyn_extract_or_null<GlobalValue>(N->getOperand(0)) : nullptr;
      auto *GV = dyn_cast_or_null<GlobalVariable>(F);
      if (F && Plan.Closure.contains(F) && !(GV && isManaged(*GV, Plan.Marks)))
        Device->getOrInsertNamedMetadata("nvvm.annotations")->addOperand(Mapper.mapMDNode(*N));
    }
  }

  /// No pipeline may drop what is launched or copied to by name.
  void keepEntries() {
    SmallVector<GlobalValue *> Used;
    for (GlobalValue *V : Plan.Closure)
      if (isDefinedHere(*V) && isExported(*V)) {
        auto *GV = dyn_cast<GlobalVariable>(V);
        Used.push_back(GV ? static_cast<GlobalValue *>(NewVariables.lookup(GV)) : cast<Function>(VMap[V]));
      }
    appendToUsed(*Device, Used);
  }

  Module &Host;
  const SplitPlan &Plan;
  std::unique_ptr<Module> Device;
  ValueToValueMapTy VMap;
  ValueMapper Mapper;
  MapVector<const GlobalVariable *, GlobalVariable *> NewVariables;
};

} // namespace

std::unique_ptr<Module> buildDeviceModule(Module &Host, const SplitPlan &Plan) { return Builder(Host, Plan).run(); }

} // namespace cordon
