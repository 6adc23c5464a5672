/*===- runtime-bc/cxx.c - the C++ run time for device code --------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * operator new and delete, guards of local statics, and the functions that throw: on the device a throw is an exception
 * record and the end. The names are those of the Itanium ABI and of libstdc++.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

#define NAMED(NAME) __asm__(NAME)

/*===--- operator new and delete ----------------------------------------------===*/

static CORDON_COLD _Noreturn void out_of_memory(size_t size) {
  char message[80];
  size_t n = cordon_append(message, sizeof(message), 0, "std::bad_alloc: operator new of ");
  n = cordon_append_decimal(message, sizeof(message), n, size);
  cordon_append(message, sizeof(message), n, " bytes");
  __cordon_throw_value(CORDON_EXCEPTION_OUT_OF_MEMORY, message, 0, 0, 0, size);
}
static inline void *checked(void *memory, size_t size) {
  if (!memory)
    out_of_memory(size);
  return memory;
}

#define NEW(NAME, SIZED_NAME, ...)                                                                                      \
  void *NAME(size_t size) NAMED("_Zn" SIZED_NAME "m");                                                                  \
  void *NAME(size_t size) { return checked(__cordon_malloc(size), size); }                                              \
  void *NAME##_nothrow(size_t size, const void *tag) NAMED("_Zn" SIZED_NAME "mRKSt9nothrow_t");                         \
  void *NAME##_nothrow(size_t size, const void *tag) {                                                                  \
    (void)tag;                                                                                                          \
    return __cordon_malloc(size);                                                                                       \
  }                                                                                                                     \
  void *NAME##_aligned(size_t size, size_t alignment) NAMED("_Zn" SIZED_NAME "mSt11align_val_t");                       \
  void *NAME##_aligned(size_t size, size_t alignment) {                                                                 \
    return checked(__cordon_aligned_alloc(alignment, size), size);                                                      \
  }                                                                                                                     \
  void *NAME##_aligned_nothrow(size_t size, size_t alignment, const void *tag)                                          \
      NAMED("_Zn" SIZED_NAME "mSt11align_val_tRKSt9nothrow_t");                                                         \
  void *NAME##_aligned_nothrow(size_t size, size_t alignment, const void *tag) {                                        \
    (void)tag;                                                                                                          \
    return __cordon_aligned_alloc(alignment, size);                                                                     \
  }
NEW(cordon_new, "w")
NEW(cordon_new_array, "a")

#define DELETE(NAME, SYMBOL, ...)                                                                                       \
  void NAME(void *pointer, ##__VA_ARGS__) NAMED(SYMBOL);                                                                \
  void NAME(void *pointer, ##__VA_ARGS__) { __cordon_free(pointer); }
#pragma clang diagnostic ignored "-Wunused-parameter"
DELETE(cordon_delete, "_ZdlPv")
DELETE(cordon_delete_sized, "_ZdlPvm", size_t size)
DELETE(cordon_delete_aligned, "_ZdlPvSt11align_val_t", size_t alignment)
DELETE(cordon_delete_sized_aligned, "_ZdlPvmSt11align_val_t", size_t size, size_t alignment)
DELETE(cordon_delete_nothrow, "_ZdlPvRKSt9nothrow_t", const void *tag)
DELETE(cordon_delete_aligned_nothrow, "_ZdlPvSt11align_val_tRKSt9nothrow_t", size_t alignment, const void *tag)
DELETE(cordon_delete_array, "_ZdaPv")
DELETE(cordon_delete_array_sized, "_ZdaPvm", size_t size)
DELETE(cordon_delete_array_aligned, "_ZdaPvSt11align_val_t", size_t alignment)
DELETE(cordon_delete_array_sized_aligned, "_ZdaPvmSt11align_val_t", size_t size, size_t alignment)
DELETE(cordon_delete_array_nothrow, "_ZdaPvRKSt9nothrow_t", const void *tag)
DELETE(cordon_delete_array_aligned_nothrow, "_ZdaPvSt11align_val_tRKSt9nothrow_t", size_t alignment, const void *tag)

const char cordon_nothrow NAMED("_ZSt7nothrow") = 0;

/*===--- guards of local statics ----------------------------------------------===*/

/* The first byte says that the variable is ready; the second word is the lock. Threads of one warp make progress on their
 * own from sm_70 on, so the one that initializes is never held up by those that wait. */
struct guard {
  unsigned char ready;
  unsigned char unused[3];
  uint32_t locked;
};
static int is_ready(struct guard *g) {
  return __scoped_atomic_load_n(&g->ready, __ATOMIC_ACQUIRE, __MEMORY_SCOPE_DEVICE);
}
int __cxa_guard_acquire(struct guard *g) {
  for (;;) {
    if (is_ready(g))
      return 0;
    uint32_t free = 0;
    if (__scoped_atomic_compare_exchange_n(&g->locked, &free, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE,
                                           __MEMORY_SCOPE_DEVICE)) {
      if (!is_ready(g))
        return 1;
      __scoped_atomic_store_n(&g->locked, 0, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
      return 0;
    }
    __nvvm_nanosleep(50);
  }
}
void __cxa_guard_release(struct guard *g) {
  __scoped_atomic_store_n(&g->ready, 1, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
  __scoped_atomic_store_n(&g->locked, 0, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
}
void __cxa_guard_abort(struct guard *g) {
  __scoped_atomic_store_n(&g->locked, 0, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
}

/* Device variables are never destroyed. */
int __cxa_atexit(void (*function)(void *), void *object, void *dso) {
  (void)function;
  (void)object;
  (void)dso;
  return 0;
}
void *__dso_handle = 0;

/*===--- throwing -------------------------------------------------------------===*/

static CORDON_COLD _Noreturn void throw_text(uint32_t kind, const char *type, const char *text) {
  char message[256];
  size_t n = cordon_append(message, sizeof(message), 0, type);
  if (text) {
    n = cordon_append(message, sizeof(message), n, ": ");
    cordon_append(message, sizeof(message), n, text);
  }
  __cordon_throw(kind, message, 0, 0, 0);
}
#define END(FUNCTION, KIND, TEXT)                                                                                       \
  CORDON_COLD _Noreturn void FUNCTION(void) { __cordon_throw(CORDON_EXCEPTION_##KIND, TEXT, 0, 0, 0); }

END(__cxa_pure_virtual, PURE_VIRTUAL, "pure virtual function called")
END(__cxa_deleted_virtual, PURE_VIRTUAL, "deleted virtual function called")
END(__cxa_bad_cast, THROW, "std::bad_cast")
END(__cxa_bad_typeid, THROW, "std::bad_typeid")
END(__cxa_throw_bad_array_new_length, THROW, "std::bad_array_new_length")
END(__cxa_rethrow, THROW, "C++ exception thrown again")

/* `what` of std::runtime_error and kin is the word behind the vtable pointer; see the constructors below. Calls of
 * __cxa_throw become calls of this one, with the type's name. */
CORDON_COLD _Noreturn void __cordon_cxa_throw(void *object, const char *type, int has_text) {
  throw_text(CORDON_EXCEPTION_THROW, type, has_text && object ? ((const char **)object)[1] : 0);
}
CORDON_COLD _Noreturn void __cxa_throw(void *object, void *type, void (*destructor)(void *)) {
  (void)object;
  (void)type;
  (void)destructor;
  __cordon_throw(CORDON_EXCEPTION_THROW, "C++ exception", 0, 0, 0);
}
void *__cxa_allocate_exception(size_t size) { return checked(__cordon_calloc(1, size), size); }
void __cxa_free_exception(void *object) { __cordon_free(object); }
CORDON_COLD _Noreturn void _Unwind_Resume(void *exception) {
  (void)exception;
  __cordon_throw(CORDON_EXCEPTION_THROW, "C++ exception", 0, 0, 0);
}

#define STD_END(NAME, SYMBOL, KIND, TEXT)                                                                               \
  _Noreturn void NAME(void) NAMED(SYMBOL);                                                                              \
  END(NAME, KIND, TEXT)
STD_END(std_terminate, "_ZSt9terminatev", ABORT, "std::terminate() was called")
STD_END(throw_bad_alloc, "_ZSt17__throw_bad_allocv", OUT_OF_MEMORY, "std::bad_alloc")
STD_END(throw_bad_cast, "_ZSt16__throw_bad_castv", THROW, "std::bad_cast")
STD_END(throw_bad_typeid, "_ZSt18__throw_bad_typeidv", THROW, "std::bad_typeid")
STD_END(throw_bad_exception, "_ZSt21__throw_bad_exceptionv", THROW, "std::bad_exception")
STD_END(throw_bad_function_call, "_ZSt25__throw_bad_function_callv", THROW, "std::bad_function_call")
STD_END(throw_bad_array_new_length, "_ZSt28__throw_bad_array_new_lengthv", THROW, "std::bad_array_new_length")
STD_END(throw_bad_optional_access, "_ZSt27__throw_bad_optional_accessv", THROW, "std::bad_optional_access")
STD_END(throw_bad_weak_ptr, "_ZSt20__throw_bad_weak_ptrv", THROW, "std::bad_weak_ptr")

#define STD_THROW(NAME, SYMBOL)                                                                                         \
  _Noreturn void throw_##NAME(const char *text) NAMED(SYMBOL);                                                          \
  CORDON_COLD _Noreturn void throw_##NAME(const char *text) {                                                           \
    throw_text(CORDON_EXCEPTION_THROW, "std::" #NAME, text);                                                            \
  }
STD_THROW(logic_error, "_ZSt19__throw_logic_errorPKc")
STD_THROW(domain_error, "_ZSt20__throw_domain_errorPKc")
STD_THROW(invalid_argument, "_ZSt24__throw_invalid_argumentPKc")
STD_THROW(length_error, "_ZSt20__throw_length_errorPKc")
STD_THROW(out_of_range, "_ZSt20__throw_out_of_rangePKc")
STD_THROW(runtime_error, "_ZSt21__throw_runtime_errorPKc")
STD_THROW(range_error, "_ZSt19__throw_range_errorPKc")
STD_THROW(overflow_error, "_ZSt22__throw_overflow_errorPKc")
STD_THROW(underflow_error, "_ZSt23__throw_underflow_errorPKc")
STD_THROW(ios_failure, "_ZSt19__throw_ios_failurePKc")

/* Variadic: see print.c. */
CORDON_COLD _Noreturn void __cordon_packed__ZSt24__throw_out_of_range_fmtPKcz(const char *format, void *arguments) {
  char text[200];
  __cordon_format(text, sizeof(text), format, arguments);
  throw_text(CORDON_EXCEPTION_THROW, "std::out_of_range", text);
}
/* libc++ says so what libstdc++ says in many ways. */
CORDON_COLD _Noreturn void __cordon_packed__ZNSt3__122__libcpp_verbose_abortEPKcz(const char *format,
                                                                                  void *arguments) {
  char text[256];
  __cordon_format(text, sizeof(text), format, arguments);
  __cordon_throw(CORDON_EXCEPTION_ABORT, text, 0, 0, 0);
}
_Noreturn void glibcxx_assert_fail(const char *file, int line, const char *function, const char *condition)
    NAMED("_ZSt21__glibcxx_assert_failPKciS0_S0_");
CORDON_COLD _Noreturn void glibcxx_assert_fail(const char *file, int line, const char *function,
                                               const char *condition) {
  __cordon_throw(CORDON_EXCEPTION_ASSERT, condition, file, (uint32_t)line, function);
}

/* The exception classes of <stdexcept>: libstdc++ keeps their constructors out of line. The text is kept as a pointer,
 * where libstdc++ keeps its own; from a std::string, whose first word points to the characters. */
struct std_error {
  const void *vtable;
  const char *text;
};
struct std_string {
  const char *characters;
};
#define STD_ERROR(NAME, MANGLED)                                                                                        \
  void NAME##_from_text_1(struct std_error *e, const char *t) NAMED("_ZNSt" MANGLED "C1EPKc");                          \
  void NAME##_from_text_2(struct std_error *e, const char *t) NAMED("_ZNSt" MANGLED "C2EPKc");                          \
  void NAME##_from_string_1(struct std_error *e, const struct std_string *s)                                            \
      NAMED("_ZNSt" MANGLED "C1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");                               \
  void NAME##_from_string_2(struct std_error *e, const struct std_string *s)                                            \
      NAMED("_ZNSt" MANGLED "C2ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");                               \
  void NAME##_destroy_1(struct std_error *e) NAMED("_ZNSt" MANGLED "D1Ev");                                             \
  void NAME##_destroy_2(struct std_error *e) NAMED("_ZNSt" MANGLED "D2Ev");                                             \
  void NAME##_from_text_1(struct std_error *e, const char *t) { e->text = t; }                                          \
  void NAME##_from_text_2(struct std_error *e, const char *t) { e->text = t; }                                          \
  void NAME##_from_string_1(struct std_error *e, const struct std_string *s) { e->text = s->characters; }               \
  void NAME##_from_string_2(struct std_error *e, const struct std_string *s) { e->text = s->characters; }               \
  void NAME##_destroy_1(struct std_error *e) {}                                                                         \
  void NAME##_destroy_2(struct std_error *e) {}                                                                         \
  const void *const NAME##_vtable[5] NAMED("_ZTVSt" MANGLED) = {0};
STD_ERROR(logic_error, "11logic_error")
STD_ERROR(domain_error, "12domain_error")
STD_ERROR(invalid_argument, "16invalid_argument")
STD_ERROR(length_error, "12length_error")
STD_ERROR(out_of_range, "12out_of_range")
STD_ERROR(runtime_error, "13runtime_error")
STD_ERROR(range_error, "11range_error")
STD_ERROR(overflow_error, "14overflow_error")
STD_ERROR(underflow_error, "15underflow_error")

/* Classes without a text: their constructors are inline and store the vtable's address. */
#define STD_CLASS(NAME, MANGLED)                                                                                        \
  void NAME##_destroy_1(void *e) NAMED("_ZNSt" MANGLED "D1Ev");                                                         \
  void NAME##_destroy_2(void *e) NAMED("_ZNSt" MANGLED "D2Ev");                                                         \
  void NAME##_destroy_1(void *e) {}                                                                                     \
  void NAME##_destroy_2(void *e) {}                                                                                     \
  const void *const NAME##_vtable[5] NAMED("_ZTVSt" MANGLED) = {0};
STD_CLASS(exception, "9exception")
STD_CLASS(bad_alloc, "9bad_alloc")
STD_CLASS(bad_array_new_length, "20bad_array_new_length")
STD_CLASS(bad_cast, "8bad_cast")
STD_CLASS(bad_typeid, "10bad_typeid")
STD_CLASS(bad_exception, "13bad_exception")
STD_CLASS(bad_function_call, "17bad_function_call")
STD_CLASS(bad_weak_ptr, "12bad_weak_ptr")
