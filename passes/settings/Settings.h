//===- settings/Settings.h - pass parameters and options --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One table per pass: parameter name, accepted values, how it sets the option struct. The plugin's `<a;b=c>` text, the
// `-cordon-PASS-NAME=` options and the driver's flags all go through these tables.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SETTINGS_SETTINGS_H
#define CORDON_SETTINGS_SETTINGS_H

#include "cordon/Passes.h"
#include <functional>

namespace cordon {

template <typename OptionsT> struct Setting {
  llvm::StringLiteral Name;
  llvm::StringLiteral Values; ///< for messages: "text|json|sarif|html", "FILE"
  std::function<llvm::Error(OptionsT &, llvm::StringRef)> Set;
};

llvm::ArrayRef<Setting<DetectOptions>> detectSettings();
llvm::ArrayRef<Setting<QuarantineOptions>> quarantineSettings();
llvm::ArrayRef<Setting<PrepareDeviceOptions>> prepareDeviceSettings();
llvm::ArrayRef<Setting<LinkRuntimeOptions>> linkRuntimeSettings();
llvm::ArrayRef<Setting<LowerOptions>> lowerSettings();
llvm::ArrayRef<Setting<EmbedOptions>> embedSettings();
llvm::ArrayRef<Setting<CordonOptions>> cordonSettings();

/// Sets one parameter by name. A wrong name or value is an error that names the right ones.
template <typename OptionsT>
llvm::Error applySetting(llvm::ArrayRef<Setting<OptionsT>> Table, llvm::StringRef Pass, OptionsT &Opts,
                         llvm::StringRef Name, llvm::StringRef Value) {
  for (const Setting<OptionsT> &S : Table)
    if (S.Name == Name)
      return S.Set(Opts, Value);
  std::string Known;
  for (const Setting<OptionsT> &S : Table)
    Known += (Known.empty() ? "" : ", ") + S.Name.str();
  return llvm::createStringError("%s: no parameter '%s'; it takes %s", Pass.str().c_str(), Name.str().c_str(),
                                 Known.c_str());
}

/// Parses "a;b=c" on top of \p Opts.
template <typename OptionsT>
llvm::Error parseSettings(llvm::ArrayRef<Setting<OptionsT>> Table, llvm::StringRef Pass, OptionsT &Opts,
                          llvm::StringRef Text) {
  while (!Text.empty()) {
    auto [Param, Rest] = Text.split(';');
    Text = Rest;
    if (Param.empty())
      continue;
    auto [Name, Value] = Param.split('=');
    if (llvm::Error E = applySetting(Table, Pass, Opts, Name, Value))
      return E;
  }
  return llvm::Error::success();
}

} // namespace cordon

#endif // CORDON_SETTINGS_SETTINGS_H
