//===- cordon-smoke/Backend.h - what runs device code -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interface between the harness (specs, fills, checks, reports) and what runs kernels: the CUDA driver, or the CPU
// backend in libcordon-cpu.so, which is loaded when asked for. Nothing here depends on LLVM or CUDA. All functions
// return an empty string on success and one message for people otherwise.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_BACKEND_H
#define CORDON_SMOKE_BACKEND_H

#include "cordon/abi/state.h"
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cordon::smoke {

/// Switches that only the CPU backend knows; a backend refuses what it cannot do.
struct BackendOptions {
  bool CheckMemory = false;      ///< --check
  bool CheckRaces = false;       ///< --check=race
  uint64_t ScheduleSeed = 0;     ///< --schedule=SEED, 0: in order
  unsigned TimeLimitSeconds = 0; ///< 0: none
  unsigned Threads = 0;          ///< host threads, 0: all cores
  uint64_t HeapBytes = 0;        ///< --heap, 0: the backend's default
  bool CheckHeap = false;        ///< the allocator's checking mode
  bool FailOnLeaks = false;      ///< --check-heap=leaks
  int Device = 0;                ///< GPU ordinal
};

struct KernelInfo {
  std::string DeviceName;             ///< the name in the image
  std::vector<uint64_t> ParamSizes;   ///< bytes, in order; empty with ParamsKnown false: not known
  std::vector<uint64_t> ParamOffsets; ///< bytes from the start of the parameter space
  bool ParamsKnown = false;
};

struct LaunchConfig {
  unsigned Grid[3] = {1, 1, 1};
  unsigned Block[3] = {1, 1, 1};
  unsigned Cluster[3] = {0, 0, 0}; ///< 0: none
  unsigned SharedBytes = 0;        ///< dynamic shared memory
  bool Cooperative = false;
};

class Backend {
public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0; ///< "cuda" or "cpu", and the device
  /// Loads one image. \p Path is for messages. A message that starts with "unsupported: " means that this backend cannot
  /// run this image here (exit code 77).
  virtual std::string load(const void *Data, size_t Size, const std::string &Path) = 0;
  virtual std::vector<std::string> kernels() = 0; ///< device names
  /// By device name.
  virtual std::string findKernel(const std::string &DeviceName, KernelInfo &Out) = 0;
  /// Device names and sizes of the image's variables, as far as the backend can tell.
  virtual std::vector<std::pair<std::string, uint64_t>> variables() { return {}; }
  /// "global" or "constant"; empty where the backend cannot tell.
  virtual std::string variableSpace(const std::string &) { return ""; }
  virtual std::string findVariable(const std::string &DeviceName, uint64_t &Address, uint64_t &Size) = 0;
  virtual std::string allocate(uint64_t Bytes, const std::string &Name, uint64_t &Address) = 0;
  virtual std::string release(uint64_t Address) = 0;
  virtual std::string copyIn(uint64_t Address, const void *Data, uint64_t Bytes) = 0;
  virtual std::string copyOut(void *Data, uint64_t Address, uint64_t Bytes) = 0;
  /// Launches and waits. \p Params points at the value of each parameter, as cuLaunchKernel takes them. \p Milliseconds
  /// is device time.
  virtual std::string launch(const std::string &DeviceName, const LaunchConfig &Config, void **Params,
                             const std::vector<uint64_t> &Sizes, double &Milliseconds) = 0;
  /// The exception record of the loaded image, in memory that the host can read even after a failed launch; null where
  /// the image has no `__cordon_state`.
  virtual const cordon_exception_record *exceptionRecord() = 0;
  virtual void clearException() = 0;
  /// One line on the device runtime's heap since load(), for --check-heap; empty where the image has none.
  virtual std::string heapReport(uint64_t &LiveObjects) { return LiveObjects = 0, ""; }
};

} // namespace cordon::smoke

/// Exported by libcordon-cpu.so.
#define CORDON_SMOKE_CPU_FACTORY "cordon_smoke_create_cpu_backend"
extern "C" typedef cordon::smoke::Backend *(*cordon_smoke_factory)(const cordon::smoke::BackendOptions *);

#endif // CORDON_SMOKE_BACKEND_H
