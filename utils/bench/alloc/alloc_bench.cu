//===- alloc_bench.cu - the device heap beside CUDA's malloc --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints, in one run on one GPU: millions of malloc and of free calls a second for this heap, for CUDA's device malloc, and
// for a bump pointer that cannot free (the limit); rounds of random order that turn the heap over, mixed sizes, the share
// of the heap that can be used; and a stress test that checks every block's contents. Compiles the runtime's own source.
//   nvcc -O3 -arch=sm_90 -Iinclude -I. alloc_bench.cu -o alloc_bench; ./alloc_bench [--heap=MIB] [--seconds=N] [--part=NAME]...
//===----------------------------------------------------------------------===//
#define CHECK_FAIL(message, p) printf("%s: %p\n", message, (void *)(p)), __trap()
#include "cordon/abi/state.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <map>
#include <vector>
#include <algorithm>
#include <chrono>
__device__ struct cordon_state __cordon_state;
#include "../../../runtime-bc/alloc/alloc.c"

#define CHECK(call)                                                                                                    \
  do {                                                                                                                 \
    cudaError_t e_ = (call);                                                                                           \
    if (e_ != cudaSuccess) {                                                                                           \
      std::printf("alloc_bench: %s: %s (line %d)\n", #call, cudaGetErrorString(e_), __LINE__);                         \
      std::exit(1);                                                                                                    \
    }                                                                                                                  \
  } while (0)

#include "kernels.cuh"

static uint64_t HeapBytes = 2048ull << 20;
static char *HeapMemory;
static struct cordon_heap Header;
static uint32_t hash32Host(uint32_t x) { return (x + 1) * 2654435761u >> 3; }
static bool Failed;
static std::chrono::steady_clock::time_point Start;
static double Seconds = 80;
static double elapsed() { return std::chrono::duration<double>(std::chrono::steady_clock::now() - Start).count(); }

static void makeHeap(uint64_t bytes, uint32_t flags = 0) {
  if (HeapMemory)
    CHECK(cudaFree(HeapMemory));
  CHECK(cudaMalloc(&HeapMemory, bytes));
  if (!cordon_heap_layout((uint64_t)HeapMemory, bytes, &Header))
    std::exit(1);
  CHECK(cudaMemset(HeapMemory, 0, Header.metadata_bytes));
  CHECK(cudaMemcpy(HeapMemory, &Header, sizeof(Header), cudaMemcpyHostToDevice));
  struct cordon_state state = {};
  state.version = CORDON_ABI_VERSION;
  state.flags = flags;
  state.heap = (uint64_t)HeapMemory;
  CHECK(cudaMemcpyToSymbol(__cordon_state, &state, sizeof(state)));
}
static cordon_heap_statistics statistics() {
  static std::vector<cordon_heap_slab> records;
  static struct cordon_heap h;
  cordon_heap_statistics s;
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaMemcpy(&h, HeapMemory, sizeof(h), cudaMemcpyDeviceToHost));
  records.resize(h.slabs);
  CHECK(cudaMemcpy(records.data(), (void *)h.slab_records, h.slabs * sizeof(cordon_heap_slab), cudaMemcpyDeviceToHost));
  cordon_heap_count(&h, records.data(), &s);
  return s;
}
static unsigned long long readAndClear(unsigned long long &symbol) {
  unsigned long long v, zero = 0;
  CHECK(cudaMemcpyFromSymbol(&v, symbol, sizeof(v)));
  CHECK(cudaMemcpyToSymbol(symbol, &zero, sizeof(v)));
  return v;
}
static void expectClean(const char *where) {
  unsigned long long wrong = readAndClear(Wrong), nulls = readAndClear(Nulls);
  if (wrong || nulls) {
    std::printf("FAILED %s: %llu wrong contents, %llu nulls\n", where, wrong, nulls);
    Failed = true;
  }
}
static void expectEmpty(const char *where) {
  cordon_heap_statistics s = statistics();
  if (s.live_objects) {
    std::printf("FAILED %s: %llu objects live\n", where, (unsigned long long)s.live_objects);
    Failed = true;
  }
}
template <class F> static double timed(F &&launch) {
  static cudaEvent_t a, b;
  if (!a) {
    CHECK(cudaEventCreate(&a));
    CHECK(cudaEventCreate(&b));
  }
  CHECK(cudaEventRecord(a));
  launch();
  CHECK(cudaEventRecord(b));
  CHECK(cudaEventSynchronize(b));
  CHECK(cudaGetLastError());
  float ms;
  CHECK(cudaEventElapsedTime(&ms, a, b));
  return ms * 1e-3;
}

struct Rates {
  double malloc = 0, free = 0;
};
static void **Slots;
static uint32_t SlotCount = 1u << 23;

// Median of `reps`. Each repetition frees in an order of its own: in order, then scattered.
template <class A> static Rates rates(uint32_t n, uint32_t kind, uint32_t size, int reps, bool scattered) {
  std::vector<double> m, f;
  uint32_t blocks = (n + 255) / 256, stride = scattered ? 2654435761u % n | 1 : 1;
  while (scattered && std::__gcd(stride, n) != 1)
    stride += 2;
  for (int i = 0; i < reps; ++i) {
    m.push_back(timed([&] { mallocKernel<A><<<blocks, 256>>>(Slots, n, kind, size); }));
    countNulls<<<blocks, 256>>>(Slots, n);
    f.push_back(timed([&] { freeKernel<A><<<blocks, 256>>>(Slots, n, stride); }));
  }
  unsigned long long nulls = readAndClear(Nulls);
  if (nulls)
    std::printf("  (%s: %llu of %llu calls returned null)\n", A::name(), nulls, (unsigned long long)n * reps);
  std::sort(m.begin(), m.end());
  std::sort(f.begin(), f.end());
  return {n / m[m.size() / 2] * 1e-6, n / f[f.size() / 2] * 1e-6};
}

static void printRow(const char *what, uint32_t n, Rates o, Rates os, Rates c, double bump) {
  std::printf("%-12s %9u | %10.1f %10.1f %10.1f | ", what, n, o.malloc, o.free, os.free);
  if (c.malloc)
    std::printf("%9.3f %9.3f | %9.0f %9.0f | ", c.malloc, c.free, o.malloc / c.malloc, std::min(o.free, os.free) / c.free);
  else
    std::printf("%9s %9s | %9s %9s | ", "-", "-", "-", "-");
  std::printf("%7.0f\n", bump);
  std::fflush(stdout);
}

static void speed(std::vector<uint32_t> sizes, std::vector<uint32_t> threads, double cudaSeconds) {
  std::printf("\n# Millions of calls a second; each thread makes one call. free: in order of allocation, and scattered.\n");
  std::printf("%-12s %9s | %10s %10s %10s | %9s %9s | %9s %9s | %7s\n", "bytes", "threads", "malloc", "free", "scattered",
              "cuda mall", "cuda free", "x malloc", "x free", "bump");
  for (uint32_t n : threads) {
    for (uint32_t size : sizes) {
      if ((uint64_t)n * size > HeapBytes * 7 / 10)
        continue;
      uint32_t blocks = (n + 255) / 256;
      double bump = 0;
      for (int i = 0; i < 3; ++i)
        bump = n / timed([&] { bumpKernel<<<blocks, 256>>>(Slots, n, size); }) * 1e-6;
      rates<Ours>(n, 0, size, 1, false);
      Rates o = rates<Ours>(n, 0, size, 5, false), os = rates<Ours>(n, 0, size, 5, true), c;
      expectEmpty("speed");
      // CUDA's malloc is slow enough to be measured once; with more threads only where that takes little time.
      static std::map<uint32_t, double> last;
      double expect = last.count(size) ? n / last[size] * 1e-6 : 0;
      if (expect < cudaSeconds && elapsed() < Seconds) {
        c = rates<Cuda>(n, 0, size, 1, false);
        last[size] = std::min(c.malloc, c.free);
      }
      printRow(std::to_string(size).c_str(), n, o, os, c, bump);
    }
    for (uint32_t kind = 1; kind <= 3; ++kind) {
      uint32_t max = kind == 1 ? 4096 : kind == 2 ? 256 : 4096, k = kind == 1 ? 1 : 2;
      if ((uint64_t)n * (kind == 2 ? 128 : 2048) > HeapBytes * 7 / 10)
        continue;
      rates<Ours>(n, k, max, 1, false);
      Rates o = rates<Ours>(n, k, max, 5, false), os = rates<Ours>(n, k, max, 5, true), c;
      expectEmpty("mixed");
      if (n == threads[0] && n <= 65536 && elapsed() < Seconds)
        c = rates<Cuda>(n, k, max, 1, false);
      printRow(kind == 1 ? "2^4..2^12" : kind == 2 ? "1..256" : "1..4096", n, o, os, c, 0);
    }
  }
}

// `rounds` rounds over a heap that is three quarters full of `n` blocks; each round frees `part` of them in random order and
// allocates as many.
template <class A> static Rates churn(uint32_t kind, uint32_t size, uint32_t n, uint32_t part, int rounds, double *both) {
  uint32_t blocks = (part + 255) / 256;
  double m = 0, f = 0, b = 0;
  uint64_t from = 0;
  uint32_t stride = 2654435761u % n | 1;
  while (std::__gcd(stride, n) != 1)
    stride += 2;
  fillKernel<A><<<(n + 255) / 256, 256>>>(Slots, n, kind, size);
  for (int i = 0; i < rounds; ++i) {
    from = (from + hash32Host(i)) % n;
    if (i % 2 == 0 || !both) {
      f += timed([&] { churnFree<A><<<blocks, 256>>>(Slots, n, part, stride, (uint32_t)from, kind, size); });
      m += timed([&] { churnMalloc<A><<<blocks, 256>>>(Slots, n, part, stride, (uint32_t)from, kind, size); });
    } else {
      b += timed([&] { churnBoth<A><<<blocks, 256>>>(Slots, n, part, stride, (uint32_t)from, kind, size); });
    }
  }
  freeKernel<A><<<(n + 255) / 256, 256>>>(Slots, n, 1);
  CHECK(cudaDeviceSynchronize());
  int alone = both ? (rounds + 1) / 2 : rounds;
  if (both)
    *both = 2.0 * part * (rounds - alone) / b * 1e-6;
  return {(double)part * alone / m * 1e-6, (double)part * alone / f * 1e-6};
}

// The same measurement for the kernels of an image that the passes made (kernels.c): the runtime as bitcode.
static cudaLibrary_t Image;
static cudaKernel_t imageKernel(const char *name) {
  cudaKernel_t k;
  CHECK(cudaLibraryGetKernel(&k, Image, name));
  return k;
}
template <class... T> static void launchImage(cudaKernel_t k, uint32_t blocks, uint32_t threads, T... values) {
  void *arguments[] = {&values...};
  CHECK(cudaLaunchKernel((void *)k, blocks, threads, arguments, 0, 0));
}
static void setImageState(uint32_t flags) {
  void *variable;
  size_t size;
  struct cordon_state state = {};
  CHECK(cudaLibraryGetGlobal(&variable, &size, Image, CORDON_STATE_SYMBOL));
  state.version = CORDON_ABI_VERSION;
  state.flags = flags;
  state.heap = (uint64_t)HeapMemory;
  CHECK(cudaMemcpy(variable, &state, sizeof(state), cudaMemcpyHostToDevice));
}
static void image(const char *file, std::vector<uint32_t> sizes, std::vector<uint32_t> threads) {
  CHECK(cudaLibraryLoadFromFile(&Image, file, nullptr, nullptr, 0, nullptr, nullptr, 0));
  cudaKernel_t mallocs = imageKernel("malloc_kernel"), frees = imageKernel("free_kernel");
  makeHeap(HeapBytes);
  setImageState(0);
  std::printf("\n# %s: the runtime as bitcode, through the passes. Millions of calls a second\n", file);
  std::printf("%-12s %9s | %10s %10s %10s | %9s %9s | %9s %9s\n", "bytes", "threads", "malloc", "free", "scattered", "cuda mall",
              "cuda free", "x malloc", "x free");
  for (uint32_t n : threads)
    for (uint32_t size : sizes) {
      if ((uint64_t)n * size > HeapBytes * 7 / 10)
        continue;
      uint32_t blocks = (n + 255) / 256, kind = size == 1 ? 1 : size == 2 ? 2 : 0, bytes = size == 1 ? 4096 : size == 2 ? 256 : size;
      std::vector<double> m, f, g;
      for (int i = 0; i < 6; ++i) {
        m.push_back(timed([&] { launchImage(mallocs, blocks, 256, Slots, n, kind, bytes); }));
        f.push_back(timed([&] { launchImage(frees, blocks, 256, Slots, n, 1u); }));
        launchImage(mallocs, blocks, 256, Slots, n, kind, bytes);
        g.push_back(timed([&] { launchImage(frees, blocks, 256, Slots, n, 2654435761u % n | 1); }));
      }
      for (auto *v : {&m, &f, &g})
        std::sort(v->begin(), v->end());
      expectEmpty("image");
      Rates c;
      if (n <= 65536 && elapsed() < Seconds)
        c = rates<Cuda>(n, kind, bytes, 1, false);
      Rates o{n / m[3] * 1e-6, n / f[3] * 1e-6}, os{0, n / g[3] * 1e-6};
      printRow(kind ? kind == 1 ? "2^4..2^12" : "1..256" : std::to_string(size).c_str(), n, o, os, c, 0);
    }
  uint32_t shelves = 65536;
  unsigned long long *shelf, *wrong, bad;
  CHECK(cudaMalloc(&shelf, shelves * sizeof(*shelf)));
  CHECK(cudaMalloc(&wrong, sizeof(*wrong)));
  CHECK(cudaMemset(shelf, 0, shelves * sizeof(*shelf)));
  CHECK(cudaMemset(wrong, 0, sizeof(*wrong)));
  for (uint32_t flags : {(uint32_t)CORDON_STATE_HEAP_STATS, (uint32_t)CORDON_STATE_CHECK_HEAP})
    for (uint32_t most : {48u, 1000u, 6000u}) {
      makeHeap(HeapBytes, flags);
      setImageState(flags);
      double t = timed([&] { launchImage(imageKernel("stress_kernel"), 256, 128, 100u, most, shelf, shelves, most, wrong); });
      launchImage(imageKernel("empty_kernel"), shelves / 256, 256, shelf, shelves);
      expectEmpty("image stress");
      CHECK(cudaMemcpy(&bad, wrong, sizeof(bad), cudaMemcpyDeviceToHost));
      Failed |= bad != 0;
      std::printf("stress of the image, flags %u, up to %u bytes: %.1f ms, %llu faults\n", flags, most, t * 1e3, bad);
    }
}

static void churns(std::vector<uint32_t> sizes) {
  std::printf("\n# 100 rounds in random order over a heap of %llu MiB, three quarters full; half of the rounds free, then allocate;\n"
              "# half do both in each thread. turned over: bytes allocated, in heaps. Millions of calls a second.\n",
              (unsigned long long)(HeapBytes >> 20));
  std::printf("%-12s %9s %7s | %9s %9s %9s | %9s %9s %9s | %7s %7s %7s\n", "bytes", "blocks", "turned", "malloc", "free", "both",
              "cuda mall", "cuda free", "cuda both", "x mall", "x free", "x both");
  for (uint32_t size : sizes) {
    uint32_t kind = size == 1 ? 1 : size == 2 ? 2 : 0, bytes = size == 1 ? 4096 : size == 2 ? 256 : size;
    uint64_t mean = size == 1 ? 910 : size == 2 ? 144 : size;
    uint64_t count = std::min<uint64_t>(SlotCount, HeapBytes * 3 / 4 / mean);
    uint32_t n = (uint32_t)count, part = (uint32_t)(count * 3 / 10);
    // Not more than 8M slots: a smaller heap for small sizes.
    makeHeap(std::max<uint64_t>(count * mean * 4 / 3, 16u << 20));
    double both, cudaBoth = 0;
    Rates o = churn<Ours>(kind, bytes, n, part, 100, &both), c;
    double turned = 100.0 * part * mean / (count * mean * 4 / 3);
    expectClean("churn");
    expectEmpty("churn");
    if (elapsed() < Seconds) {
      uint32_t cn = std::min<uint32_t>(n, bytes <= 256 ? 65536 : 8192), cp = cn * 3 / 10;
      c = churn<Cuda>(kind, bytes, cn, cp, 2, &cudaBoth);
      readAndClear(Nulls);
      readAndClear(Wrong);
    }
    std::printf("%-12s %9u %7.1f | %9.0f %9.0f %9.0f | %9.3f %9.3f %9.3f | %7.0f %7.0f %7.0f\n",
                size == 1 ? "2^4..2^12" : size == 2 ? "1..256" : std::to_string(size).c_str(), n, turned, o.malloc, o.free, both,
                c.malloc, c.free, cudaBoth, o.malloc / c.malloc, o.free / c.free, both / cudaBoth);
    std::fflush(stdout);
  }
  makeHeap(HeapBytes);
}

static void usable(std::vector<uint32_t> sizes) {
  uint64_t bytes = 64ull << 20;
  makeHeap(bytes);
  std::printf("\n# Share of a heap of 64 MiB that can be allocated, one size after the other in the same heap\n");
  unsigned long long *count;
  CHECK(cudaMalloc(&count, sizeof(*count)));
  for (uint32_t size : sizes) {
    unsigned long long n = 0;
    CHECK(cudaMemcpy(count, &n, sizeof(n), cudaMemcpyHostToDevice));
    double t = timed([&] { drainKernel<<<64, 128>>>(Slots, count, SlotCount, size, Header.data, Header.data_end); });
    CHECK(cudaMemcpy(&n, count, sizeof(n), cudaMemcpyDeviceToHost));
    std::printf("%u: %.1f%% (%.2f ms)  ", size, 100.0 * n * size / bytes, t * 1e3);
    if ((double)n * size / bytes < 0.75 && size % 16 == 0 && size >= 16)
      Failed = true, std::printf("FAILED ");
    uint32_t m = (uint32_t)std::min<unsigned long long>(n, SlotCount);
    freeKernel<Ours><<<(m + 255) / 256, 256>>>(Slots, m, 1);
    expectEmpty("usable");
  }
  std::printf("\n");
  makeHeap(HeapBytes);
}

static void stress(uint32_t flags) {
  uint32_t shelves = 65536;
  unsigned long long *shelf;
  CHECK(cudaMalloc(&shelf, shelves * sizeof(*shelf)));
  CHECK(cudaMemset(shelf, 0, shelves * sizeof(*shelf)));
  for (uint64_t mib : {64, 512, 2048}) {
    makeHeap(mib << 20, flags);
    for (uint32_t most : {48u, 1000u, 6000u}) {
      uint32_t threads = mib == 64 ? (most > 1000 ? 1024 : 8192) : mib == 512 ? 16384 : 131072;
      double t = timed([&] { stressKernel<<<threads / 128, 128>>>(most == 48 ? 400 : 100, most, shelf, shelves, most); });
      emptyShelf<<<shelves / 256, 256>>>(shelf, shelves);
      expectClean("stress");
      expectEmpty("stress");
      cordon_heap_statistics s = statistics();
      std::printf("stress %4llu MiB, %6u threads, up to %4u bytes: %.1f ms, %llu allocations, %llu from the driver, %llu slabs\n",
                  (unsigned long long)mib, threads, most, t * 1e3, (unsigned long long)s.counters.allocations,
                  (unsigned long long)s.counters.driver_allocations, (unsigned long long)(s.used_slab_bytes >> 16));
      std::fflush(stdout);
    }
  }
  CHECK(cudaFree(shelf));
  makeHeap(HeapBytes);
}

int main(int argc, char **argv) {
  std::vector<std::string> parts;
  const char *file = nullptr;
  double cudaSeconds = 3;
  for (int i = 1; i < argc; ++i) {
    if (!std::strncmp(argv[i], "--heap=", 7))
      HeapBytes = std::strtoull(argv[i] + 7, nullptr, 10) << 20;
    else if (!std::strncmp(argv[i], "--seconds=", 10))
      Seconds = std::atof(argv[i] + 10);
    else if (!std::strncmp(argv[i], "--cuda-seconds=", 15))
      cudaSeconds = std::atof(argv[i] + 15);
    else if (!std::strncmp(argv[i], "--image=", 8))
      file = argv[i] + 8;
    else if (!std::strncmp(argv[i], "--part=", 7))
      parts.push_back(argv[i] + 7);
    else {
      std::printf("usage: alloc_bench [--heap=MIB] [--seconds=N] [--cuda-seconds=N] [--image=CUBIN] [--part=stress|check|usable|speed|more|few|large|churn]...\n");
      return 2;
    }
  }
  auto wanted = [&](const char *p) { return parts.empty() || std::find(parts.begin(), parts.end(), p) != parts.end(); };
  Start = std::chrono::steady_clock::now();
  cudaDeviceProp prop;
  int driver = 0, runtime = 0;
  CHECK(cudaGetDeviceProperties(&prop, 0));
  CHECK(cudaDriverGetVersion(&driver));
  CHECK(cudaRuntimeGetVersion(&runtime));
  CHECK(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 1024ull << 20));
  std::printf("%s, sm_%d%d, %d multiprocessors; driver %d, runtime %d; heap %llu MiB\n", prop.name, prop.major, prop.minor,
              prop.multiProcessorCount, driver, runtime, (unsigned long long)(HeapBytes >> 20));
  CHECK(cudaMalloc(&Slots, (uint64_t)SlotCount * sizeof(void *)));
  makeHeap(HeapBytes);
  if (wanted("stress"))
    stress(CORDON_STATE_HEAP_STATS);
  if (wanted("check"))
    stress(CORDON_STATE_CHECK_HEAP);
  if (wanted("usable"))
    usable({16, 24, 32, 48, 64, 96, 128, 144, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096});
  if (wanted("speed"))
    speed({16, 32, 64, 128, 256, 512, 1024, 2048, 4096}, {65536}, cudaSeconds);
  if (wanted("more"))
    speed({16, 64, 256, 1024, 2048, 4096}, {1u << 20, 1u << 21}, cudaSeconds);
  if (wanted("few"))
    speed({16, 256, 2048, 4096}, {1, 32, 1024}, cudaSeconds);
  if (wanted("large")) {
    makeHeap(HeapBytes);
    speed({8192, 16384, 32768, 65536, 262144, 1u << 20, 5u << 20}, {64, 1024}, cudaSeconds);
  }
  if (file)
    image(file, {16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 1, 2}, {65536, 1u << 20, 1u << 21});
  if (wanted("churn"))
    churns({16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 1, 2});
  std::printf("\n%s in %.1f s\n", Failed ? "FAILED" : "passed", elapsed());
  return Failed;
}
