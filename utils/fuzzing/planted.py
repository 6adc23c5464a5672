"""Faults in the steps of the split, for utils/fuzz --self-test.

A fault is a line of a source file and what stands there instead while the environment names the fault. `planted.py SOURCES
OUT` writes copies of the files with every fault in them, which CMake compiles into a plugin of its own (target
CordonPlanted); it fails where a line is no longer there, so that the list stays true."""
import os, sys

# name: (file, the line, what the fault does instead)
FAULTS = {
    "plan: constants are not followed": ("SplitPlan.cpp", "Work.push_back(Operand);", ""),
    "plan: aliases are not followed": ("SplitPlan.cpp", "visitGlobals(GA->getAliasee(), Seen, Visit);", ""),
    "plan: initializers are not followed": ("SplitPlan.cpp", "visitGlobals(GV->getInitializer(), Seen, Visit);", ""),
    "plan: roots are too many": ("SplitPlan.cpp", "Plan.Roots.insert(Plan.Kernels.begin(), Plan.Kernels.end());",
                                 "Plan.Roots.insert(Plan.Kernels.begin(), Plan.Kernels.end()); Plan.Roots.insert(Plan.DeviceOnly.begin(), Plan.DeviceOnly.end());"),
    "plan: no shadows": ("SplitPlan.cpp", "Plan.Shadowed.insert(&V);", ""),
    "plan: guarded bodies are not kept": ("SplitPlan.cpp", "keepUnreachedBodies();", "Plan.Mended.clear();"),
    "checks: shared variables pass": ("PlanChecks.cpp", "GlobalValue *Host = hostUserOf(V, Plan);", "GlobalValue *Host = nullptr;"),
    "device: names are not encoded": ("DeviceModule.cpp", 'return V.hasName() ? encodeDeviceName(sourceName(V)) : "cordon_unnamed";', "return V.getName().str();"),
    "device: entries are local": ("DeviceModule.cpp", "return GlobalValue::ExternalLinkage;", "return GlobalValue::InternalLinkage;"),
    "device: functions are not convergent": ("DeviceModule.cpp", "New->setConvergent();", ""),
    "device: calls are not convergent": ("DeviceModule.cpp", "CB->setConvergent();", ""),
    "device: kernels have no convention": ("DeviceModule.cpp", "New->setCallingConv(CallingConv::PTX_Kernel);", "New->setCallingConv(CallingConv::C);"),
    "device: variables look constant": ("DeviceModule.cpp", "New->setExternallyInitialized(true);", ""),
    "device: entries are not kept": ("DeviceModule.cpp", "appendToUsed(*Device, Used);", ""),
    "device: aliases in any order": ("DeviceModule.cpp", "visitGlobals(A->getAliasee(), Seen, [&](GlobalValue &Of) { resolveAlias(Of); });", ""),
    "device: all of the debug info": ("DeviceModule.cpp", "New->replaceRetainedTypes(nullptr);", ""),
    "device: initializers are lost": ("DeviceModule.cpp", "New->setInitializer(Mapper.mapConstant(*V.getInitializer()));", "New->setInitializer(Constant::getNullValue(V.getValueType()));"),
    "device: addresses as names": ("DeviceModule.cpp", "Device->setSourceFileName(Host.getSourceFileName());", "Device->setSourceFileName(std::to_string(reinterpret_cast<uintptr_t>(&Host)));"),
    "device: called kernels stay one": ("DeviceFixups.cpp", "CB->setCalledOperand(Body);", ""),
    "stubs: no message": ("HostStubs.cpp", "Calls.emit(IR, F.getName());", ""),
    "stubs: linkage is lost": ("HostStubs.cpp", "F.setLinkage(Linkage);", ""),
    "stubs: may be merged": ("HostStubs.cpp", "F.setUnnamedAddr(GlobalValue::UnnamedAddr::None);", ""),
    "stubs: no identity": ("HostStubs.cpp", "IR.CreateCall(Opaque, {Id});", ""),
    "stubs: callers remember": ("HostStubs.cpp", "F->setAttributes(forget(F->getAttributes()));", ""),
    "stubs: calls remember": ("HostStubs.cpp", "CB->setAttributes(forget(CB->getAttributes()));", ""),
    "stubs: kernels stay kernels": ("HostStubs.cpp", "F.setCallingConv(CallingConv::C);", ""),
    "stubs: nothing is removed": ("HostStubs.cpp", "V->eraseFromParent();", ""),
    "shadows: no symbol": ("HostShadows.cpp", "New->takeName(&V);", ""),
    "shadows: local": ("HostShadows.cpp", "New->setConstant(false);", "New->setLinkage(GlobalValue::InternalLinkage);"),
    "mended: device code stays": ("MendedBodies.cpp", "First.push_back(isa<PHINode>(I) || I.isEHPad() ? &*BB.getFirstInsertionPt() : &I);", ""),
    "mended: host paths end": ("MendedBodies.cpp", "Result = IR.CreateOr(OfCondition, Chosen);", "Result = bit(true);"),
    "math: calls stay libdevice's": ("HostMath.cpp", "F->replaceAllUsesWith(To);", ""),
    "entries: none": ("Quarantine.cpp", "writeEntries(Host, Entries);", ""),
}

HELPER = """#include <cstdlib>
#include <cstring>
static bool cordonPlanted(const char *Name) {
  const char *Asked = std::getenv("CORDON_PLANTED_FAULT");
  return Asked && !std::strcmp(Asked, Name);
}
"""


def plant(sources, out):
    os.makedirs(out, exist_ok=True)
    for file in sorted(f for f in os.listdir(sources) if f.endswith(".cpp")):
        with open(os.path.join(sources, file)) as f:
            text = f.read()
        for name, (where, line, instead) in FAULTS.items():
            if where != file:
                continue
            if line not in text:
                sys.exit(f"planted.py: fault '{name}': {file} has no line '{line}' any more")
            if line.startswith("GlobalValue *"):  # a declaration
                variable, value = line[:-1].split(" = ")
                new = f'{variable} = cordonPlanted("{name}") ? {instead[:-1].split(" = ")[1]} : {value};'
            else:
                new = f'{{ if (cordonPlanted("{name}")) {{ {instead} }} else {{ {line} }} }}'
            text = text.replace(line, new, 1)
        # After the file's comment; the includes may come in any order.
        text = text.replace("#include", HELPER + "#include", 1) if any(w == file for w, _, _ in FAULTS.values()) else text
        with open(os.path.join(out, file), "w") as f:
            f.write(text)


if __name__ == "__main__":
    plant(sys.argv[1], sys.argv[2])
