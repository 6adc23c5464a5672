// C++ with templates, functions that both sides use, shared memory, shuffles and atomics.
// CASE: run
// EXPECT: int 499500
// EXPECT: float 499500
// EXPECT: double 499500
// EXPECT: host 285
#include <cordon/device.h>
#include <cstdio>
#include <vector>

template <typename T> __host__ __device__ T square(T x) { return x * x; }

template <typename T, int Block> __global__ void sum(const T *in, T *out, int n) {
  __shared__ T warps[Block / 32];
  int i = blockIdx.x * Block + threadIdx.x;
  T v = i < n ? in[i] : T(0);
  for (int d = 16; d; d /= 2)
    v += __shfl_down_sync(0xffffffffu, v, d);
  if (threadIdx.x % 32 == 0)
    warps[threadIdx.x / 32] = v;
  __syncthreads();
  if (threadIdx.x == 0) {
    T total = 0;
    for (int w = 0; w < Block / 32; ++w)
      total += warps[w];
    atomicAdd(out, total);
  }
}

template <typename T> __global__ void squareAll(T *p, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    p[i] = square(p[i]);
}

template <typename T> bool run(const char *name) {
  constexpr int N = 1000;
  std::vector<T> host(N);
  for (int i = 0; i < N; ++i)
    host[i] = T(i);
  T *in, *out, result = 0;
  if (cudaMalloc(&in, N * sizeof(T)) != cudaSuccess || cudaMalloc(&out, sizeof(T)) != cudaSuccess)
    return false;
  cudaMemcpy(in, host.data(), N * sizeof(T), cudaMemcpyHostToDevice);
  cudaMemset(out, 0, sizeof(T));
  cordon::launch(sum<T, 128>, dim3((N + 127) / 128), dim3(128), 0, nullptr, in, out, N);
  cudaMemcpy(&result, out, sizeof(T), cudaMemcpyDeviceToHost);
  std::printf("%s %g\n", name, double(result));
  cordon::launch(squareAll<T>, dim3((N + 127) / 128), dim3(128), 0, nullptr, in, N);
  cudaMemcpy(host.data(), in, N * sizeof(T), cudaMemcpyDeviceToHost);
  bool right = result == T(499500);
  for (int i = 0; i < N; ++i)
    right = right && host[i] == square(T(i));
  return right && cudaGetLastError() == cudaSuccess;
}

int main() {
  int hostSum = 0;
  for (int i = 0; i < 10; ++i)
    hostSum += square(i);
  std::printf("host %d\n", hostSum);
  bool ok = run<int>("int");
  ok = run<float>("float") && ok;
  ok = run<double>("double") && ok;
  return ok ? 0 : 1;
}
