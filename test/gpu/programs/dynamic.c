// Kernels that launch kernels: waiting for children with the tail stream, streams and events of the device, a kernel
// that launches itself, a child that fails.
// SANITIZE: memcheck
// CASE: tail tail
// EXPECT: tail: sum 496 of 32 children
// CASE: streams streams
// EXPECT: streams: 3 1024 elements right
// CASE: recursive recursive
// EXPECT: recursive: 1 2 4 8 16
// CASE: exception throw
// STATUS: nonzero
// EXPECT: exception in kernel 'fails', block \(1,0,0\), thread \(2,0,0\): .*data\[i\] == 0
#include <assert.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>

// libcudadevrt's, which CUDA's headers declare for nvcc alone.
void *cudaGetParameterBufferV2(void *kernel, dim3 grid, dim3 block, unsigned shared);
cudaError_t cudaLaunchDeviceV2(void *parameters, cudaStream_t stream);

static const cudaStream_t Tail = (cudaStream_t)3, FireAndForget = (cudaStream_t)4;

__device__ cudaError_t start(void *kernel, unsigned blocks, unsigned threads, int *data, int value, cudaStream_t stream) {
  struct parameters {
    int *data;
    int value;
  } *p = cudaGetParameterBufferV2(kernel, (dim3){blocks, 1, 1}, (dim3){threads, 1, 1}, 0);
  if (!p)
    return cudaErrorMemoryAllocation;
  p->data = data;
  p->value = value;
  return cudaLaunchDeviceV2(p, stream);
}

__global__ void put(int *data, int value) { data[blockIdx.x * blockDim.x + threadIdx.x + 1] = value; }
__global__ void sum(int *data, int n) {
  data[0] = 0;
  for (int i = 1; i <= n; ++i)
    data[0] += data[i];
}

// Each thread has a child; what the tail stream runs comes after all of them.
__global__ void many(int *data, int n) {
  cudaError_t e = start((void *)put, 1, 1, data + threadIdx.x, (int)threadIdx.x, FireAndForget);
  if (e == cudaSuccess && threadIdx.x == 0)
    e = start((void *)sum, 1, 1, data, n, Tail);
  if (e != cudaSuccess)
    data[100] = e;
}

__global__ void add(int *data, int value) { data[blockIdx.x * blockDim.x + threadIdx.x] += value; }

__global__ void ordered(int *data, int n) {
  cudaStream_t stream;
  int *copy = data + n;
  cudaError_t e = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  if (e == cudaSuccess)
    e = cudaMemsetAsync(data, 0, n * sizeof(int), stream);
  for (int i = 1; i <= 2 && e == cudaSuccess; ++i)
    e = start((void *)add, n / 256, 256, data, i, stream);
  if (e == cudaSuccess)
    e = cudaMemcpyAsync(copy, data, n * sizeof(int), cudaMemcpyDeviceToDevice, stream);
  if (e == cudaSuccess)
    e = cudaStreamDestroy(stream);
  if (e == cudaSuccess)
    e = cudaGetLastError();
  data[2 * n] = e;
}

__global__ void grow(int *data, int depth) {
  data[depth] = 1 << depth;
  if (depth < 4)
    data[100] |= start((void *)grow, 1, 1, data, depth + 1, 0);
}

__global__ void fails(int *data, int value) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i == value)
    assert(data[i] == 0);
}
__global__ void parent(int *data, int value) { start((void *)fails, 2, 8, data, value, 0); }
static int run(void *kernel, unsigned threads, int *data, int value) {
  void *args[] = {&data, &value};
  cudaError_t e = cudaLaunchKernel(kernel, (dim3){1, 1, 1}, (dim3){threads, 1, 1}, args, 0, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess)
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
  return e;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  int *data, n = 1024;
  if (cudaMallocManaged((void **)&data, (2 * n + 1) * sizeof(int), cudaMemAttachGlobal))
    return 77;
  memset(data, -1, (2 * n + 1) * sizeof(int));
  data[100] = 0;
  if (!strcmp(what, "tail")) {
    if (run((void *)many, 32, data, 32))
      return 1;
    printf("tail: sum %d of 32 children\n", data[0]);
  } else if (!strcmp(what, "streams")) {
    if (run((void *)ordered, 1, data, n) || data[2 * n])
      return fprintf(stderr, "error %d\n", data[2 * n]), 1;
    for (int i = 0; i < 2 * n; ++i)
      if (data[i] != 3)
        return fprintf(stderr, "element %d is %d\n", i, data[i]), 1;
    printf("streams: 3 %d elements right\n", n);
  } else if (!strcmp(what, "recursive")) {
    if (run((void *)grow, 1, data, 0) || data[100])
      return 1;
    printf("recursive: %d %d %d %d %d\n", data[0], data[1], data[2], data[3], data[4]);
  } else if (!strcmp(what, "throw")) {
    return run((void *)parent, 1, data, 10) ? 0 : 3; // libcordonrt says more, and fails the program
  }
  return 0;
}
