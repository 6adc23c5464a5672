//===- cordon-smoke/Runner.h - running scripts ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes a script from its images to its result: chooses the backend and the image, runs, compares.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_RUNNER_H
#define CORDON_SMOKE_RUNNER_H

#include "Report.h"

namespace cordon::smoke {

/// Runs a script; with \p Text each launch is printed as it ends. A failed launch leaves the process with a device that
/// cannot be used: the caller ends it with _exit.
ScriptResult runScript(const Script &S, bool Text);

/// Loads libcordon-cpu.so from beside the executable or from ../lib. Null with \p Why set where that fails.
std::unique_ptr<Backend> createCpuBackend(const BackendOptions &Options, std::string &Why);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_RUNNER_H
