/*===- runtime-bc/launch.c - cudaLaunchKernel in device code -------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Hosts launch with an array of pointers to the arguments; libcudadevrt wants the arguments themselves in a buffer, laid
 * out as the kernel reads them. cordon-link-runtime knows the kernels and writes down where each parameter goes.
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

int __cordon_launch_kernel(const void *address, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                           unsigned bz, void **arguments, size_t shared, void *stream) {
  const struct kernel *k = __cordon_kernels;
  while (k->address && k->address != address)
    ++k;
  if (!k->address)
    return INVALID_DEVICE_FUNCTION;
  struct dim3 grid = {gx, gy, gz}, block = {bx, by, bz};
  char *buffer = __cudaCDP2GetParameterBufferV2(address, grid, block, (unsigned)shared);
  if (!buffer) {
    int error = __cudaCDP2PeekAtLastError();
    return error ? error : INVALID_CONFIGURATION;
  }
  for (uint32_t i = 0; i < k->layout[0]; ++i)
    cordon_copy_bytes(buffer + k->layout[1 + 2 * i], arguments[i], k->layout[2 + 2 * i]);
  return __cudaCDP2LaunchDeviceV2(buffer, stream);
}
