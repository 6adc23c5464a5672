//===- cordon-smoke/Session.cpp - a script on one backend -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps of a script: everything that can be wrong with the specs is found before the backend is asked for anything,
// everything that can be wrong with names and layouts before the first launch.
//===----------------------------------------------------------------------===//
#include "Session.h"

#include "cordon/abi/names.h"
#include <algorithm>
#include <cstring>

using namespace cordon::smoke;

namespace {
std::string describeSpec(const GivenSpec &G, const TextError &Error) {
  return describe(G.Text, {G.SpecOffset + Error.Offset, Error.Message});
}

std::string encode(const std::string &Name) {
  size_t N = cordon_name_encode(Name.data(), Name.size(), nullptr, 0);
  std::string Out(N + 1, '\0');
  cordon_name_encode(Name.data(), Name.size(), Out.data(), Out.size());
  Out.resize(N);
  return Out;
}

std::string join(const std::vector<std::string> &Names) {
  std::string Out;
  for (const std::string &N : Names)
    Out += (Out.empty() ? "" : ", ") + sourceName(N);
  return Out.empty() ? "none" : Out;
}
} // namespace

std::string Session::prepare() {
  TextError Error;
  for (const GivenSpec &G : S.Buffers) {
    auto B = std::make_shared<Buffer>();
    B->Path = G.Name;
    B->Type = G.S.Type;
    B->Count = G.S.Count;
    Error.Message = fillElements(G.S, S.Folder, B->Initial);
    if (Error)
      return describeSpec(G, Error);
    B->Before = B->Initial;
    Named[G.Name] = B;
  }
  Args.resize(S.Launches.size());
  Writes.resize(S.Launches.size());
  Kernels.resize(S.Launches.size());
  for (size_t I = 0; I < S.Launches.size(); ++I) {
    std::string Message = prepareLaunch(I);
    if (!Message.empty())
      return Message;
  }
  return "";
}

std::string Session::prepareLaunch(size_t Index) {
  TextError Error;
  for (const GivenSpec &G : S.Launches[Index].Args)
    if (!addArgument(G.S, Named, S.Folder, Args[Index], Error))
      return describeSpec(G, Error);
  for (const auto &B : Args[Index].Buffers)
    B->Before = B->Initial;
  for (const GivenSpec &G : S.Launches[Index].Vars) {
    std::string Message = prepareVariable(G, Writes[Index]);
    if (!Message.empty())
      return Message;
  }
  return checkNames(Index);
}

std::string Session::prepareVariable(const GivenSpec &G, std::vector<Write> &Out) {
  Write W;
  W.Name = G.Name;
  TextError Error;
  Spec AsParameter = G.S;
  bool HasElements = G.S.K == Spec::Scalar || G.S.K == Spec::Buffer || G.S.K == Spec::Array;
  if (HasElements) {
    auto &B = Variables[G.Name];
    if (!B) {
      B = std::make_shared<Buffer>();
      B->Path = G.Name;
      B->IsVariable = true;
      VariableOrder.push_back(B);
    }
    B->Type = G.S.Type;
    B->Count = G.S.K == Spec::Scalar ? 1 : G.S.Count;
    B->Before.resize(B->bytes());
    W.Elements = B;
    Argument A;
    if (G.S.K == Spec::Scalar)
      A.Bytes.assign(G.S.Value, G.S.Value + sizeOf(G.S.Type));
    else if (G.S.How.K != Fill::Keep)
      Error.Message = fillElements(G.S, S.Folder, A.Bytes);
    W.Value = std::move(A);
  } else if (addArgument(G.S, Named, S.Folder, W.Owned, Error)) {
    W.Value = W.Owned.List[0];
    for (const auto &B : W.Owned.Buffers)
      B->Before = B->Initial;
  }
  if (Error)
    return describeSpec(G, Error);
  Out.push_back(std::move(W));
  return "";
}

std::shared_ptr<Buffer> Session::find(size_t Launch, const std::string &Path) const {
  for (const auto &B : Args[Launch].Buffers)
    if (B->Path == Path)
      return B;
  // "0" also names the buffer that argument 0 passes by name.
  for (size_t I = 0; I < Args[Launch].List.size(); ++I)
    if (Path == std::to_string(I) && S.Launches[Launch].Args[I].S.K == Spec::Named)
      return Args[Launch].List[I].Pointers[0].To;
  auto N = Named.find(Path);
  if (N != Named.end())
    return N->second;
  auto V = Variables.find(Path);
  return V == Variables.end() ? nullptr : V->second;
}

std::string Session::known(size_t Launch) const {
  std::string Out;
  auto Add = [&](const std::string &Name) { Out += (Out.empty() ? "" : ", ") + Name; };
  for (const auto &B : Args[Launch].Buffers)
    Add(B->shown());
  for (const auto &V : Args[Launch].Scalars)
    Add(Buffer::shownName(V.first) + " (a scalar)");
  for (const auto &V : VariableOrder)
    Add(V->Path);
  return Out.empty() ? "no arguments" : Out;
}

bool Session::bind(size_t Launch, Expr &E, size_t Offset, TextError &Error) const {
  auto Resolve = [&](const std::string &Path, Operand &Out) {
    auto Scalar = Args[Launch].Scalars.find(Path);
    if (Scalar != Args[Launch].Scalars.end()) {
      Out = {Scalar->second.Type, Scalar->second.Bytes, 1, true};
      return true;
    }
    auto Array = Args[Launch].Arrays.find(Path);
    std::shared_ptr<Buffer> B = Array == Args[Launch].Arrays.end() ? find(Launch, Path) : Array->second;
    if (!B)
      return false;
    Out = {B->Type, B->Before.data(), B->Count, false};
    return true;
  };
  bool Ok = E.bind(Resolve, known(Launch), Error);
  Error.Offset += Offset;
  return Ok;
}

std::string Session::checkNames(size_t Index) {
  auto NoBuffer = [&](const SourceText &Text, const std::string &Path) {
    std::string Why = Args[Index].Scalars.count(Path) ? " is a scalar; buffers are " : " is no buffer here; there are ";
    return describe(Text, {0, Buffer::shownName(Path) + Why + known(Index)});
  };
  for (const Print &P : S.Launches[Index].Prints) {
    std::shared_ptr<Buffer> B = find(Index, P.Path);
    if (!B)
      return NoBuffer(P.Text, P.Path);
    if (!P.All && P.Count > B->Count)
      return describe(P.Text, {P.Text.Value.rfind(':') + 1, B->shown() + " has " + std::to_string(B->Count) +
                                                               " elements, fewer than " + std::to_string(P.Count)});
  }
  for (const Save &V : S.Launches[Index].Saves)
    if (!find(Index, V.Path))
      return NoBuffer(V.Text, V.Path);
  for (const Check &C : S.Launches[Index].Checks) {
    std::shared_ptr<Buffer> B = find(Index, C.Path);
    if (!B)
      return NoBuffer(C.Text, C.Path);
    Expr Copy = C.Expected;
    TextError Error;
    if (C.File.empty() && !bind(Index, Copy, 0, Error))
      return describe(C.Text, Error);
    if (C.HasRange && (C.From > C.To || C.To > B->Count))
      return describe(C.Text, {0, B->shown() + " has " + std::to_string(B->Count) + " elements: the range is no part"});
  }
  return "";
}

std::string Session::attach(Backend &Backend, const ImagePart &Part) {
  B = &Backend;
  std::vector<std::string> Names = B->kernels();
  ImageInfo Info;
  if (Names.empty() && describeImage(Part, Info).empty())
    forEachImage(Info, [&](const ImageInfo &I) {
      for (const ImageKernel &K : I.Kernels)
        if (std::find(Names.begin(), Names.end(), K.Name) == Names.end())
          Names.push_back(K.Name);
    });
  for (size_t I = 0; I < S.Launches.size(); ++I) {
    const SourceText &Wanted = S.Launches[I].Kernel;
    std::vector<std::string> Matches = matchKernels(Names, Wanted.Value);
    if (Matches.size() > 1)
      return describe(Wanted, {0, "'" + Wanted.Value + "' is the name of several kernels: " + join(Matches)});
    std::string Why = Matches.size() == 1 ? B->findKernel(Matches[0], Kernels[I]) : "none";
    if (Why.compare(0, 13, "unsupported: ") == 0)
      return Why;
    bool Found = Why.empty();
    // A driver that cannot enumerate, or kernels inside compressed entries: ask by name.
    for (const std::string &Try : {Wanted.Value, encode(Wanted.Value)})
      if (!Found && Names.empty())
        Found = B->findKernel(Try, Kernels[I]).empty();
    if (!Found)
      return describe(Wanted, {0, "no kernel '" + Wanted.Value + "' in the image; it has: " + join(Names)});
    std::string Message = checkParameters(I, Part);
    if (!Message.empty())
      return Message;
  }
  return attachVariables(Part);
}

std::string Session::checkParameters(size_t Index, const ImagePart &Part) {
  KernelInfo &K = Kernels[Index];
  if (!K.ParamsKnown) {
    ImageInfo Info;
    if (describeImage(Part, Info).empty())
      forEachImage(Info, [&](const ImageInfo &I) {
        for (const ImageKernel &Other : I.Kernels) {
          if (K.ParamsKnown || Other.Name != K.DeviceName || !Other.ParamsKnown)
            continue;
          K.ParamsKnown = true;
          for (const ImageKernel::Param &P : Other.Params) {
            K.ParamOffsets.push_back(P.Offset);
            K.ParamSizes.push_back(P.Size);
          }
        }
      });
  }
  if (!K.ParamsKnown)
    return "";
  const std::vector<Argument> &Given = Args[Index].List;
  bool Fits = Given.size() == K.ParamSizes.size();
  for (size_t I = 0; Fits && I < Given.size(); ++I)
    Fits = Given[I].Bytes.size() == K.ParamSizes[I];
  if (Fits)
    return "";
  std::string Text = "kernel '" + S.Launches[Index].Kernel.Value + "' takes " + std::to_string(K.ParamSizes.size()) +
                     " parameter" + (K.ParamSizes.size() == 1 ? "" : "s") + ", and what is given does not fit (" +
                     std::to_string(Given.size()) + " argument" + (Given.size() == 1 ? "" : "s") + "):";
  for (size_t I = 0; I < std::max(Given.size(), K.ParamSizes.size()); ++I) {
    Text += "\n  parameter " + std::to_string(I) + ": ";
    if (I < K.ParamSizes.size())
      Text += std::to_string(K.ParamSizes[I]) + " bytes at offset " + std::to_string(K.ParamOffsets[I]);
    else
      Text += "none";
    Text += "; given ";
    if (I < Given.size())
      Text += std::to_string(Given[I].Bytes.size()) + " bytes: " + S.Launches[Index].Args[I].Text.Value;
    else
      Text += "nothing";
  }
  return Text;
}

/// By device name, by source name, or by C++ name where the image can be read.
std::string Session::findVariable(const std::string &Wanted, const ImagePart &Part, uint64_t &Address, uint64_t &Size) {
  std::string Error = B->findVariable(Wanted, Address, Size);
  if (Error.empty() || B->findVariable(encode(Wanted), Address, Size).empty())
    return "";
  std::vector<std::string> Names;
  ImageInfo Info;
  if (describeImage(Part, Info).empty())
    forEachImage(Info, [&](const ImageInfo &I) {
      for (const ImageVariable &V : I.Variables)
        if (std::find(Names.begin(), Names.end(), V.Name) == Names.end())
          Names.push_back(V.Name);
    });
  for (const auto &V : B->variables())
    if (std::find(Names.begin(), Names.end(), V.first) == Names.end())
      Names.push_back(V.first);
  std::vector<std::string> Matches = matchKernels(Names, Wanted);
  return Matches.size() == 1 ? B->findVariable(Matches[0], Address, Size) : Error;
}

std::string Session::attachVariables(const ImagePart &Part) {
  for (size_t I = 0; I < Writes.size(); ++I)
    for (size_t W = 0; W < Writes[I].size(); ++W) {
      Write &Wr = Writes[I][W];
      const GivenSpec &G = S.Launches[I].Vars[W];
      uint64_t Size = 0;
      std::string Error = findVariable(Wr.Name, Part, Wr.Address, Size);
      if (!Error.empty())
        return describe(G.Text, {0, Error});
      uint64_t Given = Wr.Elements ? Wr.Elements->bytes() : Wr.Value.Bytes.size();
      // A buffer that is larger than a pointer variable is what the pointer is to point at.
      if (G.S.K == Spec::Buffer && Size == 8 && Given > 8) {
        Wr.Elements->IsVariable = false;
        Wr.Elements->Initial = Wr.Elements->Before = Wr.Value.Bytes;
        Wr.Value.Bytes.assign(8, 0);
        Wr.Value.Pointers = {{0, Wr.Elements}};
        Wr.Owned.Buffers.push_back(Wr.Elements);
        continue;
      }
      if (Given > Size)
        return describe(G.Text, {0, "variable '" + Wr.Name + "' has " + std::to_string(Size) + " bytes, and " +
                                        std::to_string(Given) + " are given"});
      if (Wr.Elements)
        Wr.Elements->Address = Wr.Address;
    }
  return "";
}

std::vector<std::shared_ptr<Buffer>> Session::allBuffers(size_t Index) const {
  std::vector<std::shared_ptr<Buffer>> Out = Args[Index].Buffers;
  for (const Write &W : Writes[Index])
    for (const auto &Bf : W.Owned.Buffers)
      Out.push_back(Bf);
  return Out;
}

/// Puts everything on the device that is not there; on a repeated run restores it.
std::string Session::copyInAll(size_t Index, bool First) {
  std::string Error;
  for (const auto &Bf : allBuffers(Index)) {
    bool Fresh = !Bf->Address;
    if (Fresh)
      Error = B->allocate(Bf->bytes(), Bf->shown(), Bf->Address);
    if (Error.empty() && (Fresh || !First))
      Error = B->copyIn(Bf->Address, Bf->Before.data(), Bf->bytes());
    if (!Error.empty())
      return Error;
  }
  if (!First)
    for (const auto &V : VariableOrder)
      if (V->IsVariable && V->Address && !(Error = B->copyIn(V->Address, V->Before.data(), V->bytes())).empty())
        return Error;
  for (Write &W : Writes[Index]) {
    W.Value.patch();
    if (!W.Value.Bytes.empty() && !(Error = B->copyIn(W.Address, W.Value.Bytes.data(), W.Value.Bytes.size())).empty())
      return Error;
  }
  for (Argument &A : Args[Index].List)
    A.patch();
  return "";
}

/// The values before the launch, of what an earlier launch may have changed.
std::string Session::readBefore(size_t Index) {
  std::vector<std::shared_ptr<Buffer>> All = allBuffers(Index);
  All.insert(All.end(), VariableOrder.begin(), VariableOrder.end());
  for (const auto &N : Named)
    All.push_back(N.second);
  for (const auto &Bf : All) {
    Bf->Before.resize(Bf->bytes());
    std::string Error = Bf->Address ? B->copyOut(Bf->Before.data(), Bf->Address, Bf->bytes()) : "";
    if (!Error.empty())
      return Error;
  }
  return "";
}

std::string Session::run(size_t Index, unsigned TimeRuns, std::vector<double> &Times) {
  const Launch &L = S.Launches[Index];
  B->clearException();
  std::string Error = copyInAll(Index, true);
  if (Error.empty())
    Error = readBefore(Index);
  if (!Error.empty())
    return Error;
  std::vector<void *> Params;
  std::vector<uint64_t> Sizes;
  for (Argument &A : Args[Index].List) {
    Params.push_back(A.Bytes.data());
    Sizes.push_back(A.Bytes.size());
  }
  // With --time, one launch warms up, and each starts from the same values.
  for (unsigned Run = 0; Run <= TimeRuns; ++Run) {
    if (Run && !(Error = copyInAll(Index, false)).empty())
      return Error;
    double Milliseconds = 0;
    Error = B->launch(Kernels[Index].DeviceName, L.Config, Params.data(), Sizes, Milliseconds);
    const cordon_exception_record *Record = B->exceptionRecord();
    if (!Error.empty() || (Record && Record->status != CORDON_RECORD_FREE))
      return Error.empty() ? "the kernel ended with an exception" : Error;
    if (Run)
      Times.push_back(Milliseconds);
  }
  std::vector<std::shared_ptr<Buffer>> All = allBuffers(Index);
  All.insert(All.end(), VariableOrder.begin(), VariableOrder.end());
  for (const auto &N : Named)
    All.push_back(N.second);
  for (const auto &Bf : All) {
    Bf->After.resize(Bf->bytes());
    Error = Bf->Address ? B->copyOut(Bf->After.data(), Bf->Address, Bf->bytes()) : "";
    if (!Error.empty())
      return Error;
    if (!Bf->Address)
      Bf->After = Bf->Before;
  }
  return "";
}

void Session::release() {
  std::vector<std::shared_ptr<Buffer>> All;
  for (size_t I = 0; I < Args.size(); ++I)
    for (const auto &Bf : allBuffers(I))
      All.push_back(Bf);
  for (const auto &Bf : All)
    if (Bf->Address && !Bf->IsVariable) {
      B->release(Bf->Address);
      Bf->Address = 0;
    }
}
