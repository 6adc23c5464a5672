//===- fuzzing/SplitWorker.cpp - many modules through the split -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What utils/fuzz asks of opt, llc, a loader and a shell, in one process, so that a case costs milliseconds. Each line of
// standard input names a case, `SOURCE FOLDER PIPELINE|mutate=SEED|- CHECKS`, which a forked child checks: the split twice (the same
// bytes), the host's second split (no change), host code generation before and after -O2, the host program's runs, and
// the device half's way to PTX. Answers `ok`, or `fail STEP: MESSAGE` on one line. FOLDER gets host.ll, device.ll,
// device.ptx, host.o, and what the program printed. CHECKS holds `r` to run main, `g` to run it on the device's path.
// `mutate=` first changes the bodies of functions named mutant.* with LLVM's FuzzMutate; both halves must keep them as
// they are. What the device's rules say of random code is not asked.
//===----------------------------------------------------------------------===//

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/FuzzMutate/IRMutator.h"
#include "llvm/FuzzMutate/RandomIRBuilder.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <fcntl.h>
#include <iostream>
#include <map>
#include <sstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace {

char *Step; ///< shared with the parent: what a crash happened in

[[noreturn]] void failed(const Twine &Message) {
  std::string Text = Message.str();
  std::replace(Text.begin(), Text.end(), '\n', '|');
  outs() << "fail " << Step << ": " << StringRef(Text).take_front(1500) << "\n";
  outs().flush();
  _exit(0);
}

void enter(const char *Name) { strncpy(Step, Name, 255); }

class Case {
public:
  Case(const PassPlugin &Plugin, std::string Source, std::string Folder, std::string Pipeline, std::string Checks)
      : Plugin(Plugin), Source(std::move(Source)), Folder(std::move(Folder)), Pipeline(std::move(Pipeline)),
        Checks(std::move(Checks)) {}

  void run() {
    enter("input");
    StringRef Seed = Pipeline;
    Mutated = Seed.consume_front("mutate=");
    if (Mutated) {
      std::unique_ptr<Module> M = parse(Source);
      mutate(*M, std::atoi(Seed.str().c_str()));
      passes(*M, "verify");
      Source = Folder + "/case.opt.ll";
      write("case.opt.ll", text(*M));
      Bodies = mutants(*parse(Source));
    } else if (Pipeline != "-") {
      std::unique_ptr<Module> M = parse(Source);
      passes(*M, Pipeline);
      Source = Folder + "/case.opt.ll";
      write("case.opt.ll", text(*M));
    }
    std::string Split = "cordon-quarantine<device-out=" + Folder + "/device.bc>,verify";
    enter("split");
    std::unique_ptr<Module> Host = parse(Source);
    passes(*Host, Split);
    std::string HostText = text(*Host), DeviceBytes = read("device.bc");
    write("host.ll", HostText);
    if (Mutated)
      compare(*Host, "host");
    enter("determinism");
    std::unique_ptr<Module> Again = parse(Source);
    passes(*Again, Split);
    write("again.ll", text(*Again));
    if (text(*Again) != HostText)
      failed("two runs leave different hosts");
    if (read("device.bc") != DeviceBytes)
      failed("two runs write different device modules");
    enter("idempotence");
    passes(*Again, "cordon-quarantine<device-out=" + Folder + "/none.bc>");
    if (text(*Again) != HostText)
      failed("the second split changed the host");
    host(*Host, "host");
    enter("host -O2");
    passes(*Host, "default<O2>");
    host(*Host, "host.opt");
    device();
  }

private:
  static void mutate(Module &M, int Seed) {
    LLVMContext &C = M.getContext();
    SmallVector<Type *> Types;
    for (unsigned Bits : {1, 8, 16, 32, 64})
      Types.push_back(Type::getIntNTy(C, Bits));
    Types.append({Type::getFloatTy(C), Type::getDoubleTy(C), PointerType::getUnqual(C),
                  FixedVectorType::get(Type::getInt32Ty(C), 4), FixedVectorType::get(Type::getFloatTy(C), 2)});
    RandomIRBuilder IR(Seed, Types);
    std::vector<std::unique_ptr<IRMutationStrategy>> Ways;
    Ways.push_back(std::make_unique<InjectorIRStrategy>(InjectorIRStrategy::getDefaultOps()));
    Ways.push_back(std::make_unique<InsertCFGStrategy>());
    Ways.push_back(std::make_unique<InsertPHIStrategy>());
    Ways.push_back(std::make_unique<SinkInstructionStrategy>());
    Ways.push_back(std::make_unique<ShuffleBlockStrategy>());
    Ways.push_back(std::make_unique<InstModificationIRStrategy>());
    SmallPtrSet<GlobalVariable *, 8> Had;
    for (GlobalVariable &V : M.globals())
      Had.insert(&V);
    for (Function &F : M)
      if (F.getName().starts_with("mutant.") && !F.isDeclaration())
        for (unsigned I = 0; I != 24; ++I)
          Ways[IR.Rand() % Ways.size()]->mutate(F, IR);
    for (GlobalVariable &V : M.globals())
      if (!Had.contains(&V)) { // one that both halves wrote would be refused
        V.setConstant(true);
        V.setLinkage(GlobalValue::InternalLinkage);
      }
  }

  /// The bodies of the mutants, without what the split may change: attributes.
  static std::map<std::string, std::string> mutants(const Module &M) {
    std::map<std::string, std::string> Result;
    for (const Function &F : M)
      if (F.getName().starts_with("mutant.both") && !F.isDeclaration()) {
        std::string Body;
        raw_string_ostream OS(Body);
        for (const BasicBlock &BB : F)
          for (const Instruction &I : BB) {
            std::string Line;
            raw_string_ostream(Line) << I;
            OS << StringRef(Line).split(" #").first << "\n";
          }
        Result[F.getName().str()] = Body;
      }
    return Result;
  }

  void compare(const Module &M, const char *Half) {
    for (const auto &[Name, Body] : mutants(M))
      if (Bodies[Name] != Body)
        {
        auto At = std::mismatch(Body.begin(), Body.end(), Bodies[Name].begin(), Bodies[Name].end());
        failed(Twine("the ") + Half + " has another body of " + Name + ": " +
               StringRef(Body).substr(At.first - Body.begin(), 200) + " and not: " +
               StringRef(Bodies[Name]).substr(At.first - Body.begin(), 200));
      }
  }

  std::unique_ptr<Module> parse(StringRef Path) {
    SMDiagnostic Error;
    std::unique_ptr<Module> M = parseIRFile(Path, Error, Context);
    if (!M)
      failed(Error.getMessage());
    return M;
  }

  static std::string text(const Module &M) {
    std::string Text;
    raw_string_ostream OS(Text);
    M.print(OS, nullptr);
    return Text;
  }

  std::string read(StringRef Name) {
    auto Buffer = MemoryBuffer::getFile(Folder + "/" + Name.str());
    return Buffer ? (*Buffer)->getBuffer().str() : std::string();
  }

  void write(StringRef Name, StringRef Text) {
    std::error_code EC;
    raw_fd_ostream OS(Folder + "/" + Name.str(), EC);
    OS << Text;
  }

  /// Fails on an error that a pass reports, and on broken IR.
  void passes(Module &M, StringRef Names) {
    struct Handler : DiagnosticHandler {
      std::string Errors;
      bool handleDiagnostics(const DiagnosticInfo &DI) override {
        raw_string_ostream OS(Errors);
        DiagnosticPrinterRawOStream Printer(OS);
        if (DI.getSeverity() == DS_Error) {
          DI.print(Printer);
          OS << "\n";
        }
        return true;
      }
    };
    auto Own = std::make_unique<Handler>();
    Handler &Heard = *Own;
    Context.setDiagnosticHandler(std::move(Own));
    LoopAnalysisManager LAM;
    FunctionAnalysisManager FAM;
    CGSCCAnalysisManager CGAM;
    ModuleAnalysisManager MAM;
    PassBuilder PB;
    if (Names.contains("cordon")) // at any -O the plugin would do the whole way
      Plugin.registerPassBuilderCallbacks(PB);
    PB.registerModuleAnalyses(MAM);
    PB.registerCGSCCAnalyses(CGAM);
    PB.registerFunctionAnalyses(FAM);
    PB.registerLoopAnalyses(LAM);
    PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
    ModulePassManager MPM;
    if (Error E = PB.parsePassPipeline(MPM, Names))
      failed(toString(std::move(E)));
    MPM.run(M, MAM);
    if (!Heard.Errors.empty())
      failed(Heard.Errors + errorText());
    std::string Broken;
    raw_string_ostream OS(Broken);
    if (verifyModule(M, &OS))
      failed(Broken);
  }

  /// Findings are printed to standard error, which the parent has put into a file.
  std::string errorText() {
    std::string All = read("stderr");
    return All.size() > 1200 ? All.substr(All.size() - 1200) : All;
  }

  SmallString<0> generate(Module &M, StringRef CPU, StringRef Features, CodeGenFileType Kind) {
    std::string Message;
    const Target *T = TargetRegistry::lookupTarget(M.getTargetTriple(), Message);
    if (!T)
      failed(Message);
    std::unique_ptr<TargetMachine> TM(
        T->createTargetMachine(M.getTargetTriple(), CPU, Features, TargetOptions(), Reloc::PIC_));
    M.setDataLayout(TM->createDataLayout());
    SmallString<0> Code;
    raw_svector_ostream OS(Code);
    legacy::PassManager PM;
    if (TM->addPassesToEmitFile(PM, OS, nullptr, Kind))
      failed("no such output");
    PM.run(M);
    return Code;
  }

  void host(const Module &M, const std::string &Name) {
    enter(Name == "host" ? "host llc" : "host.opt llc");
    std::unique_ptr<Module> Copy = CloneModule(M);
    SmallString<0> Object = generate(*Copy, "x86-64", "", CodeGenFileType::ObjectFile);
    write(Name + ".o", Object);
    enter(Name == "host" ? "host run" : "host.opt run");
    if (StringRef(Checks).contains('r'))
      execute(Object, Name, 1, 0);
    enter(Name == "host" ? "host guarded run" : "host.opt guarded run");
    if (StringRef(Checks).contains('g'))
      execute(Object, Name + ".guarded", 6, SIGABRT);
  }

  void execute(StringRef Object, const std::string &Name, int Args, int Signal) {
    std::cout.flush();
    pid_t Child = fork();
    if (!Child) {
      int Out = open((Folder + "/" + Name + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(Out, 1);
      dup2(Out, 2);
      auto JIT = orc::LLJITBuilder().create();
      if (!JIT) {
        errs() << toString(JIT.takeError());
        _exit(99);
      }
      if (Error E = (*JIT)->addObjectFile(MemoryBuffer::getMemBufferCopy(Object, Name))) {
        errs() << toString(std::move(E));
        _exit(99);
      }
      auto Main = (*JIT)->lookup("main");
      if (!Main) {
        errs() << toString(Main.takeError());
        _exit(99);
      }
      char Text[] = "x";
      char *Argv[] = {Text, Text, Text, Text, Text, Text, nullptr};
      int Code = Main->toPtr<int (*)(int, char **)>()(Args, Argv);
      fflush(stdout);
      _exit(Code);
    }
    int Status = 0;
    waitpid(Child, &Status, 0);
    bool Expected = Signal ? WIFSIGNALED(Status) && WTERMSIG(Status) == Signal : WIFEXITED(Status) && !WEXITSTATUS(Status);
    if (!Expected)
      failed("status " + Twine(Status) + ": " + read(Name + ".out"));
  }

  void device() {
    enter("device verifier");
    if (!sys::fs::exists(Folder + "/device.bc"))
      return;
    std::unique_ptr<Module> M = parse(Folder + "/device.bc");
    passes(*M, "verify");
    write("device.ll", text(*M));
    if (Mutated) {
      compare(*M, "device module");
      return;
    }
    enter("prepare device");
    passes(*M, "cordon-prepare-device<arch=sm_90>,verify");
    passes(*M, "default<O2>");
    enter("device llc");
    write("device.ptx", generate(*M, "sm_90", "+ptx83", CodeGenFileType::AssemblyFile));
  }

  const PassPlugin &Plugin;
  LLVMContext Context;
  bool Mutated = false;
  std::map<std::string, std::string> Bodies;
  std::string Source, Folder, Pipeline, Checks;
};

void answer(const PassPlugin &Plugin, const std::string &Line) {
  std::istringstream In(Line);
  std::string Source, Folder, Pipeline, Checks;
  In >> Source >> Folder >> Pipeline >> Checks;
  pid_t Child = fork();
  if (!Child) {
    alarm(60);
    int Err = open((Folder + "/stderr").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(Err, 2);
    Case(Plugin, Source, Folder, Pipeline, Checks).run();
    outs() << "ok\n";
    outs().flush();
    _exit(0);
  }
  int Status = 0;
  waitpid(Child, &Status, 0);
  if (!WIFEXITED(Status) || WEXITSTATUS(Status)) {
    outs() << "fail " << Step << ": crash, status " << Status << "\n";
    outs().flush();
  }
}

} // namespace

int main(int Argc, char **Argv) {
  if (Argc != 2) {
    errs() << "usage: cordon-fuzz-worker PLUGIN < CASES\n";
    return 2;
  }
  Step = static_cast<char *>(mmap(nullptr, 256, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmParsers();
  InitializeAllAsmPrinters();
  Expected<PassPlugin> Plugin = PassPlugin::Load(Argv[1]);
  if (!Plugin) {
    errs() << toString(Plugin.takeError()) << "\n";
    return 2;
  }
  for (std::string Line; std::getline(std::cin, Line);)
    answer(*Plugin, Line);
  return 0;
}
