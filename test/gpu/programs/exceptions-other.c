// The second image of exceptions-streams.
#include <assert.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>

static __global__ void other(int *on) {
  assert(threadIdx.x != 2);
  atomicAdd(on, 1);
}

void otherLaunch(int *on) {
  void *args[] = {&on};
  cudaLaunchKernel((void *)other, (dim3){1, 1, 1}, (dim3){4, 1, 1}, args, 0, 0);
  cudaDeviceSynchronize();
}
