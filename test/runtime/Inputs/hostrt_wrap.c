/* A launch from plain C, linked with --wrap=cudaLaunchKernel: the image's state is set before the launch. */
#include "cordon/abi/hostrt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct grid {
  unsigned x, y, z;
};
int cudaLaunchKernel(const void *, struct grid, struct grid, void **, unsigned long, void *);

/* The CUDA runtime is another object: --wrap only reaches calls from outside. */
extern struct cordon_state variable;
extern int launches;
extern char symbol;

#ifdef RUNTIME
struct cordon_state variable;
int launches;
char symbol;
int cudaLaunchKernel(const void *kernel, struct grid grid, struct grid block, void **arguments, unsigned long shared,
                     void *stream) {
  launches += variable.version == CORDON_ABI_VERSION && kernel == &symbol && grid.y == 2 && grid.z == 3 &&
              block.x == 4 && block.z == 6 && !arguments && shared == 5 && !stream;
  return 0;
}
int cudaGetDevice(int *device) { return *device = 0; }
int cudaHostRegister(void *p, size_t n, unsigned flags) { return !p || !n || !flags; }
int cudaHostGetDevicePointer(void **device, void *host, unsigned flags) { return *device = host, flags != 0; }
int cudaGetSymbolAddress(void **out, const void *s) { return *out = &variable, s != &symbol; }
int cudaMemcpyAsync(void *to, const void *from, size_t n, int kind, void *s) {
  return memcpy(to, from, n), kind != 1 || !s;
}
int cudaMalloc(void **p, size_t n) { return (*p = calloc(1, n)) == 0; }
int cudaStreamCreateWithFlags(void **stream, unsigned flags) { return *stream = &symbol, flags != 1; }
int cudaStreamSynchronize(void *stream) { return !stream; }
int cudaStreamDestroy(void *stream) { return !stream; }

#else
int main(void) {
  static struct cordon_image image = {CORDON_ABI_VERSION, 0, &symbol, "image", 0, 0};
  __cordon_register_image(&image);
  struct grid grid = {1, 2, 3}, block = {4, 5, 6};
  cudaLaunchKernel(&symbol, grid, block, 0, 5, 0);
  printf("state set %d, launches %d\n", variable.version == CORDON_ABI_VERSION, launches);
  return 0;
}
#endif
