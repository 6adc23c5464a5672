/*===- runtime-bc/string.c - <string.h> for device code -----------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * One byte at a time: the optimizer unrolls where a length is known, and device strings are short. None of these calls
 * another by its public name, since a program may define that name itself.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
  cordon_copy_bytes(to, from, n);
  return to;
}
void *mempcpy(void *restrict to, const void *restrict from, size_t n) {
  cordon_copy_bytes(to, from, n);
  return (char *)to + n;
}
void *memmove(void *to, const void *from, size_t n) {
  char *t = to;
  const char *f = from;
  if ((uintptr_t)t <= (uintptr_t)f)
    for (size_t i = 0; i < n; ++i)
      t[i] = f[i];
  else
    while (n--)
      t[n] = f[n];
  return to;
}
void *memset(void *to, int value, size_t n) {
  cordon_fill_bytes(to, value, n);
  return to;
}
static int compare_bytes(const void *a, const void *b, size_t n) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < n; ++i)
    if (x[i] != y[i])
      return x[i] - y[i];
  return 0;
}
int memcmp(const void *a, const void *b, size_t n) { return compare_bytes(a, b, n); }
int bcmp(const void *a, const void *b, size_t n) { return compare_bytes(a, b, n); }
void *memchr(const void *s, int c, size_t n) {
  const unsigned char *p = s;
  for (size_t i = 0; i < n; ++i)
    if (p[i] == (unsigned char)c)
      return (void *)(p + i);
  return 0;
}
void *memrchr(const void *s, int c, size_t n) {
  const unsigned char *p = s;
  while (n--)
    if (p[n] == (unsigned char)c)
      return (void *)(p + n);
  return 0;
}

size_t strlen(const char *s) { return cordon_strlen(s); }
size_t strnlen(const char *s, size_t cap) {
  size_t n = 0;
  while (n < cap && s[n])
    ++n;
  return n;
}
static int compare_strings(const char *a, const char *b, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
    if (x != y)
      return x - y;
    if (!x)
      break;
  }
  return 0;
}
int strcmp(const char *a, const char *b) { return compare_strings(a, b, (size_t)-1); }
int strncmp(const char *a, const char *b, size_t n) { return compare_strings(a, b, n); }
static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static int compare_folded(const char *a, const char *b, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    int x = lower((unsigned char)a[i]), y = lower((unsigned char)b[i]);
    if (x != y)
      return x - y;
    if (!x)
      break;
  }
  return 0;
}
int strcasecmp(const char *a, const char *b) { return compare_folded(a, b, (size_t)-1); }
int strncasecmp(const char *a, const char *b, size_t n) { return compare_folded(a, b, n); }

/* Copies the string with its end and returns where that is. */
static char *copy_string(char *to, const char *from) {
  while ((*to = *from)) {
    ++to;
    ++from;
  }
  return to;
}
char *strcpy(char *restrict to, const char *restrict from) {
  copy_string(to, from);
  return to;
}
char *stpcpy(char *restrict to, const char *restrict from) { return copy_string(to, from); }
char *strncpy(char *restrict to, const char *restrict from, size_t n) {
  size_t i = 0;
  for (; i < n && from[i]; ++i)
    to[i] = from[i];
  for (; i < n; ++i)
    to[i] = 0;
  return to;
}
char *strcat(char *restrict to, const char *restrict from) {
  copy_string(to + cordon_strlen(to), from);
  return to;
}
char *strncat(char *restrict to, const char *restrict from, size_t n) {
  char *end = to + cordon_strlen(to);
  while (n-- && *from)
    *end++ = *from++;
  *end = 0;
  return to;
}
static char *find_char(const char *s, int c) {
  for (;; ++s) {
    if (*s == (char)c)
      return (char *)s;
    if (!*s)
      return 0;
  }
}
char *strchr(const char *s, int c) { return find_char(s, c); }
char *strchrnul(const char *s, int c) {
  while (*s && *s != (char)c)
    ++s;
  return (char *)s;
}
char *strrchr(const char *s, int c) {
  const char *last = 0;
  for (;; ++s) {
    if (*s == (char)c)
      last = s;
    if (!*s)
      return (char *)last;
  }
}
char *strstr(const char *s, const char *what) {
  size_t n = cordon_strlen(what);
  for (;; ++s) {
    if (compare_strings(s, what, n) == 0)
      return (char *)s;
    if (!*s)
      return 0;
  }
}
/* Length of the prefix of s whose characters are (or, with `stop`, are not) in `set`. */
static size_t span(const char *s, const char *set, int stop) {
  size_t n = 0;
  while (s[n] && (find_char(set, s[n]) == 0) == stop)
    ++n;
  return n;
}
size_t strspn(const char *s, const char *set) { return span(s, set, 0); }
size_t strcspn(const char *s, const char *set) { return span(s, set, 1); }
char *strpbrk(const char *s, const char *set) {
  s += span(s, set, 1);
  return *s ? (char *)s : 0;
}
char *strtok_r(char *s, const char *set, char **next) {
  if (!s)
    s = *next;
  s += span(s, set, 0);
  if (!*s) {
    *next = s;
    return 0;
  }
  char *end = s + span(s, set, 1);
  *next = *end ? end + 1 : end;
  *end = 0;
  return s;
}
static char *duplicate(const char *s, size_t n) {
  char *copy = __cordon_malloc(n + 1);
  if (copy) {
    cordon_copy_bytes(copy, s, n);
    copy[n] = 0;
  }
  return copy;
}
char *strdup(const char *s) { return duplicate(s, cordon_strlen(s)); }
char *strndup(const char *s, size_t cap) {
  size_t n = 0;
  while (n < cap && s[n])
    ++n;
  return duplicate(s, n);
}

char *index(const char *s, int c) { return find_char(s, c); }
int strcoll(const char *a, const char *b) { return compare_strings(a, b, (size_t)-1); } /* the C locale's */
void explicit_bzero(void *to, size_t n) { cordon_fill_bytes(to, 0, n); }
void *memmem(const void *in, size_t n, const void *what, size_t m) {
  const char *p = in;
  for (; m <= n; ++p, --n)
    if (compare_bytes(p, what, m) == 0)
      return (void *)p;
  return 0;
}
char *strcasestr(const char *s, const char *what) {
  size_t n = cordon_strlen(what);
  for (;; ++s) {
    if (compare_folded(s, what, n) == 0)
      return (char *)s;
    if (!*s)
      return 0;
  }
}
char *strsep(char **from, const char *set) {
  char *s = *from;
  if (!s)
    return 0;
  char *end = s + span(s, set, 1);
  *from = *end ? end + 1 : 0;
  *end = 0;
  return s;
}

/* What _FORTIFY_SOURCE makes of them: the last argument is the room in the target. */
static CORDON_COLD _Noreturn void overflow(void) {
  __cordon_throw(CORDON_EXCEPTION_ABORT, "buffer overflow detected", 0, 0, 0);
}
#define CHECK(NEED, ROOM)                                                                                               \
  do                                                                                                                    \
    if ((NEED) > (ROOM))                                                                                                \
      overflow();                                                                                                       \
  while (0)
void *__memcpy_chk(void *to, const void *from, size_t n, size_t room) {
  CHECK(n, room);
  cordon_copy_bytes(to, from, n);
  return to;
}
void *__memmove_chk(void *to, const void *from, size_t n, size_t room) {
  CHECK(n, room);
  return memmove(to, from, n);
}
void *__memset_chk(void *to, int value, size_t n, size_t room) {
  CHECK(n, room);
  cordon_fill_bytes(to, value, n);
  return to;
}
char *__strcpy_chk(char *to, const char *from, size_t room) {
  CHECK(cordon_strlen(from) + 1, room);
  copy_string(to, from);
  return to;
}
char *__strncpy_chk(char *to, const char *from, size_t n, size_t room) {
  CHECK(n, room);
  return strncpy(to, from, n);
}
char *__strcat_chk(char *to, const char *from, size_t room) {
  CHECK(cordon_strlen(to) + cordon_strlen(from) + 1, room);
  copy_string(to + cordon_strlen(to), from);
  return to;
}
char *__stpcpy_chk(char *to, const char *from, size_t room) {
  CHECK(cordon_strlen(from) + 1, room);
  return copy_string(to, from);
}
char *__strncat_chk(char *to, const char *from, size_t n, size_t room) {
  size_t m = 0;
  while (m < n && from[m])
    ++m;
  CHECK(cordon_strlen(to) + m + 1, room);
  return strncat(to, from, n);
}
void *__mempcpy_chk(void *to, const void *from, size_t n, size_t room) {
  CHECK(n, room);
  return mempcpy(to, from, n);
}
void __explicit_bzero_chk(void *to, size_t n, size_t room) {
  CHECK(n, room);
  cordon_fill_bytes(to, 0, n);
}
