// Plain C for the host: the same answer from -O0 to -O2, for kernels that are launched by address and for old names.
// RUN: clang --target=x86_64-unknown-linux-gnu -O0 -S -emit-llvm %s -o - | not %cordon-opt -passes="cordon-detect<format=json>" -disable-output | FileCheck %s
// RUN: clang --target=x86_64-unknown-linux-gnu -O2 -S -emit-llvm %s -o - | not %cordon-opt -passes="cordon-detect<format=json>" -disable-output | FileCheck %s
// CHECK: "deviceOnly": [
// CHECK-NEXT: "asm_only",
// CHECK-NEXT: "marked",
// CHECK-NEXT: "plain",
// CHECK-NEXT: "saxpy"
// CHECK-NEXT: ],
// CHECK-NEXT: "reachesDevice": {},
// CHECK-NEXT: "kernels": [
// CHECK-NEXT: "marked",
// CHECK-NEXT: "plain",
// CHECK-NEXT: "saxpy"
// CHECK-NEXT: ],
#include <stdarg.h>
typedef struct { unsigned x, y, z; } dim3;
int cudaLaunchKernel(const void *f, dim3 grid, dim3 block, void **args, unsigned long shmem, void *stream);
int tid_x(void) __asm__("llvm.nvvm.read.ptx.sreg.tid.x");
void barrier0(void) __asm__("llvm.nvvm.barrier0");
int vprintf(const char *format, va_list list);

void saxpy(int n, float a, float *x, float *y) {
  int i = tid_x();
  barrier0();
  if (i < n)
    y[i] += a * x[i];
}
void plain(float *x) { x[0] = 1; }
__attribute__((annotate("cordon.kernel"))) void marked(float *x) { x[0] = 1; }
unsigned asm_only(void) {
  unsigned r;
  __asm__ volatile("{ .reg .pred p; setp.eq.u32 p, 0, 0; mov.u32 %0, %%laneid; }" : "=r"(r));
  return r;
}
void host_log(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vprintf(format, list);
  va_end(list);
}
struct launch { const void *kernel; void (*done)(void); };
static void done(void) {}
__attribute__((noinline)) static int run(const struct launch *l, void **args) {
  dim3 one = {1, 1, 1};
  int r = cudaLaunchKernel(l->kernel, one, one, args, 0, 0);
  l->done();
  return r;
}
int main(void) {
  void *args[1] = {0};
  struct launch a = {(const void *)saxpy, done}, b = {(const void *)plain, done};
  unsigned cycles;
  __asm__ volatile("rdtsc; pause; nop" : "=a"(cycles) : : "edx");
  return run(&a, args) + run(&b, args);
}
