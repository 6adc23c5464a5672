//===- cordon/Arguments.cpp - parsing the driver's command line -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Arguments.h"
#include "cordon/Toolchain.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace cordon::driver {

std::optional<std::string> Arguments::value(StringRef Name) const {
  std::optional<std::string> Result;
  for (const Flag &F : Flags)
    if (F.Name == Name)
      Result = F.Value;
  return Result;
}

namespace {

class Parser {
public:
  Parser(StringRef Command, ArrayRef<const char *> Argv, ArrayRef<FlagInfo> Known)
      : Command(Command), Rest(Argv), Known(Known) {}
  Expected<Arguments> run();

private:
  Error parseLong(StringRef Text);
  Error parseShort(StringRef Text);
  Expected<std::string> next(StringRef Flag) {
    if (Rest.empty())
      return createStringError("'%s' needs a value; see cordon %s --help", Flag.str().c_str(), Command.str().c_str());
    std::string Value = Rest.front();
    Rest = Rest.drop_front();
    return Value;
  }

  StringRef Command;
  ArrayRef<const char *> Rest;
  ArrayRef<FlagInfo> Known;
  Arguments Result;
};

Error Parser::parseLong(StringRef Text) {
  auto [Name, Value] = Text.drop_front(2).split('=');
  bool HasValue = Text.contains('=');
  const FlagInfo *Info = find_if(Known, [&, N = Name](const FlagInfo &F) { return F.Name == N; });
  if (Info == Known.end()) {
    std::string All;
    for (const FlagInfo &F : Known)
      All += (All.empty() ? "--" : ", --") + F.Name.str();
    return createStringError("cordon %s has no flag '--%s'; it takes %s", Command.str().c_str(), Name.str().c_str(),
                             All.c_str());
  }
  std::string Text2 = Value.str();
  if (Info->Values.empty()) {
    if (HasValue)
      return createStringError("'--%s' takes no value", Name.str().c_str());
  } else if (!HasValue) {
    Expected<std::string> V = next(Text);
    if (!V)
      return V.takeError();
    Text2 = *V;
  }
  if (Info->List)
    if (std::optional<std::string> Before = Result.value(Name))
      Text2 = *Before + ":" + Text2;
  Result.Flags.push_back({Name.str(), Text2, HasValue});
  return Error::success();
}

Error Parser::parseShort(StringRef Text) {
  StringRef Name = Text;
  if (Name.consume_front("-O")) {
    unsigned Level = 0;
    if (Name.getAsInteger(10, Level) || Level > 3)
      return createStringError("'%s' is no optimization level; use -O0, -O1, -O2 or -O3", Text.str().c_str());
    Result.OptLevel = Level;
    return Error::success();
  }
  if (Text == "-v") {
    Verbose = true;
    return Error::success();
  }
  if (Name.consume_front("-o")) {
    if (!Result.Output.empty())
      return createStringError("more than one -o was given");
    if (!Name.empty()) {
      Result.Output = Name.str();
      return Error::success();
    }
    Expected<std::string> V = next("-o");
    if (!V)
      return V.takeError();
    Result.Output = *V;
    return Error::success();
  }
  return createStringError("cordon %s has no flag '%s'; see cordon %s --help", Command.str().c_str(),
                           Text.str().c_str(), Command.str().c_str());
}

Expected<Arguments> Parser::run() {
  bool FilesOnly = false;
  while (!Rest.empty()) {
    StringRef Text = Rest.front();
    Rest = Rest.drop_front();
    Error E = Error::success();
    if (FilesOnly || Text == "-" || !Text.starts_with("-"))
      Result.Files.push_back(Text.str());
    else if (Text == "--")
      FilesOnly = true;
    else
      E = joinErrors(std::move(E), Text.starts_with("--") ? parseLong(Text) : parseShort(Text));
    if (E)
      return Expected<Arguments>(std::move(E));
  }
  if (std::optional<std::string> Path = Result.value("cuda-path"))
    setCudaPath(*Path);
  return Result;
}

} // namespace

Expected<Arguments> parseArguments(StringRef Command, ArrayRef<const char *> Argv, ArrayRef<FlagInfo> Known) {
  return Parser(Command, Argv, Known).run();
}

} // namespace cordon::driver
