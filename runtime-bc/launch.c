/*===- runtime-bc/launch.c - launches in device code by other means than V2's --===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Hosts launch with an array of pointers to the arguments; libcudadevrt wants the arguments themselves in a buffer, laid
 * out as the kernel reads them. cordon-link-runtime knows the kernels and writes down where each parameter goes.
 * clang launches with cudaGetParameterBuffer and cudaLaunchDevice, which do not know the tail stream.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

struct dim3 {
  unsigned x, y, z;
};
void *__cudaCDP2GetParameterBufferV2(const void *kernel, struct dim3 grid, struct dim3 block, unsigned shared);
int __cudaCDP2LaunchDeviceV2(void *parameters, void *stream);
int __cudaCDP2PeekAtLastError(void);

/* cudaError_t. */
enum { INVALID_CONFIGURATION = 9, INVALID_DEVICE_FUNCTION = 98 };

/* The kernels that device code names, and behind them a null. */
struct kernel {
  const void *address;
  const uint32_t *layout; /* the number of parameters, then offset and size of each */
};
extern const struct kernel __cordon_kernels[];

static void *open_launch(const void *kernel, struct dim3 grid, struct dim3 block, size_t shared, int *error) {
  void *buffer = __cudaCDP2GetParameterBufferV2(kernel, grid, block, (unsigned)shared);
  if (!buffer) {
    *error = __cudaCDP2PeekAtLastError();
    if (!*error)
      *error = INVALID_CONFIGURATION;
  }
  return buffer;
}

int __cordon_launch_kernel(const void *address, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                           unsigned bz, void **arguments, void *shared, void *stream) {
  const struct kernel *k = __cordon_kernels;
  while (k->address && k->address != address)
    ++k;
  if (!k->address)
    return INVALID_DEVICE_FUNCTION;
  struct dim3 grid = {gx, gy, gz}, block = {bx, by, bz};
  int error;
  char *buffer = open_launch(address, grid, block, (size_t)shared, &error);
  if (!buffer)
    return error;
  for (uint32_t i = 0; i < k->layout[0]; ++i)
    cordon_copy_bytes(buffer + k->layout[1 + 2 * i], arguments[i], k->layout[2 + 2 * i]);
  return __cudaCDP2LaunchDeviceV2(buffer, stream);
}

/* The buffer is memory of ours until the launch, which the kernel is known at; its size stands in front. */
enum { FRONT = 64 };

void *__cordon_parameter_buffer(size_t alignment, size_t size) {
  char *memory = __cordon_aligned_alloc(alignment > FRONT ? alignment : FRONT, FRONT + size);
  if (!memory)
    return 0;
  *(size_t *)memory = size;
  return memory + FRONT;
}

int __cordon_launch_buffer(const void *kernel, void *arguments, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                           unsigned by, unsigned bz, unsigned shared, void *stream) {
  struct dim3 grid = {gx, gy, gz}, block = {bx, by, bz};
  int error;
  char *memory = (char *)arguments - FRONT, *buffer = open_launch(kernel, grid, block, shared, &error);
  if (buffer) {
    cordon_copy_bytes(buffer, arguments, *(size_t *)memory);
    error = __cudaCDP2LaunchDeviceV2(buffer, stream);
  }
  __cordon_free(memory);
  return error;
}
