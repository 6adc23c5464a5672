//===- detect/ReportSARIF.cpp - SARIF 2.1.0 -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run with all modules as artifacts; a finding's chain is a codeFlow of one thread. The format is OASIS' "Static
// Analysis Results Interchange Format (SARIF) Version 2.1.0".
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {
namespace {

std::string text(StringRef S) { return json::fixUTF8(S); }

/// A path as a URI reference: relative paths stay relative, the rest of RFC 3986's unreserved set is kept.
std::string uri(StringRef Path) {
  std::string Out = sys::path::is_absolute(Path) ? "file://" : "";
  for (unsigned char C : Path)
    if (isAlnum(C) || StringRef("-._~/").contains(C))
      Out += char(C);
    else
      Out += "%" + utohexstr(C, /*LowerCase=*/false, 2);
  return Out;
}

StringRef sarifLevel(Level L) { return L == Level::Remark ? "note" : levelName(L); }

class Printer {
public:
  Printer(raw_ostream &OS, ArrayRef<ModuleReport> Reports) : J(OS, 2), Reports(Reports) {}

  void run() {
    J.object([&] {
      J.attribute("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
      J.attribute("version", "2.1.0");
      J.attributeArray("runs", [&] { J.object([&] { printRun(); }); });
    });
  }

private:
  void message(StringRef Text) {
    J.attributeObject("message", [&] { J.attribute("text", text(Text)); });
  }

  void printRun() {
    J.attributeObject("tool", [&] {
      J.attributeObject("driver", [&] {
        J.attribute("name", "Cordon");
        J.attribute("version", CORDON_VERSION);
        J.attributeArray("rules", [&] {
          for (Rule R : allRules())
            J.object([&] {
              J.attribute("id", ruleName(R));
              J.attributeObject("shortDescription", [&] { J.attribute("text", ruleHelp(R)); });
              J.attributeObject("defaultConfiguration", [&] { J.attribute("level", sarifLevel(ruleDefaultLevel(R))); });
            });
        });
      });
    });
    J.attributeArray("artifacts", [&] {
      for (const ModuleReport &R : Reports)
        J.object([&] { J.attributeObject("location", [&] { J.attribute("uri", uri(R.Module)); }); });
    });
    J.attributeArray("results", [&] {
      for (auto [Index, R] : enumerate(Reports))
        for (const Finding &F : R.Findings)
          J.object([&] { printResult(F, R, Index); });
    });
    J.attribute("columnKind", "unicodeCodePoints");
  }

  /// Where \p F is: its source line if known, the module otherwise, with the function as logical location.
  void printLocation(const Finding &F, const ModuleReport &R, size_t Index) {
    if (F.File.empty())
      J.attributeObject("physicalLocation", [&] {
        J.attributeObject("artifactLocation", [&] {
          J.attribute("uri", uri(R.Module));
          J.attribute("index", int64_t(Index));
        });
      });
    else
      place({F.File, F.Line, F.Column});
    logical(F.Function);
  }

  void place(const SourcePlace &At) {
    J.attributeObject("physicalLocation", [&] {
      J.attributeObject("artifactLocation", [&] { J.attribute("uri", uri(At.File)); });
      if (At.Line)
        J.attributeObject("region", [&] {
          J.attribute("startLine", At.Line);
          if (At.Column)
            J.attribute("startColumn", At.Column);
        });
    });
  }

  /// Where the use was inlined to, with ids as the schema wants them.
  void printInlining(const Finding &F) {
    J.attributeArray("relatedLocations", [&] {
      for (auto [I, At] : enumerate(F.InlinedAt))
        J.object([&, I = I, &At = At] {
          J.attribute("id", int64_t(I));
          place(At);
          message("inlined here");
        });
    });
  }

  void logical(StringRef Function) {
    if (Function.empty())
      return;
    J.attributeArray("logicalLocations", [&] {
      J.object([&] {
        J.attribute("name", text(demangle(Function)));
        J.attribute("fullyQualifiedName", text(Function));
        J.attribute("kind", "function");
      });
    });
  }

  void printResult(const Finding &F, const ModuleReport &R, size_t Index) {
    J.attribute("ruleId", ruleName(F.R));
    J.attribute("ruleIndex", int64_t(F.R));
    J.attribute("level", sarifLevel(F.L));
    message(F.Message);
    J.attributeArray("locations", [&] { J.object([&] { printLocation(F, R, Index); }); });
    if (!F.InlinedAt.empty())
      printInlining(F);
    if (F.Chain.empty())
      return;
    J.attributeArray("codeFlows", [&] {
      J.object([&] {
        J.attributeArray("threadFlows", [&] {
          J.object([&] {
            J.attributeArray("locations", [&] {
              for (auto [I, Step] : enumerate(F.Chain))
                J.object([&] { printStep(F, R, Index, I); });
            });
          });
        });
      });
    });
  }

  void printStep(const Finding &F, const ModuleReport &R, size_t Index, size_t I) {
    const ChainStep &Step = F.Chain[I];
    J.attributeObject("location", [&] {
      if (I + 1 == F.Chain.size())
        printLocation(F, R, Index);
      else
        logical(Step.Function);
      std::string Text = demangle(Step.Function);
      if (!Step.Via.empty())
        Text += " may be called through " + Step.Via;
      else if (I)
        Text += std::string(Step.Address ? " has its address taken by " : " is called by ") +
                demangle(F.Chain[I - 1].Function);
      message(Text);
    });
    J.attribute("nestingLevel", int64_t(I));
  }

  json::OStream J;
  ArrayRef<ModuleReport> Reports;
};

} // namespace

void printSARIF(raw_ostream &OS, ArrayRef<ModuleReport> Reports) {
  Printer(OS, Reports).run();
  OS << "\n";
}

} // namespace cordon
