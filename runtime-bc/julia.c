/*===- runtime-bc/julia.c - GPUCompiler.jl's and CUDA.jl's runtime functions ---===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The `gpu_*` and `ijl_*box_*` functions, with pointers as pointers; cordon-link-runtime adapts callers that pass them as
 * integers (Julia up to 1.11). An exception goes to Cordon's record and, where the host gave one, to CUDA.jl's
 * ExceptionInfo with its lock and texts. A function `__cordon_state_NAME` is NAME for code in which kernels
 * carry the state: it takes the ExceptionInfo's address first.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

/* CUDA.jl's ExceptionInfo_st: 48 bytes in pinned host memory; thread and block count from 1. */
struct julia_exception_info {
  uint32_t status;
  uint32_t output_lock; /* 0 free, 1 taken, 2 done */
  uint32_t thread[3];
  uint32_t block[3];
  const char *subtype;
  const char *reason;
};
_Static_assert(sizeof(struct julia_exception_info) == 48, "CUDA.jl's layout");

static struct julia_exception_info *default_info(void) { return __cordon_julia_info(); }

static void here(uint32_t thread[3], uint32_t block[3]) {
  thread[0] = __nvvm_read_ptx_sreg_tid_x() + 1;
  thread[1] = __nvvm_read_ptx_sreg_tid_y() + 1;
  thread[2] = __nvvm_read_ptx_sreg_tid_z() + 1;
  block[0] = __nvvm_read_ptx_sreg_ctaid_x() + 1;
  block[1] = __nvvm_read_ptx_sreg_ctaid_y() + 1;
  block[2] = __nvvm_read_ptx_sreg_ctaid_z() + 1;
}

/* 1 if this thread is the one that prints. CUDA.jl uses the info without asking whether there is one; here a kernel
 * that was launched without it prints from the thread that has Cordon's record, and without both from every thread. */
static int lock_output(struct julia_exception_info *info) {
  if (!info)
    return !__cordon_state.record || __cordon_claim();
  uint32_t thread[3], block[3], before = __cordon_take(&info->output_lock, 0, 1);
  here(thread, block);
  if (before == 0) {
    for (int i = 0; i < 3; ++i) {
      info->thread[i] = thread[i];
      info->block[i] = block[i];
    }
    __nvvm_membar_gl();
    return 1;
  }
  if (before != 1)
    return 0;
  for (int i = 0; i < 3; ++i)
    if (info->thread[i] != thread[i] || info->block[i] != block[i])
      return 0;
  return 1;
}

/* Printing before a trap is lost, and the record has the text. A launch that brought its own info is CUDA.jl's, which
 * relies on the printed text. */
static int prints(struct julia_exception_info *info) {
  return __cordon_exception_exit() || (info && (uint64_t)info != __cordon_state.julia_exception_info);
}

static void report(struct julia_exception_info *info, const char *name, const char *ending) {
  const char *reason = info ? info->reason : 0;
  if (info && info->subtype)
    name = info->subtype;
  struct cordon_exception_record *record = __cordon_claim();
  if (record) {
    size_t n = cordon_append(record->message, sizeof(record->message), 0, name);
    if (reason) {
      n = cordon_append(record->message, sizeof(record->message), n, ": ");
      cordon_append(record->message, sizeof(record->message), n, reason);
    }
  }
  if (!prints(info) || !lock_output(info))
    return;
  struct {
    const char *name;
    uint32_t thread[3], block[3];
  } arguments;
  arguments.name = name;
  here(arguments.thread, arguments.block);
  vprintf("ERROR: a %s was thrown during kernel execution on thread (%d, %d, %d) in block (%d, %d, %d).\n", &arguments);
  if (reason)
    vprintf("%s\n", &reason);
  vprintf(ending, 0);
}

CORDON_COLD void __cordon_state_gpu_report_exception(void *info, const char *name) {
  report(info, name,
         "Stacktrace not available, run Julia on debug level 2 for more details (by passing -g2 to the executable).\n");
}

CORDON_COLD void __cordon_state_gpu_report_exception_name(void *info, const char *name) {
  report(info, name, "Stacktrace:\n");
}

CORDON_COLD void __cordon_state_gpu_report_exception_frame(void *info, int32_t index, const char *function,
                                                           const char *file, int32_t line) {
  struct cordon_exception_record *record = __cordon_claim();
  if (record) {
    if (record->frames++ == 0) {
      cordon_append(record->file, sizeof(record->file), 0, file);
      cordon_append(record->function, sizeof(record->function), 0, function);
      record->line = (uint32_t)line;
    }
    char *out = record->trace;
    const size_t cap = sizeof(record->trace);
    size_t n = cordon_append(out, cap, cordon_strlen(out), " [");
    n = cordon_append_decimal(out, cap, n, (uint32_t)index);
    n = cordon_append(out, cap, n, "] ");
    n = cordon_append(out, cap, n, function);
    n = cordon_append(out, cap, n, " at ");
    n = cordon_append(out, cap, n, file);
    n = cordon_append(out, cap, n, ":");
    n = cordon_append_decimal(out, cap, n, (uint32_t)line);
    cordon_append(out, cap, n, "\n");
  }
  if (!prints(info) || !lock_output(info))
    return;
  struct {
    int32_t index;
    const char *function, *file;
    int32_t line;
  } arguments = {index, function, file, line};
  vprintf(" [%d] %s at %s:%d\n", &arguments);
}

/* Not noreturn: GPUCompiler puts a trap behind the call. */
CORDON_COLD void __cordon_state_gpu_signal_exception(void *pointer) {
  struct julia_exception_info *info = pointer;
  struct cordon_exception_record *record = __cordon_claim();
  if (record) {
    if (!record->message[0])
      cordon_append(record->message, sizeof(record->message), 0, "exception");
    record->value = 0;
    __cordon_publish(record);
  }
  if (info) {
    if (prints(info) && lock_output(info)) {
      vprintf("\n", 0);
      info->output_lock = 2;
    }
    *(volatile uint32_t *)&info->status = 1;
  }
  __cordon_stop();
}

void gpu_report_exception(const char *name) { __cordon_state_gpu_report_exception(default_info(), name); }
void gpu_report_exception_name(const char *name) { __cordon_state_gpu_report_exception_name(default_info(), name); }
void gpu_report_exception_frame(int32_t index, const char *function, const char *file, int32_t line) {
  __cordon_state_gpu_report_exception_frame(default_info(), index, function, file, line);
}
void gpu_signal_exception(void) { __cordon_state_gpu_signal_exception(default_info()); }

CORDON_COLD void gpu_report_oom(uint64_t size) {
  struct cordon_exception_record *record = __cordon_claim();
  if (record) {
    record->kind = CORDON_EXCEPTION_OUT_OF_MEMORY;
    char *out = record->message;
    size_t n = cordon_append(out, sizeof(record->message), 0, "Out of dynamic GPU memory (trying to allocate ");
    n = cordon_append_decimal(out, sizeof(record->message), n, size);
    cordon_append(out, sizeof(record->message), n, " bytes)");
  }
  if (prints(default_info()))
    vprintf("ERROR: Out of dynamic GPU memory (trying to allocate %llu bytes)\n", &size);
}

void *gpu_malloc(uint64_t size) { return __cordon_malloc(size); }

static CORDON_COLD _Noreturn void throw_out_of_memory(struct julia_exception_info *info, uint64_t size) {
  gpu_report_oom(size);
  __cordon_state_gpu_signal_exception(info);
  __builtin_unreachable();
}

void *__cordon_state_gpu_gc_pool_alloc(void *info, uint64_t size) {
  void *memory = gpu_malloc(size);
  if (!memory)
    throw_out_of_memory(info, size);
  return memory;
}
void *gpu_gc_pool_alloc(uint64_t size) {
  void *memory = gpu_malloc(size);
  if (!memory)
    throw_out_of_memory(default_info(), size);
  return memory;
}

/* Left in the code, a static assertion has failed. */
CORDON_COLD _Noreturn void gpu_static_assert(const char *message) {
  __cordon_throw(CORDON_EXCEPTION_ASSERT, message ? message : "static assertion failed", 0, 0, 0);
}

/* CUDA.jl up to 2021 asked for the flag's address. */
void *julia_exception_flag(void) { return default_info(); }
void *cudanativeExceptionFlag(void) { return default_info(); }

/* Boxes: the type's tag with both garbage-collection bits set, then the value. Julia before 1.8 said jl_. The addresses
 * of the host's types mean nothing here, so the tags are numbers that differ. */
#define TYPE_TAG(NAME, NUMBER) const uint64_t jl_##NAME##_type = (uint64_t)(NUMBER) << 4;
#define BOX(NAME, TYPE, NUMBER)                                                                                         \
  TYPE_TAG(NAME, NUMBER)                                                                                                \
  void *ijl_box_##NAME(TYPE value) {                                                                                    \
    uint64_t *box = gpu_gc_pool_alloc(8 + sizeof(TYPE));                                                                \
    box[0] = jl_##NAME##_type | 3;                                                                                      \
    *(TYPE *)(box + 1) = value;                                                                                         \
    return box + 1;                                                                                                     \
  }                                                                                                                     \
  TYPE ijl_unbox_##NAME(const void *box) { return *(const TYPE *)box; }                                                 \
  void *jl_box_##NAME(TYPE value) { return ijl_box_##NAME(value); }                                                     \
  TYPE jl_unbox_##NAME(const void *box) { return ijl_unbox_##NAME(box); }

BOX(int8, int8_t, 1)
BOX(int16, int16_t, 2)
BOX(int32, int32_t, 3)
BOX(int64, int64_t, 4)
BOX(uint8, uint8_t, 5)
BOX(uint16, uint16_t, 6)
BOX(uint32, uint32_t, 7)
BOX(uint64, uint64_t, 8)
BOX(float32, float, 9)
BOX(float64, double, 10)

TYPE_TAG(bool, 11)
void *ijl_box_bool(uint8_t value) {
  uint64_t *box = gpu_gc_pool_alloc(9);
  box[0] = jl_bool_type | 3;
  *(uint8_t *)(box + 1) = value & 1;
  return box + 1;
}
uint8_t ijl_unbox_bool(const void *box) { return *(const uint8_t *)box & 1; }
void *jl_box_bool(uint8_t value) { return ijl_box_bool(value); }
uint8_t jl_unbox_bool(const void *box) { return ijl_unbox_bool(box); }
