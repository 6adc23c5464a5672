//===- cordon-smoke/Names.cpp - kernels by source name --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// People name kernels as their source does; images name them encoded for PTX, and mangled by C++. A name matches in this
// order: the device name, its encoding, the demangled name, the demangled name without parameters, and the function's
// own name without scope and template arguments.
//===----------------------------------------------------------------------===//
#include "Session.h"

#include "cordon/abi/names.h"
#include <cstdlib>
#include <cxxabi.h>

using namespace cordon::smoke;

static std::string decode(const std::string &DeviceName) {
  std::string Out(DeviceName.size() + 1, '\0');
  Out.resize(cordon_name_decode(DeviceName.data(), DeviceName.size(), Out.data(), Out.size()));
  return Out;
}

std::string cordon::smoke::sourceName(const std::string &DeviceName) {
  std::string Plain = decode(DeviceName);
  int Status = 0;
  char *Text = abi::__cxa_demangle(Plain.c_str(), nullptr, nullptr, &Status);
  std::string Out = Status == 0 && Text && Plain.compare(0, 2, "_Z") == 0 ? Text : Plain;
  std::free(Text);
  return Out;
}

/// Cuts "void ns::k<int>(float*)" down to "ns::k<int>".
static std::string withoutParameters(const std::string &Name) {
  size_t End = Name.size();
  int Depth = 0;
  if (!Name.empty() && Name.back() == ')')
    while (End > 0) {
      --End;
      Depth += Name[End] == ')' ? 1 : Name[End] == '(' ? -1 : 0;
      if (!Depth)
        break;
    }
  // A template's demangled name starts with its result: "void ".
  size_t Start = 0;
  for (size_t I = 0, Angle = 0; I < End; ++I) {
    Angle += Name[I] == '<' || Name[I] == '(';
    Angle -= (Name[I] == '>' || Name[I] == ')') && Angle;
    if (Name[I] == ' ' && !Angle)
      Start = I + 1;
  }
  return Name.substr(Start, End - Start);
}

static std::string ownName(const std::string &Name) {
  std::string Out;
  int Depth = 0;
  for (size_t I = 0; I < Name.size(); ++I) {
    Depth += Name[I] == '<' || Name[I] == '(';
    if (!Depth && Name[I] == ':' && I + 1 < Name.size() && Name[I + 1] == ':') {
      Out.clear();
      ++I;
    } else if (!Depth) {
      Out += Name[I];
    }
    Depth -= (Name[I] == '>' || Name[I] == ')') && Depth;
  }
  return Out;
}

std::vector<std::string> cordon::smoke::matchKernels(const std::vector<std::string> &Names, const std::string &Wanted) {
  using Form = std::string (*)(const std::string &);
  const Form Forms[] = {
      [](const std::string &N) { return N; },
      decode,
      sourceName,
      [](const std::string &N) { return withoutParameters(sourceName(N)); },
      [](const std::string &N) { return ownName(withoutParameters(sourceName(N))); },
  };
  for (Form F : Forms) {
    std::vector<std::string> Found;
    for (const std::string &N : Names)
      if (F(N) == Wanted)
        Found.push_back(N);
    if (!Found.empty())
      return Found;
  }
  return {};
}
