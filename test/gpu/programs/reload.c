// Shared libraries with device code: two in one process whose symbols have the same names, unloaded and loaded again, when
// their device variables start anew; the program has an image of its own.
// BUILD: {cordon_clang} -O2 -fPIC -shared {dir}/reload-a.c -o {out}.a.so
// BUILD: {cordon_clang} -O2 -fPIC -shared {dir}/reload-b.c -o {out}.b.so
// BUILD: {cordon_clang} -O2 {src} -DLIBRARY_A='"{out}.a.so"' -DLIBRARY_B='"{out}.b.so"' -o {out}
// CASE: run
// EXPECT: first: own 6, a 107, b 2008, a 117
// EXPECT: again: own 12, a 107, b 2016
// EXPECT: b alone: own 18, b 2024
#define _GNU_SOURCE
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// The libraries travel inside the program: a bundle has one file for each test.
__asm__(".section .rodata\n"
        "library_a: .incbin \"" LIBRARY_A "\"\nlibrary_a_end:\n"
        "library_b: .incbin \"" LIBRARY_B "\"\nlibrary_b_end:\n"
        ".text\n");
extern const char library_a[], library_a_end[], library_b[], library_b_end[];

__device__ int total = 0;
static __global__ void add(int n) { atomicAdd(&total, n); }

static int own(int n) {
  void *args[] = {&n};
  int value = -1;
  if (cudaLaunchKernel((void *)add, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, 0) ||
      cudaMemcpyFromSymbol(&value, &total, sizeof value, 0, cudaMemcpyDeviceToHost))
    return -2;
  return value;
}

typedef int (*Add)(int);

static Add load(const char *begin, const char *end, void **handle) {
  char path[64];
  int fd = memfd_create("library", 0);
  if (fd < 0 || write(fd, begin, end - begin) != end - begin)
    exit(2);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (!(*handle = dlopen(path, RTLD_NOW | RTLD_LOCAL))) {
    printf("%s\n", dlerror());
    exit(2);
  }
  return (Add)dlsym(*handle, "library_add");
}

int main(void) {
  void *a, *b;
  Add add_a = load(library_a, library_a_end, &a), add_b = load(library_b, library_b_end, &b);
  int x = own(6), y = add_a(7), z = add_b(8);
  printf("first: own %d, a %d, b %d, a %d\n", x, y, z, add_a(10));
  dlclose(a);
  add_a = load(library_a, library_a_end, &a);
  x = own(6), y = add_a(7);
  printf("again: own %d, a %d, b %d\n", x, y, add_b(8));
  dlclose(a);
  x = own(6);
  printf("b alone: own %d, b %d\n", x, add_b(8));
  dlclose(b);
  return 0;
}
