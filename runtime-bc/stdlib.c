/*===- runtime-bc/stdlib.c - <stdlib.h>, <ctype.h>, assert and kin -------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What C code expects of its library besides strings and printing. What would end the process becomes an exception.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

/*===--- the end --------------------------------------------------------------===*/

/* What assert() calls: glibc and musl; newlib and BSD. */
CORDON_COLD _Noreturn void __assert_fail(const char *assertion, const char *file, unsigned line, const char *function) {
  __cordon_throw(CORDON_EXCEPTION_ASSERT, assertion, file, line, function);
}
CORDON_COLD _Noreturn void __assert(const char *assertion, const char *file, int line) {
  __cordon_throw(CORDON_EXCEPTION_ASSERT, assertion, file, (uint32_t)line, 0);
}
CORDON_COLD _Noreturn void abort(void) { __cordon_throw(CORDON_EXCEPTION_ABORT, "abort() was called", 0, 0, 0); }

static CORDON_COLD _Noreturn void end(int status) {
  char message[40];
  size_t n = cordon_append(message, sizeof(message), 0, "exit(");
  if (status < 0)
    n = cordon_append(message, sizeof(message), n, "-");
  n = cordon_append_decimal(message, sizeof(message), n, status < 0 ? 0 - (uint64_t)status : (uint64_t)status);
  cordon_append(message, sizeof(message), n, ") was called");
  __cordon_throw_value(CORDON_EXCEPTION_EXIT, message, 0, 0, 0, (uint64_t)(int64_t)status);
}
_Noreturn void exit(int status) { end(status); }
_Noreturn void _exit(int status) { end(status); }
_Noreturn void _Exit(int status) { end(status); }
_Noreturn void quick_exit(int status) { end(status); }
CORDON_COLD _Noreturn void __stack_chk_fail(void) {
  __cordon_throw(CORDON_EXCEPTION_ABORT, "stack smashing detected", 0, 0, 0);
}
CORDON_COLD _Noreturn void __chk_fail(void) {
  __cordon_throw(CORDON_EXCEPTION_ABORT, "buffer overflow detected", 0, 0, 0);
}
/* A module is never unloaded while its kernels run: nothing that was registered would be called. */
int atexit(void (*function)(void)) {
  (void)function;
  return 0;
}

/* glibc's: std::shared_ptr counts without atomics where it is 1. */
const char __libc_single_threaded = 0;

/* One for all threads: what sets it here is no different from a race on the host. */
static int the_errno;
int *__errno_location(void) { return &the_errno; }

/*===--- memory that malloc's binding does not cover --------------------------===*/

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)))
    return 22; /* EINVAL */
  void *memory = __cordon_aligned_alloc(alignment, size);
  if (!memory)
    return 12; /* ENOMEM */
  *out = memory;
  return 0;
}
void *reallocarray(void *pointer, size_t count, size_t size) {
  size_t total;
  return __builtin_mul_overflow(count, size, &total) ? 0 : __cordon_realloc(pointer, total);
}

/*===--- numbers --------------------------------------------------------------===*/

int abs(int v) { return v < 0 ? -v : v; }
long labs(long v) { return v < 0 ? -v : v; }
int64_t imaxabs(int64_t v) { return v < 0 ? -v : v; }
long long llabs(long long v) { return v < 0 ? -v : v; }

static int is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static int digit_value(int c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
}

/* The magnitude, cut at `limit`; *negative says whether a minus was there. */
static uint64_t parse(const char *s, char **end, int base, uint64_t limit, int *negative) {
  const char *p = s;
  while (is_space((unsigned char)*p))
    ++p;
  *negative = *p == '-';
  if (*p == '-' || *p == '+')
    ++p;
  if ((base == 0 || base == 16) && p[0] == '0' && (p[1] | 32) == 'x' && digit_value(p[2]) < 16) {
    base = 16;
    p += 2;
  } else if (base == 0)
    base = *p == '0' ? 8 : 10;
  uint64_t value = 0;
  int any = 0, over = 0;
  for (int d; (d = digit_value((unsigned char)*p)) < base; ++p) {
    uint64_t next;
    over |= __builtin_mul_overflow(value, (uint64_t)base, &next) || __builtin_add_overflow(next, (uint64_t)d, &value);
    any = 1;
  }
  if (end)
    *end = (char *)(any ? p : s);
  return over || value > limit ? limit : value;
}
static int64_t parse_signed(const char *s, char **end, int base) {
  int negative;
  uint64_t v = parse(s, end, base, (uint64_t)INT64_MAX + 1, &negative);
  if (negative)
    return (int64_t)(0 - v);
  return v > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)v;
}
static uint64_t parse_unsigned(const char *s, char **end, int base) {
  int negative;
  uint64_t v = parse(s, end, base, UINT64_MAX, &negative);
  return negative && v != UINT64_MAX ? 0 - v : v;
}
long strtol(const char *s, char **end, int base) { return parse_signed(s, end, base); }
long long strtoll(const char *s, char **end, int base) { return parse_signed(s, end, base); }
unsigned long strtoul(const char *s, char **end, int base) { return parse_unsigned(s, end, base); }
unsigned long long strtoull(const char *s, char **end, int base) { return parse_unsigned(s, end, base); }
long __isoc23_strtol(const char *s, char **end, int base) { return parse_signed(s, end, base); }
unsigned long __isoc23_strtoul(const char *s, char **end, int base) { return parse_unsigned(s, end, base); }
int64_t strtoimax(const char *s, char **end, int base) { return parse_signed(s, end, base); }
uint64_t strtoumax(const char *s, char **end, int base) { return parse_unsigned(s, end, base); }
long long __isoc23_strtoll(const char *s, char **end, int base) { return parse_signed(s, end, base); }
unsigned long long __isoc23_strtoull(const char *s, char **end, int base) { return parse_unsigned(s, end, base); }
int atoi(const char *s) { return (int)parse_signed(s, 0, 10); }
long atol(const char *s) { return parse_signed(s, 0, 10); }
long long atoll(const char *s) { return parse_signed(s, 0, 10); }

/* glibc's. */
int rand_r(unsigned *seed) {
  unsigned next = *seed, result = 0;
  for (int i = 0; i < 3; ++i) {
    next = next * 1103515245 + 12345;
    unsigned part = next / 65536 % (i ? 1024 : 2048);
    result = i ? result << 10 ^ part : part;
  }
  *seed = next;
  return (int)result;
}

double nan(const char *tag) {
  int negative;
  uint64_t bits = 0x7ff8000000000000ull | (parse(tag, 0, 0, UINT64_MAX, &negative) & 0x7ffffffffffffull);
  double value;
  cordon_copy_bytes(&value, &bits, sizeof(value));
  return value;
}
float nanf(const char *tag) {
  int negative;
  uint32_t bits = 0x7fc00000u | (uint32_t)(parse(tag, 0, 0, UINT64_MAX, &negative) & 0x3fffff);
  float value;
  cordon_copy_bytes(&value, &bits, sizeof(value));
  return value;
}

/*===--- characters, in the C locale ------------------------------------------===*/

int isdigit(int c) { return c >= '0' && c <= '9'; }
int isupper(int c) { return c >= 'A' && c <= 'Z'; }
int islower(int c) { return c >= 'a' && c <= 'z'; }
int isalpha(int c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
int isalnum(int c) { return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9'); }
int isxdigit(int c) { return ((c | 32) >= 'a' && (c | 32) <= 'f') || (c >= '0' && c <= '9'); }
int isspace(int c) { return is_space(c); }
int isblank(int c) { return c == ' ' || c == '\t'; }
int iscntrl(int c) { return (c >= 0 && c < 32) || c == 127; }
int isprint(int c) { return c >= 32 && c < 127; }
int isgraph(int c) { return c > 32 && c < 127; }
int ispunct(int c) {
  return c > 32 && c < 127 && !(((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9'));
}
int toupper(int c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }
int tolower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

/*===--- searching and sorting ------------------------------------------------===*/

typedef int (*comparison)(const void *, const void *);

void *bsearch(const void *key, const void *base, size_t count, size_t size, comparison compare) {
  const char *low = base;
  while (count) {
    const char *middle = low + count / 2 * size;
    int order = compare(key, middle);
    if (order == 0)
      return (void *)middle;
    if (order > 0) {
      low = middle + size;
      --count;
    }
    count /= 2;
  }
  return 0;
}

static void swap(char *a, char *b, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    char t = a[i];
    a[i] = b[i];
    b[i] = t;
  }
}
static void sift(char *base, size_t at, size_t count, size_t size, comparison compare) {
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0)
      ++child;
    if (compare(base + at * size, base + child * size) >= 0)
      return;
    swap(base + at * size, base + child * size, size);
  }
}
/* Heap sort: no recursion, no memory. */
void qsort(void *data, size_t count, size_t size, comparison compare) {
  char *base = data;
  for (size_t i = count / 2; i-- > 0;)
    sift(base, i, count, size, compare);
  for (size_t n = count; n > 1;) {
    --n;
    swap(base, base + n * size, size);
    sift(base, 0, n, size, compare);
  }
}

/* div_t in a register, as the host's ABIs return it: the quotient below. */
uint64_t div(int a, int b) { return (uint32_t)(a / b) | (uint64_t)(uint32_t)(a % b) << 32; }
struct long_division {
  long quotient, remainder;
};
struct long_division ldiv(long a, long b) { return (struct long_division){a / b, a % b}; }
struct long_division lldiv(long long a, long long b) { return (struct long_division){a / b, a % b}; }

/* Ticks of the multiprocessor, as CUDA's clock(). */
long clock(void) { return (long)__nvvm_read_ptx_sreg_clock64(); }
/* Nanoseconds; since when does not matter here. */
long steady_clock_now(void) __asm__("_ZNSt6chrono3_V212steady_clock3nowEv");
long steady_clock_now(void) { return (long)__nvvm_read_ptx_sreg_globaltimer(); }
