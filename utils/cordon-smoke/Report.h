//===- cordon-smoke/Report.h - what came out --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The results of scripts, and their forms: text for people and FileCheck, JSON, JUnit XML.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_REPORT_H
#define CORDON_SMOKE_REPORT_H

#include "Script.h"

namespace cordon::smoke {

struct PrintResult {
  std::string Name;
  ScalarType Type;
  std::vector<std::string> Values;
};

struct LaunchResult {
  std::string Kernel;
  LaunchConfig Config;
  std::vector<std::string> Args; ///< their specs
  bool Failed = false;
  std::string Error;     ///< of a failed launch
  std::string Exception; ///< one line, where the device left one
  std::string Trace;     ///< reported frames
  bool FailureWanted = false, FailureMatched = false;
  std::string FailureText;
  std::vector<PrintResult> Prints;
  std::vector<CheckResult> Checks;
  std::vector<double> Times; ///< milliseconds
  unsigned Passed = 0, FailedCount = 0;
};

enum ExitCode : int { ExitPassed = 0, ExitFailed = 1, ExitUsage = 2, ExitSkipped = 77 };

struct ScriptResult {
  std::string Name, Backend;
  std::vector<LaunchResult> Launches;
  unsigned FailedBeside = 0; ///< of launches that were not run, and of no launch
  int Exit = ExitPassed;
  std::string Message;     ///< for 2 and 77
  double Seconds = 0;
  unsigned passed() const;
  unsigned failed() const;
};

/// "cordon: exception in kernel 'k', block (x,y,z), thread (x,y,z): message (file:line)".
std::string formatException(const cordon_exception_record &R, const std::string &Kernel);
double median(std::vector<double> Values);

/// Prints one launch as text, as soon as it has ended.
void printLaunch(const LaunchResult &L);
/// One JSON object for all scripts.
std::string toJson(const std::vector<ScriptResult> &Results);
/// A JUnit test suite, a case for each script.
std::string toJUnit(const std::vector<ScriptResult> &Results);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_REPORT_H
