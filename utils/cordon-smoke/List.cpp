//===- cordon-smoke/List.cpp - --list -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints images, kernels and variables. Bitcode is read through the CPU backend, which has an LLVM; without it a bitcode
// image is listed by its kind alone.
//===----------------------------------------------------------------------===//
#include "List.h"
#include "Runner.h"
#include "Session.h"

#include <cstdio>

using namespace cordon::smoke;

namespace {
std::string dimensions(const std::vector<uint32_t> &V) {
  return std::to_string(V[0]) + "x" + std::to_string(V[1]) + "x" + std::to_string(V[2]);
}

std::string kernelText(const ImageKernel &K, const std::string &Indent) {
  std::string Out = Indent + "kernel " + sourceName(K.Name);
  if (sourceName(K.Name) != K.Name)
    Out += " [" + K.Name + "]";
  std::string Separator = ": ";
  auto Add = [&](const std::string &Text) {
    Out += Separator + Text;
    Separator = ", ";
  };
  if (K.Registers >= 0)
    Add(std::to_string(K.Registers) + " registers");
  if (K.SharedBytes >= 0)
    Add(std::to_string(K.SharedBytes) + " bytes of shared memory");
  if (K.LocalBytes > 0)
    Add(std::to_string(K.LocalBytes) + " bytes of stack");
  if (!K.NeededThreads.empty())
    Add("block " + dimensions(K.NeededThreads));
  if (!K.MaxThreads.empty())
    Add("block up to " + dimensions(K.MaxThreads));
  if (!K.ParamsKnown)
    return Out + "\n" + Indent + "  parameters: not known\n";
  Out += "\n";
  if (K.Params.empty())
    Out += Indent + "  no parameters\n";
  for (size_t I = 0; I < K.Params.size(); ++I)
    Out += Indent + "  parameter " + std::to_string(I) + ": offset " + std::to_string(K.Params[I].Offset) + ", " +
           std::to_string(K.Params[I].Size) + " bytes\n";
  return Out;
}

std::string imageText(const ImageInfo &I, const std::string &Indent) {
  std::string Out = Indent + nameOf(I.Kind);
  for (const std::string &Part : {I.Where, I.Arch, I.Version, I.Note})
    if (!Part.empty())
      Out += ", " + Part;
  Out += "\n";
  for (const ImageKernel &K : I.Kernels)
    Out += kernelText(K, Indent + "  ");
  for (const ImageVariable &V : I.Variables)
    Out += Indent + "  variable " + sourceName(V.Name) + ": " + std::to_string(V.Size) + " bytes, " + V.Space + "\n";
  for (const ImageInfo &E : I.Entries)
    Out += imageText(E, Indent + "  ");
  return Out;
}

std::string kernelJson(const ImageKernel &K) {
  std::string Out = "{\"name\": " + jsonString(sourceName(K.Name)) + ", \"deviceName\": " + jsonString(K.Name);
  if (K.Registers >= 0)
    Out += ", \"registers\": " + std::to_string(K.Registers);
  if (K.SharedBytes >= 0)
    Out += ", \"sharedBytes\": " + std::to_string(K.SharedBytes);
  if (K.LocalBytes >= 0)
    Out += ", \"localBytes\": " + std::to_string(K.LocalBytes);
  auto Add = [&](const char *Key, const std::vector<uint32_t> &V) {
    if (!V.empty())
      Out += std::string(", \"") + Key + "\": [" + std::to_string(V[0]) + ", " + std::to_string(V[1]) + ", " +
             std::to_string(V[2]) + "]";
  };
  Add("requiredBlock", K.NeededThreads);
  Add("maxBlock", K.MaxThreads);
  if (K.ParamsKnown) {
    Out += ", \"parameters\": [";
    for (size_t I = 0; I < K.Params.size(); ++I)
      Out += std::string(I ? ", " : "") + "{\"offset\": " + std::to_string(K.Params[I].Offset) +
             ", \"size\": " + std::to_string(K.Params[I].Size) + "}";
    Out += "]";
  }
  return Out + "}";
}

std::string imageJson(const ImageInfo &I) {
  std::string Out = "{\"kind\": " + jsonString(nameOf(I.Kind));
  const std::pair<const char *, std::string> Texts[] = {
      {"where", I.Where}, {"arch", I.Arch}, {"version", I.Version}, {"note", I.Note}};
  for (const auto &T : Texts)
    if (!T.second.empty())
      Out += std::string(", \"") + T.first + "\": " + jsonString(T.second);
  Out += ", \"kernels\": [";
  for (size_t K = 0; K < I.Kernels.size(); ++K)
    Out += (K ? ", " : "") + kernelJson(I.Kernels[K]);
  Out += "], \"variables\": [";
  for (size_t V = 0; V < I.Variables.size(); ++V)
    Out += std::string(V ? ", " : "") + "{\"name\": " + jsonString(sourceName(I.Variables[V].Name)) +
           ", \"space\": " + jsonString(I.Variables[V].Space) + ", \"size\": " + std::to_string(I.Variables[V].Size) + "}";
  Out += "], \"entries\": [";
  for (size_t E = 0; E < I.Entries.size(); ++E)
    Out += (E ? ", " : "") + imageJson(I.Entries[E]);
  return Out + "]}";
}

/// Asks the CPU backend what a bitcode image holds.
void describeBitcode(const ImagePart &Part, const std::string &Path, ImageInfo &Out) {
  std::string Why;
  std::unique_ptr<Backend> B = createCpuBackend(BackendOptions(), Why);
  if (B)
    Why = B->load(Part.Bytes.data(), Part.Bytes.size(), Path);
  if (!Why.empty()) {
    Out.Note = "kernels not known: " + Why;
    return;
  }
  for (const std::string &Name : B->kernels()) {
    ImageKernel K;
    K.Name = Name;
    KernelInfo Info;
    (void)B->findKernel(Name, Info); // what cannot run is listed all the same
    if (Info.ParamsKnown) {
      K.ParamsKnown = true;
      for (size_t I = 0; I < Info.ParamSizes.size() && I < Info.ParamOffsets.size(); ++I)
        K.Params.push_back({Info.ParamOffsets[I], Info.ParamSizes[I]});
    }
    Out.Kernels.push_back(std::move(K));
  }
  for (const auto &V : B->variables())
    Out.Variables.push_back({V.first, B->variableSpace(V.first), V.second});
}
} // namespace

std::string cordon::smoke::listImages(const std::vector<std::string> &Paths, bool Json) {
  std::string Text;
  for (const std::string &Path : Paths) {
    std::vector<uint8_t> Data;
    std::vector<ImagePart> Parts;
    std::string Error = readFile(Path, Data);
    if (Error.empty())
      Error = findImages(Data, Path, Parts);
    if (!Error.empty())
      return Error;
    Text += Json ? (Text.empty() ? "" : ",\n") + std::string("  {\"file\": ") + jsonString(Path) + ", \"images\": ["
                 : Path + ":\n";
    for (size_t I = 0; I < Parts.size(); ++I) {
      ImageInfo Info;
      Error = describeImage(Parts[I], Info);
      if (!Error.empty())
        return "'" + Path + "': " + (Parts[I].Where.empty() ? "" : Parts[I].Where + ": ") + Error;
      if (Parts[I].Kind == ImageKind::Bitcode)
        describeBitcode(Parts[I], Path, Info);
      Text += Json ? (I ? ", " : "") + imageJson(Info) : imageText(Info, "  ");
    }
    Text += Json ? "]}" : "";
  }
  if (Json)
    Text = "{\"version\": 1, \"files\": [\n" + Text + "]}\n";
  std::fwrite(Text.data(), 1, Text.size(), stdout);
  return "";
}
