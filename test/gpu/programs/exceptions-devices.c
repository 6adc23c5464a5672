// An exception on each device of the machine, in its own record. With exception=exit, since CUDA ends all work of a process
// after a trap on any device.
// BUILD: {cordon_clang} -O2 -g -mllvm -cordon-exception=exit {src} -o {out} -lm
// SANITIZE: memcheck
// CASE: run
// EXPECT: devices: ([1-9][0-9]*) of \1 recorded their own exception, 0 left
#include <assert.h>
#include <cordon/abi/hostrt.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>

__global__ void work(int *out, int bad) {
  int i = threadIdx.x;
  assert(i != bad);
  out[i] = i;
}

int main(void) {
  int devices = 0, right = 0, *out;
  if (cudaGetDeviceCount(&devices) || !devices)
    return 77;
  // All of them first launch something that is in order.
  for (int d = 0; d < devices; ++d) {
    int none = -1;
    void *args[] = {&out, &none};
    if (cudaSetDevice(d) || cudaMalloc((void **)&out, 256) ||
        cudaLaunchKernel((void *)work, (dim3){1, 1, 1}, (dim3){64, 1, 1}, args, 0, 0) || cudaDeviceSynchronize())
      return fprintf(stderr, "device %d: %s\n", d, cudaGetErrorString(cudaGetLastError())), 1;
  }
  for (int d = 0; d < devices; ++d) {
    int bad = 7 + d;
    void *args[] = {&out, &bad};
    struct cordon_exception_record r;
    cudaError_t e = cudaSetDevice(d);
    if (!e)
      e = cudaMalloc((void **)&out, 256);
    if (!e)
      e = cudaLaunchKernel((void *)work, (dim3){1, 1, 1}, (dim3){64, 1, 1}, args, 0, 0);
    if (e) {
      fprintf(stderr, "device %d: %s\n", d, cudaGetErrorString(e));
      continue;
    }
    e = cudaDeviceSynchronize();
    int kind = cordon_check(&r);
    if (e == cudaSuccess && kind == CORDON_EXCEPTION_ASSERT && r.thread[0] == (unsigned)bad)
      ++right;
    else
      fprintf(stderr, "device %d: %s, kind %d, thread %u\n", d, cudaGetErrorString(e), kind, kind ? r.thread[0] : 0);
  }
  int left = cordon_check(0);
  printf("devices: %d of %d recorded their own exception, %d left\n", right, devices, left);
  return 0;
}
