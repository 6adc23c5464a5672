// What a host program does with a kernel's address besides launching it: attributes, occupancy, tables and structs, graphs made
// by hand and by capture, cooperative and extended launches, host functions between them, symbols of variables.
// CASE: run
// EXPECT: attributes right
// EXPECT: dynamic right
// EXPECT: occupancy right
// EXPECT: tables right
// EXPECT: graph right
// EXPECT: captured right
// EXPECT: cooperative right
// EXPECT: extended right
// EXPECT: symbols right
// EXPECT: names right
#include "Inputs/both.h"

__device__ int scale = 3;
__constant__ int offset[2] = {1, 2};

__global__ void add(int *p, int n, int what) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    p[i] += what;
}
__global__ void times(int *p, int n, int what) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    p[i] *= what * scale;
}
template <int N> __global__ void plus(int *p, int n, int what) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    p[i] += N + what + offset[i % 2];
}
__global__ void __launch_bounds__(128) bounded(int *p, int n, int what) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    p[i] -= what;
}

// 64 KiB and more of dynamic shared memory need an attribute of the kernel.
__global__ void reversed(int *p, int n) {
#ifdef __CUDA__
  extern __shared__ int words[];
#else
  CORDON_DYNAMIC_SHARED(int, words);
#endif
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    words[n - 1 - i] = p[i];
  __syncthreads();
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    p[i] = words[i];
}

// Every block waits for all others: right only where all are on the GPU at once.
__global__ void together(int *counters, int *out) {
  if (threadIdx.x == 0) {
    atomicAdd(counters, 1);
    while (*(volatile int *)counters < (int)gridDim.x)
      ;
    out[blockIdx.x] = *(volatile int *)counters;
  }
}

typedef void (*Kernel)(int *, int, int);
static const Kernel table[] = {add, times, plus<5>, plus<7>};
static const struct {
  const char *name;
  Kernel kernel;
  int what;
} steps[] = {{"add", add, 2}, {"times", times, 1}, {"plus", plus<5>, 0}};

const int N = 1000;
static int *data;

static bool every(int value0, int value1) {
  MUST(cudaDeviceSynchronize());
  for (int i = 0; i < N; ++i)
    if (data[i] != (i % 2 ? value1 : value0)) {
      printf("data[%d] is %d, not %d\n", i, data[i], i % 2 ? value1 : value0);
      return false;
    }
  return true;
}

static void clear() { memset(data, 0, N * sizeof(int)); }

static void attributes() {
  cudaFuncAttributes a, b;
  MUST(cudaFuncGetAttributes(&a, (const void *)add));
  MUST(cudaFuncGetAttributes(&b, (const void *)bounded));
  verdict("attributes", a.maxThreadsPerBlock >= 512 && b.maxThreadsPerBlock == 128 && a.numRegs > 0 && a.binaryVersion >= 75);
  int n = 16000;
  int *big = managed<int>(n);
  for (int i = 0; i < n; ++i)
    big[i] = i;
  MUST(cudaFuncSetAttribute((const void *)reversed, cudaFuncAttributeMaxDynamicSharedMemorySize, n * sizeof(int)));
  MUST(cudaFuncSetAttribute((const void *)reversed, cudaFuncAttributePreferredSharedMemoryCarveout, 100));
  MUST(launch(reversed, dim3(1), dim3(256), n * sizeof(int), nullptr, big, n));
  MUST(cudaDeviceSynchronize());
  bool right = true;
  for (int i = 0; i < n; ++i)
    right = right && big[i] == n - 1 - i;
  verdict("dynamic", right);
}

static void occupancy() {
  int blocks = 0, least = 0, best = 0;
  size_t shared = 0;
  MUST(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, (const void *)add, 256, 0));
  MUST(cudaOccupancyAvailableDynamicSMemPerBlock(&shared, (const void *)reversed, 1, 256));
#ifdef __CUDA__
  MUST(cudaOccupancyMaxPotentialBlockSize(&least, &best, add, 0, 0));
#else
  least = best = 1;
#endif
  verdict("occupancy", blocks > 0 && least > 0 && best > 0 && shared > 0);
}

static void tables() {
  bool right = true;
  for (int which = 0; which < 4; ++which) {
    clear();
    MUST(launch(table[which], dim3(8), dim3(128), 0, nullptr, data, N, 10));
    int expected[] = {10, 0, 15, 17};
    right = right && every(expected[which] + (which > 1), expected[which] + 2 * (which > 1));
  }
  clear();
  for (const auto &step : steps)
    MUST(launch(step.kernel, dim3(8), dim3(128), 0, nullptr, data, N, step.what));
  verdict("tables", every(2 * 3 + 5 + 1, 2 * 3 + 5 + 2) && right);
}

static void graph() {
  cudaGraph_t made;
  cudaGraphNode_t nodes[3], *before = nullptr;
  MUST(cudaGraphCreate(&made, 0));
  clear();
  int n = N, what[3];
  for (int i = 0; i < 3; ++i) {
    what[i] = steps[i].what;
    void *args[] = {&data, &n, &what[i]};
    cudaKernelNodeParams params = {};
    params.func = (void *)steps[i].kernel;
    params.gridDim = dim3(8);
    params.blockDim = dim3(128);
    params.kernelParams = args;
    MUST(cudaGraphAddKernelNode(&nodes[i], made, before, before != nullptr, &params));
    before = &nodes[i];
  }
  cudaGraphExec_t ready;
  MUST(cudaGraphInstantiate(&ready, made, 0));
  MUST(cudaGraphLaunch(ready, nullptr));
  bool right = every(12, 13);
  // Another kernel in the last node, in the graph that is ready.
  int other = 100;
  void *args[] = {&data, &n, &other};
  cudaKernelNodeParams params = {};
  params.func = (void *)table[3];
  params.gridDim = dim3(8);
  params.blockDim = dim3(128);
  params.kernelParams = args;
  MUST(cudaGraphExecKernelNodeSetParams(ready, nodes[2], &params));
  clear();
  MUST(cudaGraphLaunch(ready, nullptr));
  cudaKernelNodeParams back = {};
  MUST(cudaGraphKernelNodeGetParams(nodes[0], &back));
  verdict("graph", every(6 + 107 + 1, 6 + 107 + 2) && right && back.blockDim.x == 128);
  MUST(cudaGraphExecDestroy(ready));
  MUST(cudaGraphDestroy(made));
}

static int called;
static void capture() {
  cudaStream_t s;
  cudaGraph_t made;
  cudaGraphExec_t ready;
  MUST(cudaStreamCreate(&s));
  MUST(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
  MUST(launch(add, dim3(8), dim3(128), 0, s, data, N, 1));
  MUST(cudaLaunchHostFunc(s, [](void *p) { ++*(int *)p; }, &called));
  MUST(launch(plus<7>, dim3(8), dim3(128), 0, s, data, N, 0));
  MUST(cudaStreamEndCapture(s, &made));
  MUST(cudaGraphInstantiate(&ready, made, 0));
  clear();
  for (int i = 0; i < 3; ++i)
    MUST(cudaGraphLaunch(ready, s));
  MUST(cudaStreamSynchronize(s));
  verdict("captured", every(3 * 9, 3 * 10) && called == 3);
  MUST(cudaGraphExecDestroy(ready));
  MUST(cudaGraphDestroy(made));
}

static void cooperative() {
  int sms = 0, blocks = 0;
  MUST(cudaDeviceGetAttribute(&sms, cudaDevAttrMultiProcessorCount, 0));
  MUST(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, (const void *)together, 64, 0));
  if (blocks > 2)
    blocks = 2;
  int n = sms * blocks, *out = managed<int>(n), *counter = managed<int>(1);
  void *args[] = {&counter, &out};
  MUST(cudaLaunchCooperativeKernel((const void *)together, dim3(n), dim3(64), args, 0, nullptr));
  MUST(cudaDeviceSynchronize());
  bool right = n > 0;
  for (int i = 0; i < n; ++i)
    right = right && out[i] == n;
  verdict("cooperative", right);
  clear();
  cudaLaunchConfig_t config = {};
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributePriority;
  attribute.val.priority = 0;
  config.gridDim = dim3(8);
  config.blockDim = dim3(128);
  config.attrs = &attribute;
  config.numAttrs = 1;
  int size = N, what = 4;
  void *more[] = {&data, &size, &what};
  MUST(cudaLaunchKernelExC(&config, (const void *)table[0], more));
  verdict("extended", every(4, 4));
}

static void symbols() {
  void *address = nullptr;
  size_t size = 0;
  int back[2] = {0}, values[2] = {40, 50}, three = 3;
  MUST(cudaGetSymbolAddress(&address, (const void *)&scale));
  MUST(cudaGetSymbolSize(&size, (const void *)offset));
  MUST(cudaMemcpyFromSymbol(back, (const void *)offset, sizeof back, 0, cudaMemcpyDeviceToHost));
  bool right = size == sizeof offset && back[0] == 1 && back[1] == 2;
  MUST(cudaMemcpyToSymbol((const void *)offset, &values[1], sizeof(int), sizeof(int), cudaMemcpyHostToDevice));
  three = 5;
  MUST(cudaMemcpy(address, &three, sizeof three, cudaMemcpyHostToDevice));
  clear();
  MUST(launch(add, dim3(8), dim3(128), 0, nullptr, data, N, 2));
  MUST(launch(times, dim3(8), dim3(128), 0, nullptr, data, N, 1));
  MUST(launch(plus<5>, dim3(8), dim3(128), 0, nullptr, data, N, 0));
  verdict("symbols", every(10 + 5 + 1, 10 + 5 + 50) && right);
}

static void names() {
  const char *name = nullptr;
  MUST(cudaFuncGetName(&name, (const void *)table[2]));
  size_t offset = 0, size = 0;
  MUST(cudaFuncGetParamInfo((const void *)add, 1, &offset, &size));
  cudaFunction_t function = nullptr;
  MUST(cudaGetFuncBySymbol(&function, (const void *)steps[1].kernel));
  verdict("names", !strcmp(name, "_Z4plusILi5EEvPiii") && offset == 8 && size == 4 && function);
}

int main() {
  data = managed<int>(N);
  attributes();
  occupancy();
  tables();
  graph();
  capture();
  cooperative();
  symbols();
  names();
  return failures != 0;
}
