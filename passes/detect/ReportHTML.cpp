//===- detect/ReportHTML.cpp - one page that needs nothing else -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report as a page without network access: the JSON report stands in it as data, and ReportPage.h's script shows a
// summary, a filtered list and the graph of who comes to what.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "detect/ReportPage.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {

/// JSON inside <script>: "</script>" and "<!--" must not appear, and '<' may be written as an escape in any string.
static void writeEscaped(raw_ostream &OS, StringRef Text) {
  for (char C : Text)
    if (C == '<')
      OS << "\\u003c";
    else
      OS << C;
}

void printHTML(raw_ostream &OS, ArrayRef<ModuleReport> Reports) {
  std::string Data;
  raw_string_ostream DataOS(Data);
  // Always the form for several modules: the script knows one.
  DataOS << "[";
  for (size_t I = 0; I != Reports.size(); ++I) {
    if (I)
      DataOS << ",";
    printJSON(DataOS, Reports[I]);
  }
  DataOS << "]";

  json::Object Names;
  auto Add = [&](StringRef Raw) {
    std::string Nice = demangle(Raw);
    if (Nice != Raw)
      Names[json::fixUTF8(Raw)] = json::fixUTF8(Nice);
  };
  for (const ModuleReport &R : Reports)
    for (const Finding &F : R.Findings) {
      Add(F.Function);
      Add(F.Symbol);
      for (const ChainStep &S : F.Chain)
        Add(S.Function);
    }
  std::string NamesText;
  raw_string_ostream(NamesText) << json::Value(std::move(Names));

  OS << PageHead << "<script>\nconst modules = ";
  writeEscaped(OS, Data);
  OS << ";\nconst names = ";
  writeEscaped(OS, NamesText);
  OS << ";\n" << PageScript << "</script>\n</body>\n</html>\n";
}

} // namespace cordon
