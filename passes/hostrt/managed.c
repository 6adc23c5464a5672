/*===- hostrt/managed.c - managed variables of a relocatable link --------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * LLVM's device link registers images and variables; its call of __cudaRegisterManagedVar has six arguments where CUDA 13
 * has eight. Cordon enters managed variables as plain ones, and linked with --wrap=__cudaRegisterVar that call comes here:
 * what the section below names is registered as managed, one memory for all devices. Without --wrap it is a plain variable,
 * of which each device has its own.
 *===------------------------------------------------------------------------*/
#include "hostrt/internal.h"

typedef void **cuda_module;

CORDON_WEAK_IMPORT void __cudaRegisterManagedVar(cuda_module module, void **pointer, char *address, const char *name, int external,
                                                 size_t size, int constant, int global);
CORDON_WEAK_IMPORT char __cudaInitModule(cuda_module module);
__attribute__((weak)) void __real___cudaRegisterVar(cuda_module module, char *host, char *address, const char *name, int external,
                                                    size_t size, int constant, int global);
void __wrap___cudaRegisterVar(cuda_module module, char *host, char *address, const char *name, int external, size_t size, int constant,
                              int global);

/* What the linker gathers of the program or library that this is linked into. */
extern struct cordon_managed __start_cordon_managed[] __attribute__((weak, visibility("hidden")));
extern struct cordon_managed __stop_cordon_managed[] __attribute__((weak, visibility("hidden")));

static struct cordon_managed *find(const void *pointer) {
  for (struct cordon_managed *m = __start_cordon_managed; m < __stop_cordon_managed; ++m)
    if (m->pointer == pointer)
      return m;
  return 0;
}

void __wrap___cudaRegisterVar(cuda_module module, char *host, char *address, const char *name, int external, size_t size, int constant,
                              int global) {
  struct cordon_managed *managed = find(host);
  if (!managed)
    return __real___cudaRegisterVar(module, host, address, name, external, size, constant, global);
  managed->module = module;
  __cudaRegisterManagedVar(module, managed->pointer, address, name, external, size, constant, global);
}

void __cordon_managed_ready(void **pointer) {
  struct cordon_managed *managed = find(pointer);
  if (managed && managed->module)
    __cudaInitModule(managed->module);
}
