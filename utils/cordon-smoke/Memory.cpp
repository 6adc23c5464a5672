//===- cordon-smoke/Memory.cpp - the bytes that a spec stands for ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fills and struct layout. Random fills depend on the seed and the element's index alone (SplitMix64), so that they are
// the same on every machine: integers get all bits, floats lie in [0, 1) with as many bits as their type holds exactly.
//===----------------------------------------------------------------------===//
#include "Memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace cordon::smoke;

void Argument::patch() {
  for (const Pointer &P : Pointers)
    std::memcpy(Bytes.data() + P.Offset, &P.To->Address, 8);
}

std::string cordon::smoke::joinPath(const std::string &Folder, const std::string &Path) {
  return Folder.empty() || Path.empty() || Path[0] == '/' ? Path : Folder + "/" + Path;
}

std::string cordon::smoke::readFile(const std::string &Path, std::vector<uint8_t> &Out) {
  struct stat Info;
  if (stat(Path.c_str(), &Info) != 0)
    return "cannot read '" + Path + "': " + std::strerror(errno);
  if (S_ISDIR(Info.st_mode))
    return "cannot read '" + Path + "': it is a folder";
  FILE *F = std::fopen(Path.c_str(), "rb");
  if (!F)
    return "cannot read '" + Path + "': " + std::strerror(errno);
  Out.clear();
  uint8_t Chunk[65536];
  size_t N;
  while ((N = std::fread(Chunk, 1, sizeof(Chunk), F)) > 0)
    Out.insert(Out.end(), Chunk, Chunk + N);
  bool Bad = std::ferror(F);
  std::fclose(F);
  return Bad ? "cannot read '" + Path + "'" : "";
}

std::string cordon::smoke::writeFile(const std::string &Path, const void *Data, size_t Size) {
  std::string Temporary = Path + ".tmp";
  FILE *F = std::fopen(Temporary.c_str(), "wb");
  bool Ok = F && std::fwrite(Data, 1, Size, F) == Size;
  if (F && std::fclose(F) != 0)
    Ok = false;
  if (Ok && std::rename(Temporary.c_str(), Path.c_str()) == 0)
    return "";
  std::string Error = "cannot write '" + Path + "': " + std::strerror(errno);
  unlink(Temporary.c_str());
  return Error;
}

static uint64_t splitMix(uint64_t X) {
  X += 0x9e3779b97f4a7c15ull;
  X = (X ^ (X >> 30)) * 0xbf58476d1ce4e5b9ull;
  X = (X ^ (X >> 27)) * 0x94d049bb133111ebull;
  return X ^ (X >> 31);
}

static Number randomElement(ScalarType T, uint64_t Seed, uint64_t I) {
  uint64_t Bits = splitMix(splitMix(Seed) + I);
  unsigned Precision = T == ScalarType::F64 ? 53 : T == ScalarType::F32 ? 24 : T == ScalarType::F16 ? 11 : 8;
  if (!isFloating(T))
    return Number::fromUnsigned(Bits);
  double Scale = 1.0 / static_cast<double>(uint64_t(1) << Precision);
  return Number::fromDouble(static_cast<double>(Bits >> (64 - Precision)) * Scale);
}

/// Numbers in a text file, separated by blanks, commas or lines.
static std::string readTextElements(const Spec &S, const std::string &Path, const std::vector<uint8_t> &Data,
                                    std::vector<uint8_t> &Out) {
  uint64_t N = 0, Line = 1;
  for (size_t At = 0; At < Data.size();) {
    if (std::strchr(" \t\r\n,", Data[At]) || !Data[At]) {
      Line += Data[At++] == '\n';
      continue;
    }
    size_t End = At;
    while (End < Data.size() && Data[End] && !std::strchr(" \t\r\n,", Data[End]))
      ++End;
    std::string Word(Data.begin() + At, Data.begin() + End);
    At = End;
    if (N == S.Count)
      return "'" + Path + "' has more than " + std::to_string(S.Count) + " numbers";
    std::string Error = parseLiteral(S.Type, Word, Out.data() + N++ * sizeOf(S.Type));
    if (!Error.empty())
      return Path + ":" + std::to_string(Line) + ": " + Error;
  }
  return N == S.Count ? "" : "'" + Path + "' has " + std::to_string(N) + " numbers, not " + std::to_string(S.Count);
}

static std::string readElements(const Spec &S, const std::string &Path, std::vector<uint8_t> &Out) {
  std::vector<uint8_t> Data;
  std::string Error = readFile(Path, Data);
  if (!Error.empty())
    return Error;
  if (Path.size() > 4 && Path.compare(Path.size() - 4, 4, ".txt") == 0)
    return readTextElements(S, Path, Data, Out);
  if (Data.size() != Out.size())
    return "'" + Path + "' has " + std::to_string(Data.size()) + " bytes, but " + std::to_string(S.Count) +
           " elements of " + nameOf(S.Type) + " are " + std::to_string(Out.size());
  Out = std::move(Data);
  return "";
}

std::string cordon::smoke::fillElements(const Spec &S, const std::string &Folder, std::vector<uint8_t> &Out) {
  unsigned Size = sizeOf(S.Type);
  uint64_t Bytes = S.Count * Size;
  uint64_t Memory = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (Bytes > Memory / 4)
    return std::to_string(S.Count) + " elements of " + nameOf(S.Type) + " are too many for this machine's memory";
  Out.assign(Bytes, 0);
  switch (S.How.K) {
  case Fill::Zero:
  case Fill::Keep:
    return "";
  case Fill::File:
    return readElements(S, joinPath(Folder, S.How.Path), Out);
  default:
    break;
  }
  for (uint64_t I = 0; I < S.Count; ++I) {
    uint8_t *At = Out.data() + I * Size;
    if (S.How.K == Fill::Value) {
      std::memcpy(At, S.How.Bytes, Size);
    } else if (S.How.K == Fill::Iota) {
      storeElement(S.Type, At, Number::fromInt(static_cast<int64_t>(I)));
    } else if (S.How.K == Fill::Random) {
      storeElement(S.Type, At, randomElement(S.Type, S.How.Seed, I));
    } else {
      Number N;
      std::string Error;
      if (!S.How.Made->evaluate(I, isFloating(S.Type), N, Error))
        return "element " + std::to_string(I) + ": the expression " + Error;
      storeElement(S.Type, At, N);
    }
  }
  return "";
}

namespace {
struct Builder {
  const NamedBuffers &Named;
  const std::string &Folder;
  Arguments &Out;
  TextError &Error;

  bool fail(const Spec &S, std::string Message) {
    Error = {S.Offset, std::move(Message)};
    return false;
  }

  bool add(const Spec &S, const std::string &Path, uint64_t Offset, Argument &A) {
    if (A.Bytes.size() < Offset + S.size())
      A.Bytes.resize(Offset + S.size());
    switch (S.K) {
    case Spec::Null:
      return true;
    case Spec::Scalar: {
      std::memcpy(A.Bytes.data() + Offset, S.Value, sizeOf(S.Type));
      ScalarValue V{S.Type, {}};
      std::memcpy(V.Bytes, S.Value, 8);
      Out.Scalars[Path] = V;
      return true;
    }
    case Spec::Array: {
      std::vector<uint8_t> Bytes;
      std::string E = fillElements(S, Folder, Bytes);
      if (!E.empty())
        return fail(S, E);
      std::copy(Bytes.begin(), Bytes.end(), A.Bytes.begin() + static_cast<ptrdiff_t>(Offset));
      auto &Value = Out.Arrays[Path] = std::make_shared<Buffer>();
      Value->Type = S.Type;
      Value->Count = S.Count;
      Value->Before = std::move(Bytes);
      return true;
    }
    case Spec::Named: {
      auto It = Named.find(S.Name);
      if (It == Named.end())
        return fail(S, "no buffer '" + S.Name + "' (declare it with --buffer=" + S.Name + ":buf:TYPE:COUNT:FILL)");
      A.Pointers.push_back({Offset, It->second});
      for (const auto &B : Out.Buffers)
        if (B == It->second)
          return true;
      Out.Buffers.push_back(It->second);
      return true;
    }
    case Spec::Buffer: {
      auto B = std::make_shared<Buffer>();
      B->Path = Path;
      B->Type = S.Type;
      B->Count = S.Count;
      std::string E = fillElements(S, Folder, B->Initial);
      if (!E.empty())
        return fail(S, E);
      A.Pointers.push_back({Offset, B});
      Out.Buffers.push_back(B);
      return true;
    }
    case Spec::Struct:
      for (size_t I = 0; I < S.Fields.size(); ++I)
        if (!add(S.Fields[I], Path + "." + std::to_string(I), Offset + fieldOffset(S, I), A))
          return false;
      return true;
    }
    return true;
  }
};
} // namespace

bool cordon::smoke::addArgument(const Spec &S, const NamedBuffers &Named, const std::string &Folder, Arguments &Out,
                                TextError &Error) {
  // The largest parameter space that PTX has (PTX ISA 8.1, 32764 bytes); also keeps arrays by value small.
  if (S.size() > 32764) {
    Error = {S.Offset, "a parameter of " + std::to_string(S.size()) + " bytes; kernels take at most 32764"};
    return false;
  }
  Argument A;
  std::string Path = std::to_string(Out.List.size());
  if (!Builder{Named, Folder, Out, Error}.add(S, Path, 0, A))
    return false;
  Out.List.push_back(std::move(A));
  return true;
}
