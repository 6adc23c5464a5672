/*===- cordon/abi/hostrt.h - libcordonrt's interface ---------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The first part is for programs; the second is what cordon-embed emits calls to. Those are weak: a program that does
 * not link libcordonrt runs without it.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ABI_HOSTRT_H
#define CORDON_ABI_HOSTRT_H

#include "cordon/abi/state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 0 if no kernel has thrown since the last call. Otherwise the exception's kind; the record is copied into *out
 * (unless null) and cleared, and the exception counts as asked for: nothing is printed at exit. Looks only at memory:
 * synchronize first. */
int cordon_check(struct cordon_exception_record *out);

/* One line without a newline, as the check at exit prints it. Returns the length, as snprintf does. */
int cordon_format_exception(const struct cordon_exception_record *record, char *out, unsigned long cap);

/* The size in bytes of the heap for malloc and kin in device code, for each context that is set up from now on, which
 * happens at its first launch; 0: the driver's malloc serves. flags: CORDON_STATE_CHECK_HEAP, CORDON_STATE_HEAP_STATS.
 * The variable CORDON_HEAP in the environment ("2G", "check,512M") wins over it. */
void cordon_set_heap(uint64_t bytes, uint32_t flags);

/* What is live in the heap of the current device; at the end, live_objects is the number of leaks. Returns 0 if there is no
 * heap, or if it cannot be read. See cordon/abi/heap.h. Waits for the device. */
struct cordon_heap_statistics;
int cordon_heap_statistics(struct cordon_heap_statistics *out);

/* One for each embedded image; a static object that cordon-embed emits. */
struct cordon_image {
  uint32_t version;           /* CORDON_ABI_VERSION */
  uint32_t flags;             /* 0 */
  const void *state_symbol;   /* host shadow that is registered for __cordon_state, or null: image has no state */
  const char *name;           /* module's name, for messages */
  struct cordon_image *next;  /* libcordonrt's */
  uint64_t prepared;          /* libcordonrt's: devices whose state is set, a bit each */
};

/* From the module's constructor, after __cudaRegisterFatBinaryEnd; makes no CUDA call. */
void __cordon_register_image(struct cordon_image *image);
/* From the module's destructor. */
void __cordon_unregister_image(struct cordon_image *image);
/* Before each launch that the module's host code does: sets up record and heap of the current device once. */
void __cordon_before_launch(void);

/* One for each managed variable of an image that LLVM's device link registers, in the section "cordon_managed". */
struct cordon_managed {
  void **pointer; /* where the host finds the variable; null until the module is initialized */
  void **module;  /* libcordonrt's: the module that it was registered with */
};
/* Before the host's first use of such a variable: initializes its module, which fills the pointer. */
void __cordon_managed_ready(void **pointer);

#ifdef __cplusplus
}
#endif

#endif /* CORDON_ABI_HOSTRT_H */
