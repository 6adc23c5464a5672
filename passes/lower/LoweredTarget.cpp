//===- lower/LoweredTarget.cpp - results through a pipe -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lower/LoweredTarget.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace cordon {

void writeTarget(const LoweredTarget &T, raw_ostream &Out) {
  Out << T.PTXVersion << ' ' << T.NeedsDeviceRuntime << ' ' << T.CodegenError.size() << ' ' << T.Warnings.size();
  for (const std::string &W : T.Warnings)
    Out << ' ' << W.size();
  Out << '\n' << T.CodegenError;
  for (const std::string &W : T.Warnings)
    Out << W;
  Out << T.PTX;
}

void readTarget(LoweredTarget &T, StringRef Bytes) {
  auto [Header, Rest] = Bytes.split('\n');
  SmallVector<StringRef, 8> Fields;
  Header.split(Fields, ' ');
  auto Number = [&](size_t I) {
    size_t N = 0;
    if (I < Fields.size())
      Fields[I].getAsInteger(10, N);
    return N;
  };
  auto Take = [&, &Text = Rest](size_t N) {
    std::string Piece = Text.take_front(N).str();
    Text = Text.drop_front(std::min(N, Text.size()));
    return Piece;
  };
  T.PTXVersion = Number(0);
  T.NeedsDeviceRuntime = Number(1);
  T.CodegenError = Take(Number(2));
  for (size_t I = 0, N = Number(3); I < N; ++I)
    T.Warnings.push_back(Take(Number(4 + I)));
  T.PTX = Rest.str();
}

} // namespace cordon
