//===- settings/Settings.cpp - the tables of pass parameters --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "settings/Settings.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace cordon {
namespace {

Error badValue(StringRef Name, StringRef Value, StringRef Known) {
  return createStringError("'%s' is no value of '%s'; it takes %s", Value.str().c_str(), Name.str().c_str(),
                           Known.str().c_str());
}

Error needValue(StringRef Name) {
  return createStringError("parameter '%s' needs a value: %s=...", Name.str().c_str(), Name.str().c_str());
}

/// A parameter that must not be empty, stored as it is.
template <typename T> Setting<T> text(StringLiteral Name, StringLiteral Values, std::string T::*Member) {
  return {Name, Values, [=](T &O, StringRef V) -> Error {
            if (V.empty())
              return needValue(Name);
            O.*Member = V.str();
            return Error::success();
          }};
}

std::vector<std::string> splitList(StringRef V) {
  SmallVector<StringRef, 8> Parts;
  V.split(Parts, ':', -1, /*KeepEmpty=*/false);
  return std::vector<std::string>(Parts.begin(), Parts.end());
}

template <typename T>
Setting<T> list(StringLiteral Name, StringLiteral Values, std::vector<std::string> T::*Member) {
  return {Name, Values, [=](T &O, StringRef V) -> Error {
            if (V.empty())
              return needValue(Name);
            O.*Member = splitList(V);
            return Error::success();
          }};
}

/// A list of rule names; an unknown one is an error that names all rules.
Setting<DetectOptions> rules(StringLiteral Name, std::vector<std::string> DetectOptions::*Member) {
  return {Name, "RULES", [=](DetectOptions &O, StringRef V) -> Error {
            if (V.empty())
              return needValue(Name);
            std::string Names = V.str(); // the driver's lists have commas
            llvm::replace(Names, ',', ':');
            O.*Member = splitList(Names);
            for (const std::string &R : O.*Member)
              if (!ruleByName(R)) {
                std::string Known;
                for (Rule K : allRules())
                  Known += (Known.empty() ? "" : ", ") + ruleName(K).str();
                return badValue(Name, R, Known);
              }
            return Error::success();
          }};
}

template <typename T, typename E>
Setting<T> choice(StringLiteral Name, StringLiteral Values, E T::*Member,
                  std::vector<std::pair<StringLiteral, E>> Choices) {
  return {Name, Values, [=](T &O, StringRef V) -> Error {
            for (const auto &C : Choices)
              if (C.first == V) {
                O.*Member = C.second;
                return Error::success();
              }
            return badValue(Name, V, Values);
          }};
}

template <typename T> Setting<T> archs() {
  return {"arch", "sm_NN|sm_NNa|sm_NNf|compute_NN (a list: sm_75:sm_90)", [](T &O, StringRef V) -> Error {
            Expected<std::vector<GPUArch>> A = parseArchList(V);
            if (!A)
              return A.takeError();
            O.Archs = *A;
            return Error::success();
          }};
}

Error setStub(QuarantineOptions &O, StringRef V) {
  using K = QuarantineOptions::StubKind;
  StringRef Symbol = V;
  if (V == "abort")
    O.Stub = K::Abort;
  else if (V == "trap")
    O.Stub = K::Trap;
  else if (Symbol.consume_front("call:") && !Symbol.empty()) {
    O.Stub = K::Call;
    O.StubSymbol = Symbol.str();
  } else
    return badValue("stub", V, "abort|trap|call:SYMBOL");
  return Error::success();
}

Error setRoots(QuarantineOptions &O, StringRef V) {
  using K = QuarantineOptions::RootsKind;
  if (V.empty())
    return needValue("roots");
  O.Roots = StringSwitch<K>(V).Case("kernels", K::Kernels).Case("visible", K::Visible).Default(K::Names);
  if (O.Roots == K::Names)
    O.RootNames = splitList(V);
  return Error::success();
}

Error setOptLevel(LowerOptions &O, StringRef V) {
  if (V.getAsInteger(10, O.OptLevel) || O.OptLevel > 3)
    return badValue("opt", V, "0|1|2|3");
  return Error::success();
}

Error setLevel(DetectOptions &O, StringRef V) {
  for (Level L : {Level::Error, Level::Warning, Level::Remark})
    if (levelName(L) == V) {
      O.AllLevels = L;
      return Error::success();
    }
  return badValue("level", V, "error|warning|remark");
}

template <typename T> Setting<T> format(StringLiteral Name, ReportFormat T::*Member) {
  return choice<T, ReportFormat>(Name, "text|json|sarif|html", Member,
                                 {{"text", ReportFormat::Text},
                                  {"json", ReportFormat::JSON},
                                  {"sarif", ReportFormat::SARIF},
                                  {"html", ReportFormat::HTML}});
}

/// Makes a stage's table usable on the `cordon` pass, without the names in \p Except.
template <typename T>
void project(std::vector<Setting<CordonOptions>> &Out, ArrayRef<Setting<T>> Table, T CordonOptions::*Stage,
             ArrayRef<StringRef> Except) {
  for (const Setting<T> &S : Table) {
    if (is_contained(Except, S.Name) || any_of(Out, [&](const auto &O) { return O.Name == S.Name; }))
      continue;
    Out.push_back({S.Name, S.Values,
                   [Set = S.Set, Stage](CordonOptions &O, StringRef V) { return Set(O.*Stage, V); }});
  }
}

} // namespace

ArrayRef<Setting<DetectOptions>> detectSettings() {
  using T = DetectOptions;
  static const std::vector<Setting<T>> Table = {format<T>("format", &T::Format),
                                                text("output", "FILE|-", &T::Output),
                                                {"level", "error|warning|remark", setLevel},
                                                rules("error", &T::Errors),
                                                rules("warning", &T::Warnings),
                                                text("ignore", "FILE", &T::IgnoreFile),
                                                text("symbols", "FILE", &T::SymbolsFile),
                                                list("host-libs", "LIBS", &T::HostLibs)};
  return Table;
}

ArrayRef<Setting<QuarantineOptions>> quarantineSettings() {
  using T = QuarantineOptions;
  static const std::vector<Setting<T>> Table = {text("device-out", "FILE", &T::DeviceOut),
                                                {"stub", "abort|trap|call:SYMBOL", setStub},
                                                list("kernels", "NAMES", &T::Kernels),
                                                {"roots", "kernels|visible|NAMES", setRoots}};
  return Table;
}

ArrayRef<Setting<PrepareDeviceOptions>> prepareDeviceSettings() {
  static const std::vector<Setting<PrepareDeviceOptions>> Table = {archs<PrepareDeviceOptions>()};
  return Table;
}

ArrayRef<Setting<LinkRuntimeOptions>> linkRuntimeSettings() {
  using T = LinkRuntimeOptions;
  using K = T::ExceptionKind;
  static const std::vector<Setting<T>> Table = {
      archs<T>(), text("runtime", "FILE", &T::Runtime), text("libdevice", "FILE", &T::Libdevice),
      choice<T, K>("exception", "trap|exit", &T::Exception, {{"trap", K::Trap}, {"exit", K::Exit}})};
  return Table;
}

ArrayRef<Setting<LowerOptions>> lowerSettings() {
  using T = LowerOptions;
  using E = T::EmitKind;
  using D = T::DebugKind;
  using C = T::CompressKind;
  static const std::vector<Setting<T>> Table = {
      archs<T>(),
      text("ptx", "VERSION", &T::PTXVersion),
      choice<T, E>("emit", "fatbin|cubin|ptx", &T::Emit,
                   {{"fatbin", E::FatBinary}, {"cubin", E::Cubin}, {"ptx", E::PTX}}),
      text("output", "FILE", &T::Output),
      choice<T, D>("debug", "lines|none|full", &T::Debug, {{"lines", D::Lines}, {"none", D::None}, {"full", D::Full}}),
      choice<T, C>("compress", "default|size|balance|speed|none", &T::Compress,
                   {{"default", C::Default},
                    {"size", C::Size},
                    {"balance", C::Balance},
                    {"speed", C::Speed},
                    {"none", C::None}}),
      {"opt", "0|1|2|3", setOptLevel}};
  return Table;
}

ArrayRef<Setting<EmbedOptions>> embedSettings() {
  using T = EmbedOptions;
  using K = T::AsKind;
  using R = T::HostRuntimeKind;
  static const std::vector<Setting<T>> Table = {
      text("image", "FILE", &T::Image),
      archs<T>(),
      choice<T, K>("as", "cuda|offload", &T::As, {{"cuda", K::Cuda}, {"offload", K::Offload}}),
      choice<T, R>("hostrt", "weak|needed", &T::HostRuntime, {{"weak", R::Weak}, {"needed", R::Needed}})};
  return Table;
}

ArrayRef<Setting<CordonOptions>> cordonSettings() {
  using T = CordonOptions;
  static const std::vector<Setting<T>> Table = [] {
    std::vector<Setting<T>> Out;
    Out.push_back({"arch", "sm_NN|sm_NNa|sm_NNf|compute_NN (a list: sm_75:sm_90)", [](T &O, StringRef V) -> Error {
                     Expected<std::vector<GPUArch>> A = parseArchList(V);
                     if (!A)
                       return A.takeError();
                     O.Prepare.Archs = O.Link.Archs = O.Lower.Archs = O.Embed.Archs = *A;
                     return Error::success();
                   }});
    Out.push_back(text("report", "FILE", &T::Report));
    Out.push_back(format<T>("report-format", &T::ReportAs));
    Out.push_back(text("save-temps", "DIR", &T::SaveTemps));
    project(Out, detectSettings(), &T::Detect, {"format", "level", "output"});
    // What the whole way keeps in memory has no file parameter.
    project(Out, quarantineSettings(), &T::Quarantine, {"device-out"});
    project(Out, linkRuntimeSettings(), &T::Link, {});
    project(Out, lowerSettings(), &T::Lower, {"output", "emit"});
    project(Out, embedSettings(), &T::Embed, {"image"});
    return Out;
  }();
  return Table;
}

} // namespace cordon
