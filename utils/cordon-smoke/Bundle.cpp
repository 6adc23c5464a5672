//===- cordon-smoke/Bundle.cpp - --bundle ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test of a bundle is a folder with test.spec and the images and data that it names, under their own names; paths in
// the copied spec are rewritten to those names. The script `run` takes every folder, so that others can add tests: it
// also runs an executable file `cmd` (0 passed, 77 skipped).
//===----------------------------------------------------------------------===//
#include "Bundle.h"
#include "BundleRun.inc" // RunScript: the text of bundle-run.py
#include "Script.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <sys/stat.h>

using namespace cordon::smoke;

namespace {
mode_t umaskBits() {
  mode_t Mask = umask(0);
  umask(Mask);
  return Mask;
}

std::string writeWithMode(const std::string &Path, const void *Data, size_t Size, mode_t Mode) {
  std::string Error = cordon::smoke::writeFile(Path, Data, Size);
  if (Error.empty() && chmod(Path.c_str(), Mode & ~umaskBits()) != 0)
    Error = "cannot write '" + Path + "': " + std::strerror(errno);
  return Error;
}

std::string makeFolder(const std::string &Path) {
  for (size_t At = 1; At <= Path.size(); ++At)
    if (At == Path.size() || Path[At] == '/')
      if (mkdir(Path.substr(0, At).c_str(), 0777) != 0 && errno != EEXIST)
        return "cannot make the folder '" + Path.substr(0, At) + "': " + std::strerror(errno);
  return "";
}

std::string baseName(const std::string &Path) { return Path.substr(Path.rfind('/') + 1); }

/// Paths that specs of any kind read.
void collectFiles(const Spec &S, std::vector<std::string> &Out) {
  if ((S.K == Spec::Buffer || S.K == Spec::Array) && S.How.K == Fill::File)
    Out.push_back(S.How.Path);
  for (const Spec &F : S.Fields)
    collectFiles(F, Out);
}

std::vector<std::string> filesOf(const Script &S) {
  std::vector<std::string> Out;
  for (const SourceText &Image : S.Images)
    Out.push_back(Image.Value);
  for (const GivenSpec &G : S.Buffers)
    collectFiles(G.S, Out);
  for (const Launch &L : S.Launches) {
    for (const GivenSpec &G : L.Args)
      collectFiles(G.S, Out);
    for (const GivenSpec &G : L.Vars)
      collectFiles(G.S, Out);
    for (const Check &C : L.Checks)
      if (!C.File.empty())
        Out.push_back(C.File);
  }
  return Out;
}

/// Replaces whole paths: an occurrence counts if it stands at the start of a value.
std::string replacePath(std::string Text, const std::string &From, const std::string &To) {
  for (size_t At = 0; (At = Text.find(From, At)) != std::string::npos; At += To.size()) {
    char Before = At ? Text[At - 1] : '\n', After = At + From.size() < Text.size() ? Text[At + From.size()] : '\n';
    if (!std::strchr("= \t\n", Before) || !std::strchr(", }\t\r\n", After))
      continue;
    Text.replace(At, From.size(), To);
  }
  return Text;
}

std::string addTest(const std::string &Folder, const std::string &Path) {
  Script S;
  std::string Error = readSpecFile(Path, S);
  if (Error.empty())
    Error = finishScript(S);
  if (Error.empty())
    Error = makeFolder(Folder);
  std::vector<uint8_t> Data;
  if (Error.empty())
    Error = readFile(Path, Data);
  if (!Error.empty())
    return Error;
  std::string Text(Data.begin(), Data.end());
  std::map<std::string, std::string> Names; // path as written, to the name in the folder
  std::map<std::string, unsigned> Taken;
  for (const std::string &File : filesOf(S)) {
    if (Names.count(File))
      continue;
    std::string Name = baseName(File);
    if (unsigned N = Taken[Name]++)
      Name = std::to_string(N) + "-" + Name;
    Error = readFile(joinPath(S.Folder, File), Data);
    if (Error.empty())
      Error = writeWithMode(Folder + "/" + Name, Data.data(), Data.size(), 0666);
    if (!Error.empty())
      return Path + ": " + Error;
    Names[File] = Name;
  }
  // Longer paths first: one may end another.
  std::vector<std::pair<std::string, std::string>> Order(Names.begin(), Names.end());
  for (size_t I = 0; I < Order.size(); ++I)
    for (size_t K = I + 1; K < Order.size(); ++K)
      if (Order[K].first.size() > Order[I].first.size())
        std::swap(Order[I], Order[K]);
  for (const auto &N : Order)
    Text = replacePath(Text, N.first, N.second);
  return writeWithMode(Folder + "/test.spec", Text.data(), Text.size(), 0666);
}
} // namespace

std::string cordon::smoke::makeBundle(const std::string &Dir, const std::vector<std::string> &Specs) {
  std::string Error = makeFolder(Dir + "/tests");
  std::vector<uint8_t> Self;
  if (Error.empty())
    Error = readFile("/proc/self/exe", Self);
  if (Error.empty())
    Error = writeWithMode(Dir + "/cordon-smoke", Self.data(), Self.size(), 0777);
  if (Error.empty())
    Error = writeWithMode(Dir + "/run", RunScript, sizeof(RunScript) - 1, 0777);
  std::map<std::string, unsigned> Taken;
  for (const std::string &Path : Specs) {
    if (!Error.empty())
      return Error;
    std::string Name = baseName(Path);
    if (Name.size() > 5 && Name.compare(Name.size() - 5, 5, ".spec") == 0)
      Name.resize(Name.size() - 5);
    if (unsigned N = Taken[Name]++)
      Name += "-" + std::to_string(N);
    Error = addTest(Dir + "/tests/" + Name, Path);
  }
  return Error;
}
