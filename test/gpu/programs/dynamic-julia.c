// A Julia-shaped kernel that launches another.
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch={arch}>" {dir}/dynamic-julia.ll -o {out}.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.bc -o {out}.o
// BUILD: {cc} -O2 -I{cuda_include} {src} {out}.o {link} -o {out}
// SANITIZE: memcheck
// CASE: run
// EXPECT: julia: 64 right
#include <cuda_runtime_api.h>
#include <stdint.h>
#include <stdio.h>

extern void parent(void) __asm__("_Z6parent13CuDeviceArrayI5Int64Li1ELi1EE");

int main(void) {
  struct {
    void *info;
    uint32_t seed;
  } state = {0, 1};
  struct {
    int64_t *data;
    int64_t maxsize, dims, length;
  } array = {0, 64 * 8, 64, 64};
  if (cudaMallocManaged((void **)&array.data, 64 * 8, cudaMemAttachGlobal))
    return 77;
  void *args[] = {&state, &array};
  cudaError_t e = cudaLaunchKernel((const void *)parent, (struct dim3){1, 1, 1}, (struct dim3){1, 1, 1}, args, 0, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess) {
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
    return 1;
  }
  int right = 0;
  for (int i = 0; i < 64; ++i)
    right += array.data[i] == 1000 + i;
  printf("julia: %d right, the first is %ld\n", right, (long)array.data[0]);
  return 0;
}
