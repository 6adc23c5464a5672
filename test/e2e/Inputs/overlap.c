#include <cordon/device.h>
#include <cuda_runtime_api.h>

static __device__ int counter;
static __managed__ int total;
int *places[2] = {0, &total};
static __global__ void unused(int *p) { *p = counter; }
__global__ void used(int *p) {
#ifdef WRONG
  __asm__("mov.u32 %0, %%no_such_register;" : "=r"(*p));
#endif
  *p = ++counter + ++total;
}
int start(int *p) {
  void *args[] = {&p};
  int one = 1;
  cudaMemcpyToSymbol(&counter, &one, sizeof(one), 0, cudaMemcpyHostToDevice);
  cudaLaunchKernel((const void *)used, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, 0);
  return total;
}
const void *also(void) { return (const void *)unused; }
