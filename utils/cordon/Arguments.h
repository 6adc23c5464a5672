//===- cordon/Arguments.h - the driver's command line -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's cl library would offer the options of all of libLLVM and exit with 1 on a mistake, where 2 is promised; the
// driver's flags are the passes' settings by name, so this is a thin layer over their tables.
//===----------------------------------------------------------------------===//
#ifndef CORDON_UTILS_ARGUMENTS_H
#define CORDON_UTILS_ARGUMENTS_H

#include "settings/Settings.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace cordon::driver {

struct Arguments {
  std::vector<std::string> Files;
  std::string Output; ///< -o; empty where not given
  std::optional<unsigned> OptLevel; ///< -O0 to -O3
  struct Flag {
    std::string Name, Value;
    bool HasValue;
  };
  std::vector<Flag> Flags; ///< --NAME=VALUE, in order

  /// The last --NAME's value; none where it was not given.
  std::optional<std::string> value(llvm::StringRef Name) const;
  bool has(llvm::StringRef Name) const { return value(Name).has_value(); }
  /// Applies all flags that \p Table knows, under names of its own; the rest is left alone. Repeated flags of a list add up.
  template <typename T> llvm::Error apply(llvm::ArrayRef<Setting<T>> Table, T &Opts) const {
    for (const Setting<T> &S : Table)
      if (std::optional<std::string> V = value(S.Name))
        if (llvm::Error E = S.Set(Opts, *V))
          return E;
    return llvm::Error::success();
  }
};

/// A flag that a command takes.
struct FlagInfo {
  llvm::StringLiteral Name;
  llvm::StringLiteral Values; ///< empty: takes none
  llvm::StringLiteral Help;
  bool List = false; ///< may be repeated; values are joined by ':'
};

/// Parses what comes after the command's name.
llvm::Expected<Arguments> parseArguments(llvm::StringRef Command, llvm::ArrayRef<const char *> Argv,
                                         llvm::ArrayRef<FlagInfo> Known);

} // namespace cordon::driver

#endif // CORDON_UTILS_ARGUMENTS_H
