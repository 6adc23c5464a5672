// Python through Numba: a module of Numba's for the host with a kernel in it; one Python function serves both.
// NEEDS: numba
// BUILD: python3 {dir}/../../e2e/Inputs/numba_module.py {out}.ll
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch={arch};kernels=numba_scale>" {out}.ll -o {out}.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.bc -o {out}.o
// BUILD: {cc} -O2 -I{cuda_include} {src} {out}.o {link} -o {out}
// CASE: run
// EXPECT: numba: 1000 elements right
#include <cuda_runtime_api.h>
#include <stdio.h>

void numba_scale(double *data, long n, double by);
double numba_polynomial(double x);

int main(void) {
  enum { N = 1000 };
  double host[N], *data, by = 2;
  long n = N;
  int right = 0;
  for (int i = 0; i < N; ++i)
    host[i] = i;
  void *args[] = {&data, &n, &by};
  if (cudaMalloc((void **)&data, sizeof host) || cudaMemcpy(data, host, sizeof host, cudaMemcpyHostToDevice) ||
      cudaLaunchKernel((void *)numba_scale, (dim3){8, 1, 1}, (dim3){128, 1, 1}, args, 0, 0) ||
      cudaMemcpy(host, data, sizeof host, cudaMemcpyDeviceToHost))
    return 1;
  for (int i = 0; i < N; ++i)
    right += host[i] == numba_polynomial(i) * by;
  printf("numba: %d elements right\n", right);
  return right != N;
}
