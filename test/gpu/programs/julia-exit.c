// The image of julia-main with exception=exit, as CUDA.jl runs kernels: one thread prints, the others end, the context stays.
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_75:sm_90;exception=exit>" {dir}/julia-image.ll -o {out}.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.bc -o {out}.o
// BUILD: {cc} -O2 -I{cuda_include} -I{root}/include {src} {out}.o {link} -o {out}
// CASE: run
// EXPECT: ERROR: a BoundsError was thrown during kernel execution on thread \(\d+, 1, 1\) in block \(\d+, 1, 1\)
// EXPECT: exit: 1 record, 100 elements right
#define main other
#include "julia-main.c"
#undef main
#include <cordon/abi/hostrt.h>

int main(void) {
  enum { N = 1000, ROOM = 100 };
  static float host[N];
  struct array in = {0, 0, N, N}, out = {0, 0, ROOM, ROOM};
  for (int i = 0; i < N; ++i)
    host[i] = i;
  check(cudaMalloc((void **)&in.data, sizeof host), "cudaMalloc");
  check(cudaMalloc((void **)&out.data, sizeof host), "cudaMalloc");
  check(cudaMemset(out.data, 0, sizeof host), "cudaMemset");
  check(cudaMemcpy(in.data, host, sizeof host, cudaMemcpyHostToDevice), "cudaMemcpy");
  void *args[] = {&out, &in};
  struct dim3 grid = {(N + 255) / 256, 1, 1}, block = {256, 1, 1};
  check(cudaLaunchKernel((const void *)kernel, grid, block, args, 0, 0), "cudaLaunchKernel");
  check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  check(cudaMemcpy(host, out.data, sizeof host, cudaMemcpyDeviceToHost), "cudaMemcpy");
  int records = 0, right = 0;
  struct cordon_exception_record record;
  while (cordon_check(&record))
    ++records;
  while (right < N && host[right] == (float)right * right)
    ++right;
  printf("exit: %d record, %d elements right\n", records, right);
  return records != 1 || right < ROOM;
}
