//===- detect/ReportJSON.cpp - the machine format -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One object for a module, `{"version": 1, "modules": [...]}` for several. Keys are added, never changed, under one
// version; their order is fixed and lists are sorted.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {

static void printFinding(json::OStream &J, const Finding &F) {
  auto Text = [](StringRef S) { return json::fixUTF8(S); };
  J.object([&] {
    J.attribute("rule", ruleName(F.R));
    J.attribute("level", levelName(F.L));
    J.attribute("function", Text(F.Function));
    J.attribute("symbol", Text(F.Symbol));
    J.attribute("message", Text(F.Message));
    if (!F.File.empty())
      J.attribute("file", Text(F.File));
    if (F.Line)
      J.attribute("line", F.Line);
    if (F.Column)
      J.attribute("column", F.Column);
    J.attributeArray("callChain", [&] {
      for (const ChainStep &S : F.Chain)
        J.value(Text(S.Function));
    });
    if (!F.InlinedAt.empty())
      J.attributeArray("inlinedAt", [&] {
        for (const SourcePlace &At : F.InlinedAt)
          J.value(Text(At.str()));
      });
    // Steps that are no plain call: function and table. Absent where there are none.
    if (any_of(F.Chain, [](const ChainStep &S) { return !S.Via.empty(); }))
      J.attributeObject("mayBeCalledThrough", [&] {
        for (const ChainStep &S : F.Chain)
          if (!S.Via.empty())
            J.attribute(Text(S.Function), Text(S.Via));
      });
  });
}

static void printModule(json::OStream &J, const ModuleReport &R, bool Version) {
  auto List = [&](StringRef Key, ArrayRef<StringRef> Names) {
    J.attributeArray(Key, [&] {
      for (StringRef N : Names)
        J.value(json::fixUTF8(N));
    });
  };
  J.object([&] {
    if (Version)
      J.attribute("version", 1);
    J.attribute("module", json::fixUTF8(R.Module));
    J.attribute("triple", json::fixUTF8(R.Triple));
    List("deviceOnly", R.DeviceOnly);
    J.attributeObject("reachesDevice", [&] {
      for (const auto &[F, Nearest] : R.ReachesDevice)
        J.attribute(json::fixUTF8(F), json::fixUTF8(Nearest));
    });
    List("kernels", R.Kernels);
    List("unresolved", R.Unresolved);
    J.attributeArray("findings", [&] {
      for (const Finding &F : R.Findings)
        printFinding(J, F);
    });
  });
}

void printJSON(raw_ostream &OS, ArrayRef<ModuleReport> Reports) {
  json::OStream J(OS, /*IndentSize=*/2);
  if (Reports.size() == 1)
    printModule(J, Reports.front(), /*Version=*/true);
  else
    J.object([&] {
      J.attribute("version", 1);
      J.attributeArray("modules", [&] {
        for (const ModuleReport &R : Reports)
          printModule(J, R, /*Version=*/false);
      });
    });
  OS << "\n";
}

} // namespace cordon
