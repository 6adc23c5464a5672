//===- cordon-smoke/Session.h - a script on one backend ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the launches of one script on one backend: makes the arguments, checks that they fit the kernels, copies, launches
// and reads back. Comparing and reporting are others' work.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_SESSION_H
#define CORDON_SMOKE_SESSION_H

#include "Script.h"
#include "images/Image.h"

namespace cordon::smoke {

class Session {
public:
  explicit Session(const Script &S) : S(S) {}

  /// Makes all buffers and parameter bytes, and checks the names in expressions. Returns a full message, or "".
  std::string prepare();
  /// Attaches a backend that has loaded \p Part, and finds kernels and variables. A message means that this image does
  /// not fit the script.
  std::string attach(Backend &B, const ImagePart &Part);
  /// Runs one launch; afterwards the buffers have Before and After. \p Times gets \p TimeRuns device times.
  std::string run(size_t Index, unsigned TimeRuns, std::vector<double> &Times);
  /// Frees what the launches put on the device; not to be called after a failed launch.
  void release();

  /// The buffer that a check or a print names in a launch, or null.
  std::shared_ptr<Buffer> find(size_t Launch, const std::string &Path) const;
  /// What names there are, for messages.
  std::string known(size_t Launch) const;
  const Arguments &arguments(size_t Launch) const { return Args[Launch]; }
  const std::string &kernelName(size_t Launch) const { return Kernels[Launch].DeviceName; }
  Backend *backend() const { return B; }
  /// Finds the operands of an expression in the values before the launch.
  bool bind(size_t Launch, Expr &E, size_t Offset, TextError &Error) const;
  /// Variables that the script names so far, in order.
  const std::vector<std::shared_ptr<Buffer>> &variables() const { return VariableOrder; }

private:
  const Script &S;
  Backend *B = nullptr;
  NamedBuffers Named, Variables;
  std::vector<std::shared_ptr<Buffer>> VariableOrder;
  std::vector<Arguments> Args;
  std::vector<KernelInfo> Kernels;

  /// What a --var writes: bytes with the holes of pointers.
  struct Write {
    std::string Name;
    uint64_t Address = 0;
    Argument Value;
    Arguments Owned;
    std::shared_ptr<Buffer> Elements; ///< where the value is readable as elements
  };
  std::vector<std::vector<Write>> Writes; ///< of each launch

  std::string prepareLaunch(size_t Index);
  std::string checkNames(size_t Index);
  std::string prepareVariable(const GivenSpec &G, std::vector<Write> &Out);
  std::string attachVariables(const ImagePart &Part);
  std::string findVariable(const std::string &Wanted, const ImagePart &Part, uint64_t &Address, uint64_t &Size);
  std::string checkParameters(size_t Index, const ImagePart &Part);
  std::string copyInAll(size_t Index, bool First);
  std::string readBefore(size_t Index);
  std::vector<std::shared_ptr<Buffer>> allBuffers(size_t Index) const;
};

/// The device names that a source name, a device name or a C++ name stands for among \p Names; several if it is not
/// enough to tell them apart.
std::vector<std::string> matchKernels(const std::vector<std::string> &Names, const std::string &Wanted);
/// What a device name is in the source; C++ names are demangled.
std::string sourceName(const std::string &DeviceName);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_SESSION_H
