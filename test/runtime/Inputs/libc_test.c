/* Runs the runtime's string and number functions on the host, against the C library's. */
#define _GNU_SOURCE
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The runtime's, compiled with a prefix on every name. */
size_t rt_strlen(const char *), rt_strnlen(const char *, size_t), rt_strspn(const char *, const char *),
    rt_strcspn(const char *, const char *);
int rt_strcmp(const char *, const char *), rt_strncmp(const char *, const char *, size_t),
    rt_strcasecmp(const char *, const char *), rt_memcmp(const void *, const void *, size_t), rt_atoi(const char *),
    rt_rand_r(unsigned *), rt_isalpha(int), rt_ispunct(int), rt_toupper(int), rt_isspace(int), rt_isprint(int);
char *rt_strstr(const char *, const char *), *rt_strchr(const char *, int), *rt_strrchr(const char *, int),
    *rt_strpbrk(const char *, const char *), *rt_strncpy(char *, const char *, size_t), *rt_strcpy(char *, const char *),
    *rt_strcat(char *, const char *), *rt_strncat(char *, const char *, size_t), *rt_strtok_r(char *, const char *, char **);
char *rt_strsep(char **, const char *), *rt_strcasestr(const char *, const char *);
void *rt_memmem(const void *, size_t, const void *, size_t);
intmax_t rt_strtoimax(const char *, char **, int);
uintmax_t rt_strtoumax(const char *, char **, int);
void *rt_memmove(void *, const void *, size_t), *rt_memchr(const void *, int, size_t),
    *rt_memrchr(const void *, int, size_t);
long rt_strtol(const char *, char **, int);
unsigned long rt_strtoul(const char *, char **, int);
void rt_qsort(void *, size_t, size_t, int (*)(const void *, const void *));
void *rt_bsearch(const void *, const void *, size_t, size_t, int (*)(const void *, const void *));
double rt_nan(const char *);

const unsigned short **rt___ctype_b_loc(void);
const int **rt___ctype_toupper_loc(void), **rt___ctype_tolower_loc(void);

static int failures;
#define SAME(A, B)                                                                                                      \
  do                                                                                                                    \
    if ((A) != (B)) {                                                                                                   \
      printf("line %d: %s\n", __LINE__, #A);                                                                            \
      ++failures;                                                                                                       \
    }                                                                                                                   \
  while (0)
static int sign(int v) { return (v > 0) - (v < 0); }
static int by_int(const void *a, const void *b) { return (*(int *)a > *(int *)b) - (*(int *)a < *(int *)b); }

int main(void) {
  static const char *const texts[] = {"", "a", "abc", "abcabc", "ABC", "b", "hello, world", "\xff\x01", "ab\xffz", "  12"};
  for (unsigned i = 0; i < 10; ++i)
    for (unsigned j = 0; j < 10; ++j) {
      const char *a = texts[i], *b = texts[j];
      SAME(sign(rt_strcmp(a, b)), sign(strcmp(a, b)));
      SAME(sign(rt_strcasecmp(a, b)), sign(strcasecmp(a, b)));
      SAME(rt_strstr(a, b), strstr(a, b));
      SAME(rt_strspn(a, b), strspn(a, b));
      SAME(rt_strcspn(a, b), strcspn(a, b));
      SAME(rt_strpbrk(a, b), strpbrk(a, b));
      SAME(rt_strchr(a, b[0]), strchr(a, b[0]));
      SAME(rt_strrchr(a, b[0]), strrchr(a, b[0]));
      for (size_t n = 0; n < 8; ++n) {
        char x[32] = "zzzzzzzzzzzzzzzzzzz", y[32] = "zzzzzzzzzzzzzzzzzzz";
        SAME(sign(rt_strncmp(a, b, n)), sign(strncmp(a, b, n)));
        SAME(rt_strnlen(a, n), strnlen(a, n));
        SAME(memcmp((rt_strncpy(x, a, n), x), (strncpy(y, a, n), y), 32), 0);
        rt_strcpy(x, a), strcpy(y, a);
        rt_strncat(x, b, n), strncat(y, b, n);
        SAME(strcmp(x, y), 0);
      }
    }
  for (int from = 0; from < 8; ++from)
    for (int to = 0; to < 8; ++to) {
      char x[] = "0123456789abcdefg", y[] = "0123456789abcdefg";
      rt_memmove(x + to, x + from, 8);
      memmove(y + to, y + from, 8);
      SAME(strcmp(x, y), 0);
    }
  SAME(rt_memchr("abcb", 'b', 4), memchr("abcb", 'b', 4));
  static const char *const numbers[] = {"0", "-1", "+42", "  99x", "0x1fg", "0x", "077", "9223372036854775807",
                                        "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
                                        "18446744073709551615", "18446744073709551616", "", "-", "zz", "1e5"};
  for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i)
    for (int base = 0; base <= 36; base += base ? 2 : 8) {
      char *p, *q;
      SAME(rt_strtol(numbers[i], &p, base), strtol(numbers[i], &q, base));
      SAME(p, q);
      SAME(rt_strtoul(numbers[i], &p, base), strtoul(numbers[i], &q, base));
      SAME(p, q);
    }
  for (int c = 0; c < 128; ++c) {
    SAME(!rt_isalpha(c), !isalpha(c));
    SAME(!rt_ispunct(c), !ispunct(c));
    SAME(!rt_isspace(c), !isspace(c));
    SAME(!rt_isprint(c), !isprint(c));
    SAME(rt_toupper(c), toupper(c));
  }
  for (int c = -128; c < 256; ++c) {
    SAME((*rt___ctype_b_loc())[c], (*__ctype_b_loc())[c]);
    SAME((*rt___ctype_toupper_loc())[c], (*__ctype_toupper_loc())[c]);
    SAME((*rt___ctype_tolower_loc())[c], (*__ctype_tolower_loc())[c]);
  }
  unsigned s = 1, t = 1;
  int data[100], sorted[100];
  for (int i = 0; i < 100; ++i) {
    data[i] = sorted[i] = rt_rand_r(&s);
    SAME(data[i], rand_r(&t));
  }
  rt_qsort(data, 100, sizeof(int), by_int);
  qsort(sorted, 100, sizeof(int), by_int);
  SAME(memcmp(data, sorted, sizeof(data)), 0);
  for (int i = 0; i < 100; ++i)
    SAME(rt_bsearch(&sorted[i], data, 100, sizeof(int), by_int), bsearch(&sorted[i], data, 100, sizeof(int), by_int));
  SAME(rt_bsearch(&(int){-1}, data, 100, sizeof(int), by_int), NULL);
  char line[] = ",,a,bc,,d", *next;
  SAME(strcmp(rt_strtok_r(line, ",", &next), "a"), 0);
  SAME(strcmp(rt_strtok_r(NULL, ",", &next), "bc"), 0);
  SAME(strcmp(rt_strtok_r(NULL, ",", &next), "d"), 0);
  SAME(rt_strtok_r(NULL, ",", &next), NULL);
  char fields[] = "a,,b", *rest = fields;
  SAME(strcmp(rt_strsep(&rest, ","), "a"), 0);
  SAME(strcmp(rt_strsep(&rest, ","), ""), 0);
  SAME(strcmp(rt_strsep(&rest, ","), "b"), 0);
  SAME(rt_strsep(&rest, ","), NULL);
  static const char *const words[] = {"", "a", "abc", "aAbBc", "xyabcABC", "Bc", "zz"};
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j) {
      SAME(rt_strcasestr(words[i], words[j]), strcasestr(words[i], words[j]));
      SAME(rt_memmem(words[i], strlen(words[i]), words[j], strlen(words[j])),
           memmem(words[i], strlen(words[i]), words[j], strlen(words[j])));
    }
  SAME(rt_strtoimax("-0x1f", 0, 0), -31);
  SAME(rt_strtoumax("077", 0, 0), 63);
  printf("%d failures\n", failures);
  return failures != 0;
}
