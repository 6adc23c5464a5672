/*===- hostrt/internal.h - what the files of libcordonrt share ----------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Hidden names; a program sees cordon/abi/hostrt.h alone.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_HOSTRT_INTERNAL_H
#define CORDON_HOSTRT_INTERNAL_H

#include "cordon/abi/hostrt.h"
#include "hostrt/cuda_api.h"

/* What one CUDA context has: pages of this process that are mapped into the device. They outlive the context. */
struct cordon_context {
  struct cordon_exception_record record;
  unsigned char julia_exception_info[48]; /* CUDA.jl's ExceptionInfo_st */
};

/* Makes the device heap of the current context and returns the device address of its header, or 0 for none; *flags: the
 * CORDON_STATE_* that were asked for with it. Called once for each context, before any state is written; `stream` is a
 * private one, capture mode is relaxed. */
uint64_t cordon_heap_create(int device, cuda_stream stream, uint32_t *flags);

/* The first full record of any context, or null. */
struct cordon_exception_record *cordon_find_exception(void);

/* From now on the check at exit looks at the records. */
void cordon_arm_exit_check(void);

#endif /* CORDON_HOSTRT_INTERNAL_H */
