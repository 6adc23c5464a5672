/*===- cordon/abi/state.h - what host and device runtime share ---------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The device runtime reads one device variable, `__cordon_state`. Whoever loads an image (libcordonrt, cordon-smoke, an
 * embedder) fills it before the first launch. All zero is valid: no record, no heap. Sizes and offsets are in bytes and
 * are the same on host and device.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ABI_STATE_H
#define CORDON_ABI_STATE_H

#include <stdint.h>

#define CORDON_STATE_SYMBOL "__cordon_state"
#define CORDON_ABI_VERSION 1u

/* Kinds of exceptions. */
enum cordon_exception_kind {
  CORDON_EXCEPTION_NONE = 0,
  CORDON_EXCEPTION_THROW = 1,         /* a language's throw, panic or error */
  CORDON_EXCEPTION_ASSERT = 2,        /* assert() or __assertfail */
  CORDON_EXCEPTION_ABORT = 3,         /* abort(), std::terminate */
  CORDON_EXCEPTION_OUT_OF_MEMORY = 4, /* gpu_report_oom, operator new */
  CORDON_EXCEPTION_PURE_VIRTUAL = 5,  /* __cxa_pure_virtual */
  CORDON_EXCEPTION_EXIT = 6,          /* exit(n) on the device */
  CORDON_EXCEPTION_HEAP = 7           /* the checking heap found an error */
};

/* States of a record; a thread goes from FREE to CLAIMED by compare-and-swap, fills the record, then stores FULL. */
enum cordon_record_status { CORDON_RECORD_FREE = 0, CORDON_RECORD_CLAIMED = 1, CORDON_RECORD_FULL = 2 };

/* The exception record: pinned host memory, mapped into the device. It outlives the CUDA context. */
struct cordon_exception_record {
  uint32_t status;   /*   0 */
  uint32_t kind;     /*   4 */
  uint32_t thread[3];/*   8: counted from 0 */
  uint32_t block[3]; /*  20: counted from 0 */
  uint32_t line;     /*  32: 0 where unknown */
  uint32_t frames;   /*  36: stack frames that were reported */
  uint64_t value;    /*  40: exit code, bytes asked for, bad pointer: by kind */
  char kernel[128];  /*  48: source name of the kernel, or "" */
  char message[256]; /* 176: NUL-terminated, cut to fit */
  char file[128];    /* 432 */
  char function[128];/* 560: the function that threw, or "" */
  char trace[336];   /* 688: text of the reported frames, a line each */
};                   /* 1024 bytes */

/* The device variable. */
struct cordon_state {
  uint32_t version; /*  0: CORDON_ABI_VERSION, or 0 while nobody has filled it */
  uint32_t flags;   /*  4: CORDON_STATE_* */
  uint64_t record;  /*  8: device address of struct cordon_exception_record, or 0 */
  uint64_t heap;    /* 16: device address of the heap's header, or 0: the driver's malloc serves */
  uint64_t julia_exception_info; /* 24: device address of CUDA.jl's 48-byte ExceptionInfo_st, or 0 */
  uint32_t random_seed;          /* 32: for julia.gpu.state_getter */
  uint32_t reserved[7];
}; /* 64 bytes */

enum cordon_state_flags {
  CORDON_STATE_CHECK_HEAP = 1, /* double frees, foreign pointers, overruns and writes after free are exceptions */
  CORDON_STATE_HEAP_STATS = 2  /* count allocations, frees and the peak */
};

#endif /* CORDON_ABI_STATE_H */
