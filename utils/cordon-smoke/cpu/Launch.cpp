//===- cpu/Launch.cpp - what a launch collects ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Failures, warnings and output of all workers.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Program.h"

namespace cordon::smoke::cpu {

void Launch::fail(const std::string &M) {
  std::lock_guard<std::mutex> G(Lock);
  if (!Failed.exchange(true))
    Message = M;
}

void Launch::warn(const std::string &M) {
  std::lock_guard<std::mutex> G(Lock);
  if (Warnings.find(M) == std::string::npos)
    Warnings += "cordon-smoke: warning: " + M + "\n";
}

std::string Launch::takeMessage() { return Message; }
std::string Launch::takeWarnings() { return Warnings; }

void Launch::output(uint64_t B, std::string &&Text) {
  if (Text.empty())
    return;
  std::lock_guard<std::mutex> G(Lock);
  Outputs[B] += Text;
}

void Launch::flush() {
  for (auto &[B, Text] : Outputs)
    fwrite(Text.data(), 1, Text.size(), stdout);
  fflush(stdout);
  Outputs.clear();
}

static std::string triple(const uint32_t *V) {
  return "(" + std::to_string(V[0]) + "," + std::to_string(V[1]) + "," + std::to_string(V[2]) + ")";
}

std::string Launch::where(const ThreadContext &C, uint32_t SiteId) const {
  std::string S = "kernel '" + *KernelName + "', block " + triple(C.BlockIdx) + ", thread " + triple(C.Tid);
  if (Sites && SiteId < Sites->size()) {
    const Site &At = (*Sites)[SiteId];
    if (!At.Place.empty())
      S += ", at " + At.Place;
    S += " in '" + At.Function + "'";
  }
  return S;
}

std::string Launch::where(const Block &B, const Thread *T, uint32_t SiteId) const {
  if (T)
    return where(T->Ctx, SiteId);
  if (B.Ctx.Current)
    return where(*B.Ctx.Current, SiteId);
  return "kernel '" + *KernelName + "', block " + triple(B.Index);
}

} // namespace cordon::smoke::cpu
