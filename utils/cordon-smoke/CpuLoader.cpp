//===- cordon-smoke/CpuLoader.cpp - finding the CPU backend ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU backend is a library of its own, because it needs LLVM; it is opened only when it is asked for.
//===----------------------------------------------------------------------===//
#include "Runner.h"

#include <dlfcn.h>
#include <unistd.h>

using namespace cordon::smoke;

std::unique_ptr<Backend> cordon::smoke::createCpuBackend(const BackendOptions &Options, std::string &Why) {
  char Self[4096];
  ssize_t N = readlink("/proc/self/exe", Self, sizeof(Self));
  std::string Folder(Self, N > 0 ? static_cast<size_t>(N) : 0);
  Folder.resize(Folder.rfind('/') == std::string::npos ? 0 : Folder.rfind('/'));
  std::string Tried;
  for (const char *Place : {"/libcordon-cpu.so", "/../lib/libcordon-cpu.so"}) {
    std::string Path = Folder + Place;
    if (access(Path.c_str(), R_OK) != 0)
      continue;
    void *Library = dlopen(Path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!Library) {
      const char *Text = dlerror();
      Tried = Text ? Text : Path;
      continue;
    }
    auto Factory = reinterpret_cast<cordon_smoke_factory>(dlsym(Library, CORDON_SMOKE_CPU_FACTORY));
    if (Factory)
      if (Backend *B = Factory(&Options))
        return std::unique_ptr<Backend>(B);
    Tried = Path + " is no CPU backend of this version";
  }
  Why = "no CPU backend: " +
        (Tried.empty() ? "libcordon-cpu.so is neither beside cordon-smoke nor in ../lib" : Tried);
  return nullptr;
}
