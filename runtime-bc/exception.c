/*===- runtime-bc/exception.c - the exception record, and stopping ------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The first thread that fails claims the record in host memory, fills it and publishes it; then it stops. What stops it
 * is chosen when the runtime is linked: `trap` ends the grid and the context, `exit` ends the thread alone, as CUDA.jl
 * does. Everything here is cold: nothing runs, and nothing is loaded, before something has failed.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

CORDON_GLOBAL struct cordon_state __cordon_state;

/* Says which thread this is among all that run on the device; never 0. */
static uint64_t thread_token(void) {
  uint64_t block = __nvvm_read_ptx_sreg_ctaid_x() +
                   (uint64_t)__nvvm_read_ptx_sreg_nctaid_x() *
                       (__nvvm_read_ptx_sreg_ctaid_y() +
                        (uint64_t)__nvvm_read_ptx_sreg_nctaid_y() * __nvvm_read_ptx_sreg_ctaid_z());
  uint64_t thread = __nvvm_read_ptx_sreg_tid_x() +
                    __nvvm_read_ptx_sreg_ntid_x() *
                        (__nvvm_read_ptx_sreg_tid_y() +
                         __nvvm_read_ptx_sreg_ntid_y() * __nvvm_read_ptx_sreg_tid_z());
  /* Grids that run at the same time differ in their number. */
  return ((uint64_t)(uint32_t)__nvvm_read_ptx_sreg_gridid() << 48) ^ (block * 1024 + thread + 1);
}

/* The host reads the record, hence the system scope of loads and stores. */
static uint32_t load_status(struct cordon_exception_record *record) {
  return __scoped_atomic_load_n(&record->status, __ATOMIC_ACQUIRE, __MEMORY_SCOPE_SYSTEM);
}

/* Among this device's threads only: the host writes nothing that is in use, and a GPU behind PCIe may not have atomics on
 * host memory that the host takes part in (compute-sanitizer stops at one). In PTX, since clang drops the scope. */
CORDON_COLD uint32_t __cordon_take(uint32_t *word, uint32_t free, uint32_t taken) {
  uint32_t before;
  __asm__ volatile("atom.acq_rel.gpu.cas.b32 %0, [%1], %2, %3;"
                   : "=r"(before)
                   : "l"(word), "r"(free), "r"(taken)
                   : "memory");
  return before;
}

CORDON_COLD struct cordon_exception_record *__cordon_claim(void) {
  struct cordon_exception_record *record = (struct cordon_exception_record *)__cordon_state.record;
  if (!record)
    return 0;
  uint64_t token = thread_token();
  uint32_t before = __cordon_take(&record->status, CORDON_RECORD_FREE, CORDON_RECORD_CLAIMED);
  if (before != CORDON_RECORD_FREE) {
    /* While a record is claimed, `value` holds the claiming thread's token; 0 means that it is not there yet. */
    uint64_t owner = __scoped_atomic_load_n(&record->value, __ATOMIC_RELAXED, __MEMORY_SCOPE_SYSTEM);
    return before == CORDON_RECORD_CLAIMED && owner == token ? record : 0;
  }
  __scoped_atomic_store_n(&record->value, token, __ATOMIC_RELAXED, __MEMORY_SCOPE_SYSTEM);
  record->kind = CORDON_EXCEPTION_THROW;
  record->thread[0] = __nvvm_read_ptx_sreg_tid_x();
  record->thread[1] = __nvvm_read_ptx_sreg_tid_y();
  record->thread[2] = __nvvm_read_ptx_sreg_tid_z();
  record->block[0] = __nvvm_read_ptx_sreg_ctaid_x();
  record->block[1] = __nvvm_read_ptx_sreg_ctaid_y();
  record->block[2] = __nvvm_read_ptx_sreg_ctaid_z();
  record->line = 0;
  record->frames = 0;
  record->message[0] = record->file[0] = record->function[0] = record->trace[0] = 0;
  cordon_append(record->kernel, sizeof(record->kernel), 0, __cordon_kernel_name());
  return record;
}

CORDON_COLD void __cordon_publish(struct cordon_exception_record *record) {
  __nvvm_membar_sys();
  __scoped_atomic_store_n(&record->status, CORDON_RECORD_FULL, __ATOMIC_RELEASE, __MEMORY_SCOPE_SYSTEM);
  __nvvm_membar_sys();
}

CORDON_COLD _Noreturn void __cordon_stop(void) {
  uint32_t *julia_status = (uint32_t *)__cordon_state.julia_exception_info;
  if (julia_status)
    *(volatile uint32_t *)julia_status = 1;
  __nvvm_membar_sys();
  if (__cordon_exception_exit()) {
    __nvvm_exit();
    __builtin_unreachable();
  }
  /* A trap ends all threads at once: the one that is still filling the record must not be among them. The limit is for
   * a record that a thread claimed and left behind. */
  struct cordon_exception_record *record = (struct cordon_exception_record *)__cordon_state.record;
  if (record)
    for (unsigned i = 0; i < 100000 && load_status(record) == CORDON_RECORD_CLAIMED; ++i)
      __nvvm_nanosleep(100);
  __builtin_trap();
}

/* Nothing was set up to hold the report: the driver's own means remain. */
static void report_without_record(uint32_t kind, const char *message, const char *file, uint32_t line,
                                  const char *function) {
  const char *text = message ? message : "";
  if (!__cordon_exception_exit()) {
    /* printf's output is lost when a thread traps; __assertfail's is not. */
    if (kind == CORDON_EXCEPTION_ASSERT)
      __assertfail(text, file ? file : "", line, function ? function : "", 1);
    return;
  }
  struct {
    const char *message;
    unsigned block[3], thread[3];
  } arguments = {text,
                 {__nvvm_read_ptx_sreg_ctaid_x(), __nvvm_read_ptx_sreg_ctaid_y(), __nvvm_read_ptx_sreg_ctaid_z()},
                 {__nvvm_read_ptx_sreg_tid_x(), __nvvm_read_ptx_sreg_tid_y(), __nvvm_read_ptx_sreg_tid_z()}};
  vprintf("cordon: exception: %s, block (%u,%u,%u), thread (%u,%u,%u)\n", &arguments);
}

CORDON_COLD _Noreturn void __cordon_throw_value(uint32_t kind, const char *message, const char *file, uint32_t line,
                                                const char *function, uint64_t value) {
  struct cordon_exception_record *record = __cordon_claim();
  if (record) {
    record->kind = kind;
    cordon_append(record->message, sizeof(record->message), 0, message);
    if (file) {
      cordon_append(record->file, sizeof(record->file), 0, file);
      record->line = line;
    }
    if (function)
      cordon_append(record->function, sizeof(record->function), 0, function);
    record->value = value;
    __cordon_publish(record);
  } else if (!__cordon_state.record) {
    report_without_record(kind, message, file, line, function);
  }
  __cordon_stop();
}

CORDON_COLD _Noreturn void __cordon_throw(uint32_t kind, const char *message, const char *file, uint32_t line,
                                          const char *function) {
  __cordon_throw_value(kind, message, file, line, function, 0);
}

/* Called before a throw that knows no place itself, by code that cordon-link-runtime adds where line tables do. */
CORDON_COLD void __cordon_note_location(const char *file, uint32_t line, const char *function) {
  struct cordon_exception_record *record = __cordon_claim();
  if (!record)
    return;
  cordon_append(record->file, sizeof(record->file), 0, file);
  cordon_append(record->function, sizeof(record->function), 0, function);
  record->line = line;
}
