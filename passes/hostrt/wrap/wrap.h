/*===- hostrt/wrap/wrap.h - launches from objects that Cordon has not seen -----===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A C file of another compiler may launch a kernel that an embedded module exports. Linked with --wrap=FUNCTION, its call
 * comes here first. Each function is an object of its own: what is not wrapped is not linked.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_HOSTRT_WRAP_H
#define CORDON_HOSTRT_WRAP_H

#include "cordon/abi/hostrt.h"

struct cordon_dim3 {
  unsigned x, y, z;
};

#define CORDON_WRAP(FUNCTION, PARAMETERS, ARGUMENTS)                                                                    \
  int __real_##FUNCTION PARAMETERS;                                                                                     \
  int __wrap_##FUNCTION PARAMETERS;                                                                                     \
  int __wrap_##FUNCTION PARAMETERS {                                                                                    \
    __cordon_before_launch();                                                                                           \
    return __real_##FUNCTION ARGUMENTS;                                                                                 \
  }

#define CORDON_WRAP_LAUNCH(FUNCTION)                                                                                    \
  CORDON_WRAP(FUNCTION,                                                                                                 \
              (const void *kernel, struct cordon_dim3 grid, struct cordon_dim3 block, void **arguments,                 \
               unsigned long shared, void *stream),                                                                     \
              (kernel, grid, block, arguments, shared, stream))
#define CORDON_WRAP_LAUNCH_EX(FUNCTION)                                                                                 \
  CORDON_WRAP(FUNCTION, (const void *config, const void *kernel, void **arguments), (config, kernel, arguments))
#define CORDON_WRAP_GRAPH(FUNCTION) CORDON_WRAP(FUNCTION, (void *graph, void *stream), (graph, stream))

#endif /* CORDON_HOSTRT_WRAP_H */
