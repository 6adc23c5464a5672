// A Julia-shaped image: host functions through the table, a kernel that boxes through gpu_malloc, a thrown BoundsError.
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_75:sm_90>" {dir}/julia-image.ll -o {out}.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.bc -o {out}.o
// BUILD: {cc} -O2 -I{cuda_include} {src} {out}.o {link} -o {out}
// CASE: host-only
// EXPECT: host: fib\(20\) = 6765
// EXPECT: host: hypot\(3, 4\) = 5
// CASE: kernel run
// EXPECT: kernel: 10000 elements right
// CASE: exception throw
// STATUS: nonzero
// EXPECT: box_square.*block.*thread.*BoundsError
// Loads what julia-image.ll holds as a loader of system images would: through the table; then launches the kernel.
// Without arguments: host functions only. "run": the kernel. "throw": a kernel that indexes out of bounds.
#include <cuda_runtime_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *jl_fvar_ptrs[6] __attribute__((visibility("hidden")));
extern void kernel(void) __asm__("_Z10box_square13CuDeviceArrayI7Float32Li1ELi1EE2_S0_");

// What libjulia would provide.
void *jl_get_pgcstack(void) { return jl_fvar_ptrs; }
void *ijl_box_int64(int64_t v) {
  int64_t *box = malloc(16);
  box[1] = v;
  return box + 1;
}

// Julia's own functions use Swift's calling convention: the task's stack pointer is the context.
typedef __attribute__((swiftcall)) double host_hypot(__attribute__((swift_context)) void *, double, double);

struct array {
  float *data;
  int64_t maxsize, dims, len;
};

static void check(cudaError_t e, const char *what) {
  if (e == cudaSuccess)
    return;
  fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(e));
  exit(3);
}

static int launch(int n, int room) {
  float *host = malloc(2 * n * sizeof(float));
  for (int i = 0; i < n; ++i)
    host[i] = i;
  struct array in = {0, 0, n, n}, out = {0, 0, room, room};
  check(cudaMalloc((void **)&in.data, n * sizeof(float)), "cudaMalloc");
  check(cudaMalloc((void **)&out.data, n * sizeof(float)), "cudaMalloc");
  check(cudaMemcpy(in.data, host, n * sizeof(float), cudaMemcpyHostToDevice), "cudaMemcpy");
  void *args[] = {&out, &in};
  struct dim3 grid = {(n + 255) / 256, 1, 1}, block = {256, 1, 1};
  check(cudaLaunchKernel((const void *)kernel, grid, block, args, 0, 0), "cudaLaunchKernel");
  check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  check(cudaMemcpy(host + n, out.data, n * sizeof(float), cudaMemcpyDeviceToHost), "cudaMemcpy");
  for (int i = 0; i < n; ++i)
    if (host[n + i] != (float)i * (float)i) {
      fprintf(stderr, "element %d is %g\n", i, host[n + i]);
      return 1;
    }
  printf("kernel: %d elements right\n", n);
  return 0;
}

int main(int argc, char **argv) {
  for (int i = 0; i < 6; ++i)
    if (!jl_fvar_ptrs[i])
      return 1;
  // Through the jfptr wrapper, whose calling convention is C.
  void *(*fib)(void *, void **, int) = (void *(*)(void *, void **, int))jl_fvar_ptrs[1];
  void *arg = ijl_box_int64(20);
  printf("host: fib(20) = %ld\n", (long)*(int64_t *)fib(0, &arg, 1));
  // Host code that an overlay made call libdevice: it must compute what it always did.
  host_hypot *hyp = (host_hypot *)jl_fvar_ptrs[5];
  printf("host: hypot(3, 4) = %g\n", hyp(jl_get_pgcstack(), 3, 4));
  if (argc > 1 && !strcmp(argv[1], "run"))
    return launch(10000, 10000);
  if (argc > 1 && !strcmp(argv[1], "throw"))
    return launch(10000, 100);
  return 0;
}
