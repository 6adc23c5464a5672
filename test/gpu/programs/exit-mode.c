// With exception=exit a throw ends its thread alone: the grid goes on, the context stays, two exceptions in a row are told apart.
// BUILD: {cordon_clang} -O2 -g -mllvm -cordon-exception=exit {src} -o {out} -lm
// SANITIZE: no
// CASE: twice
// EXPECT: launch 1: no error, 7 of 8 threads, kind 2: cordon: exception in kernel 'work', block \(0,0,0\), thread \(5,0,0\): assertion failed: i != bad
// EXPECT: launch 2: no error, 7 of 8 threads, kind 3: .*thread \(2,0,0\): abort\(\) was called \(.*exit-mode.c:[0-9]+\)
// EXPECT: launch 3: no error, 8 of 8 threads, kind 0
// CASE: unasked unasked
// STATUS: 1
// EXPECT: cordon: exception in kernel 'work'.*thread \(5,0,0\)
#include <assert.h>
#include <cordon/abi/hostrt.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>

__global__ void work(int *out, int bad, int how) {
  int i = threadIdx.x;
  if (how == 1)
    assert(i != bad);
  else if (i == bad)
    abort();
  out[i] = 1;
}

int main(int argc, char **argv) {
  int *out, host[8];
  cudaMalloc((void **)&out, sizeof(host));
  int bad[] = {5, 2, 99};
  for (int launch = 0; launch < 3; ++launch) {
    int how = launch == 0;
    void *args[] = {&out, &bad[launch], &how};
    cudaMemset(out, 0, sizeof(host));
    cudaLaunchKernel((void *)work, (dim3){1, 1, 1}, (dim3){8, 1, 1}, args, 0, 0);
    cudaError_t e = cudaMemcpy(host, out, sizeof(host), cudaMemcpyDeviceToHost);
    if (argc > 1)
      return 0;
    int n = 0;
    for (int i = 0; i < 8; ++i)
      n += host[i];
    struct cordon_exception_record record;
    char line[512] = "";
    int kind = cordon_check(&record);
    if (kind)
      cordon_format_exception(&record, line, sizeof(line));
    printf("launch %d: %s, %d of 8 threads, kind %d: %s\n", launch + 1, cudaGetErrorString(e), n, kind, line);
  }
  return 0;
}
