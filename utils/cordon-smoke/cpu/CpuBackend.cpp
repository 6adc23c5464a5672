//===- cpu/CpuBackend.cpp - the harness's view of the CPU backend ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Buffers, variables, launches and the exception record, as Backend.h has them.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Memory.h"
#include "Translate.h"
#include "cordon/abi/state.h"
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <numeric>
#include <pthread.h>
#include <random>
#include <sys/mman.h>
#include <thread>

namespace cordon::smoke::cpu {
namespace {

class CpuBackend : public Backend {
public:
  explicit CpuBackend(const BackendOptions &O) : Options(O) { std::memset(&Record, 0, sizeof(Record)); }

  std::string name() const override { return "cpu"; }

  std::string load(const void *Data, size_t Size, const std::string &Path) override {
    Loaded = std::make_unique<Image>();
    std::string Error = Loaded->load(llvm::StringRef(static_cast<const char *>(Data), Size), Path, Options);
    if (!Error.empty()) {
      Loaded.reset();
      return Error;
    }
    for (const Variable &V : Loaded->program().Variables)
      Mem.add(V.Address, V.Size, V.Name, Region::Variable);
    Mem.add(reinterpret_cast<uint64_t>(&Record), sizeof(Record), "exception record", Region::Host);
    setState();
    return "";
  }

  std::vector<std::string> kernels() override {
    std::vector<std::string> Names;
    if (Loaded)
      for (const Kernel &K : Loaded->program().Kernels)
        Names.push_back(K.Name);
    return Names;
  }

  std::string findKernel(const std::string &Name, KernelInfo &Out) override {
    const Kernel *K = kernel(Name);
    if (!K)
      return "no kernel '" + Name + "'";
    Out = K->Info;
    return K->Refused.compare(0, 13, "unsupported: ") == 0 ? K->Refused : "";
  }

  std::vector<std::pair<std::string, uint64_t>> variables() override {
    std::vector<std::pair<std::string, uint64_t>> Out;
    if (Loaded)
      for (const Variable &V : Loaded->program().Variables)
        if (!V.Internal)
          Out.emplace_back(V.Name, V.Size);
    return Out;
  }

  std::string variableSpace(const std::string &Name) override {
    for (const Variable &V : Loaded->program().Variables)
      if (V.Name == Name)
        return V.Constant ? "constant" : "global";
    return "";
  }

  std::string heapReport(uint64_t &LiveObjects) override {
    uint64_t Bytes = 0;
    LiveObjects = Mem.heapBlocks(Bytes);
    return std::to_string(LiveObjects) + " live objects of " + std::to_string(Bytes) + " bytes";
  }

  std::string findVariable(const std::string &Name, uint64_t &Address, uint64_t &Size) override {
    if (Loaded)
      for (const Variable &V : Loaded->program().Variables)
        if (V.Name == Name && !V.Internal) {
          Address = V.Address;
          Size = V.Size;
          return "";
        }
    return "no device variable '" + Name + "'";
  }

  std::string allocate(uint64_t Bytes, const std::string &Name, uint64_t &Address) override {
    // A buffer ends where its pages end, as nearly as 256-byte alignment allows: what runs over it faults.
    uint64_t Page = 4096, Rounded = (std::max<uint64_t>(Bytes, 1) + 255) & ~uint64_t(255);
    uint64_t Mapped = (Rounded + Page - 1) / Page * Page;
    void *M = mmap(nullptr, Mapped + 2 * Page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (M == MAP_FAILED)
      return "out of memory: " + std::to_string(Bytes) + " bytes for " + Name;
    char *First = static_cast<char *>(M) + Page;
    if (mprotect(First, Mapped, PROT_READ | PROT_WRITE))
      return "out of memory: " + std::to_string(Bytes) + " bytes for " + Name;
    Address = reinterpret_cast<uint64_t>(First + (Mapped - Rounded));
    Mappings[Address] = {M, Mapped + 2 * Page};
    Mem.add(Address, Bytes, Name, Region::Buffer);
    return "";
  }

  std::string release(uint64_t Address) override {
    auto It = Mappings.find(Address);
    if (It == Mappings.end())
      return "release of an address that was not allocated";
    Region R;
    Mem.remove(Address, R);
    munmap(It->second.first, It->second.second);
    Mappings.erase(It);
    return "";
  }

  std::string copyIn(uint64_t Address, const void *Data, uint64_t Bytes) override {
    if (std::string E = checkCopy(Address, Bytes); !E.empty())
      return E;
    std::memcpy(reinterpret_cast<void *>(Address), Data, Bytes);
    return "";
  }

  std::string copyOut(void *Data, uint64_t Address, uint64_t Bytes) override {
    if (std::string E = checkCopy(Address, Bytes); !E.empty())
      return E;
    std::memcpy(Data, reinterpret_cast<const void *>(Address), Bytes);
    return "";
  }

  std::string launch(const std::string &Name, const LaunchConfig &Config, void **Params,
                     const std::vector<uint64_t> &Sizes, double &Milliseconds) override;

  const cordon_exception_record *exceptionRecord() override { return HasState ? &Record : nullptr; }
  void clearException() override { std::memset(&Record, 0, sizeof(Record)); }

private:
  BackendOptions Options;
  std::unique_ptr<Image> Loaded;
  Memory Mem;
  std::map<uint64_t, std::pair<void *, size_t>> Mappings;
  std::vector<std::unique_ptr<Worker>> Workers;
  cordon_exception_record Record;
  bool HasState = false;
  uint64_t Launches = 0;

  Kernel *kernel(const std::string &Name) {
    if (Loaded)
      for (Kernel &K : Loaded->program().Kernels)
        if (K.Name == Name)
          return &K;
    return nullptr;
  }

  std::string checkCopy(uint64_t Address, uint64_t Bytes) {
    Region R;
    bool Inside = false;
    if (Bytes && (!Mem.find(Address, R, Inside) || !Inside || Bytes > R.Size - (Address - R.Base)))
      return "copy of " + std::to_string(Bytes) + " bytes outside every buffer and variable";
    return "";
  }

  void setState() {
    uint64_t Address = 0, Size = 0;
    HasState = findVariable(CORDON_STATE_SYMBOL, Address, Size).empty() && Size >= sizeof(cordon_state);
    if (!HasState)
      return;
    cordon_state State = {};
    State.version = CORDON_ABI_VERSION;
    State.record = reinterpret_cast<uint64_t>(&Record);
    State.random_seed = 1;
    std::memcpy(reinterpret_cast<void *>(Address), &State, sizeof(State));
  }

  std::string validate(const Kernel &K, const LaunchConfig &Config, const std::vector<uint64_t> &Sizes);
  void execute(Launch &L, unsigned Count);
};

std::string CpuBackend::validate(const Kernel &K, const LaunchConfig &Config, const std::vector<uint64_t> &Sizes) {
  if (!K.Refused.empty())
    return K.Refused;
  if (!K.Entry && !K.Split)
    return "kernel '" + K.Name + "' could not be compiled";
  uint64_t Threads = uint64_t(Config.Block[0]) * Config.Block[1] * Config.Block[2];
  if (!Threads || !Config.Grid[0] || !Config.Grid[1] || !Config.Grid[2])
    return "launch of '" + K.Name + "': grid and block dimensions must not be 0";
  if (Threads > 1024 || Config.Block[2] > 64)
    return "launch of '" + K.Name + "': a block has at most 1024 threads, and 64 in z; asked for " +
           std::to_string(Config.Block[0]) + "x" + std::to_string(Config.Block[1]) + "x" +
           std::to_string(Config.Block[2]);
  if (K.MaxThreads && Threads > K.MaxThreads)
    return "launch of '" + K.Name + "': invalid argument: a block of " + std::to_string(Threads) +
           " threads, but the kernel's launch bounds allow " + std::to_string(K.MaxThreads);
  for (int I = 0; I < 3; ++I)
    if (K.NeededBlock[I] && Config.Block[I] != K.NeededBlock[I])
      return "launch of '" + K.Name + "': invalid argument: the kernel needs blocks of " +
             std::to_string(K.NeededBlock[0]) + "x" + std::to_string(K.NeededBlock[1]) + "x" +
             std::to_string(K.NeededBlock[2]) + " threads";
  if (Config.Grid[1] > 65535 || Config.Grid[2] > 65535 || Config.Grid[0] > 0x7fffffff)
    return "launch of '" + K.Name + "': a grid has at most 2147483647 blocks in x and 65535 in y and z";
  if (Config.SharedBytes + Loaded->program().StaticSharedBytes > (64u << 20))
    return "launch of '" + K.Name + "': more than 64 MiB of shared memory";
  for (int I = 0; I < 3; ++I)
    if (Config.Cluster[I] > 1)
      return "unsupported: thread block clusters";
  if (Sizes.size() != K.Info.ParamSizes.size())
    return "launch of '" + K.Name + "': the kernel takes " + std::to_string(K.Info.ParamSizes.size()) +
           " parameters, got " + std::to_string(Sizes.size());
  for (size_t I = 0; I < Sizes.size(); ++I)
    if (Sizes[I] != K.Info.ParamSizes[I])
      return "launch of '" + K.Name + "': parameter " + std::to_string(I) + " has " +
             std::to_string(K.Info.ParamSizes[I]) + " bytes, got " + std::to_string(Sizes[I]);
  return "";
}

void CpuBackend::execute(Launch &L, unsigned Count) {
  while (Workers.size() < Count)
    Workers.push_back(std::make_unique<Worker>());
  FaultGuard Guard;
  std::vector<std::thread> Threads;
  std::vector<pthread_t> Handles{pthread_self()};
  for (unsigned I = 1; I < Count; ++I) {
    Threads.emplace_back([&, I] { Workers[I]->run(L); });
    Handles.push_back(Threads.back().native_handle());
  }
  // The watchdog ends workers that hang in device code.
  std::mutex Lock;
  std::condition_variable Wake;
  bool Finished = false;
  std::thread Watchdog;
  if (Options.TimeLimitSeconds)
    Watchdog = std::thread([&] {
      std::unique_lock<std::mutex> G(Lock);
      if (Wake.wait_for(G, std::chrono::seconds(Options.TimeLimitSeconds), [&] { return Finished; }))
        return;
      L.fail("time limit: kernel '" + *L.KernelName + "' did not end within " +
             std::to_string(Options.TimeLimitSeconds) + " s");
      while (!Finished) {
        for (pthread_t T : Handles)
          pthread_kill(T, SIGUSR2);
        Wake.wait_for(G, std::chrono::milliseconds(50), [&] { return Finished; });
      }
    });
  Workers[0]->run(L);
  for (std::thread &T : Threads)
    T.join();
  if (Watchdog.joinable()) {
    {
      std::lock_guard<std::mutex> G(Lock);
      Finished = true;
    }
    Wake.notify_all();
    Watchdog.join();
  }
}

std::string CpuBackend::launch(const std::string &Name, const LaunchConfig &Config, void **Params,
                               const std::vector<uint64_t> &Sizes, double &Milliseconds) {
  Kernel *K = kernel(Name);
  if (!K)
    return "no kernel '" + Name + "'";
  if (std::string E = validate(*K, Config, Sizes); !E.empty())
    return E;
  std::vector<char> Packed(K->ParamBytes + 16);
  char *Base = Packed.data() + (-reinterpret_cast<uint64_t>(Packed.data()) & 15);
  for (size_t I = 0; I < Sizes.size(); ++I)
    std::memcpy(Base + K->Info.ParamOffsets[I], Params[I], Sizes[I]);
  Launch L;
  L.KernelName = &K->Name;
  L.Entry = K->Entry;
  L.Serial = ++Launches;
  L.Regions = K->Split ? &K->Regions : nullptr;
  L.Params = Base;
  L.Config = Config;
  L.Options = &Options;
  L.Sites = &Loaded->program().Sites;
  L.Shared = &Loaded->program().Shared;
  L.ParamBytes = K->ParamBytes;
  L.Mem = &Mem;
  L.Fibers = K->NeedsFibers;
  L.StaticShared = Loaded->program().StaticSharedBytes;
  L.Blocks = uint64_t(Config.Grid[0]) * Config.Grid[1] * Config.Grid[2];
  L.ThreadsPerBlock = Config.Block[0] * Config.Block[1] * Config.Block[2];
  uint32_t Workspace[16] = {sizeof(Workspace)};
  if (Config.Cooperative)
    L.GridWorkspace = reinterpret_cast<uint64_t>(Workspace);
  if (Options.ScheduleSeed) {
    L.Order.resize(L.Blocks);
    std::iota(L.Order.begin(), L.Order.end(), 0);
    std::shuffle(L.Order.begin(), L.Order.end(), std::mt19937_64(Options.ScheduleSeed));
  }
  unsigned Count = Options.Threads ? Options.Threads : std::max(1u, std::thread::hardware_concurrency());
  // One order of blocks gives one result where atomics see each other.
  if (K->InOrder || Options.CheckRaces)
    Count = 1;
  Count = unsigned(std::min<uint64_t>(Count, L.Blocks));
  Mem.beginLaunch(L);
  fflush(stdout);
  auto Start = std::chrono::steady_clock::now();
  execute(L, Count);
  Milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - Start).count();
  Mem.endLaunch();
  L.flush();
  fputs(L.takeWarnings().c_str(), stderr);
  return L.takeMessage();
}

} // namespace
} // namespace cordon::smoke::cpu

extern "C" __attribute__((visibility("default"))) cordon::smoke::Backend *
cordon_smoke_create_cpu_backend(const cordon::smoke::BackendOptions *Options) {
  return new cordon::smoke::cpu::CpuBackend(*Options);
}
