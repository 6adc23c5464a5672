/* Runs the runtime's formatter on the host, against the C library's, on formats and values that reach its corners. */
#define vprintf device_vprintf
#include "../../../runtime-bc/format.c"
#include "../../../runtime-bc/format_double.c"
#undef vprintf

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures, checks;

/* Packs as cordon-link-runtime does: an int takes 4 bytes, anything else 8, at its alignment. */
struct pack {
  _Alignas(8) char bytes[128];
  size_t used;
};
static void put_4(struct pack *p, int v) {
  p->used = (p->used + 3) / 4 * 4;
  memcpy(p->bytes + p->used, &v, 4);
  p->used += 4;
}
static void put_8(struct pack *p, const void *v) {
  p->used = (p->used + 7) / 8 * 8;
  memcpy(p->bytes + p->used, v, 8);
  p->used += 8;
}
static void put_double_arg(struct pack *p, double v) { put_8(p, &v); }
static void put_long(struct pack *p, long long v) { put_8(p, &v); }
static void put_pointer(struct pack *p, const void *v) { put_8(p, &v); }
#define PUT(P, V)                                                                                                       \
  _Generic((V), int: put_4, double: put_double_arg, float: put_double_arg, long long: put_long, long: put_long,         \
           default: put_pointer)(P, V);
#define EACH_1(P, A) PUT(P, A)
#define EACH_2(P, A, ...) PUT(P, A) EACH_1(P, __VA_ARGS__)
#define EACH_3(P, A, ...) PUT(P, A) EACH_2(P, __VA_ARGS__)
#define EACH_4(P, A, ...) PUT(P, A) EACH_3(P, __VA_ARGS__)
#define EACH_5(P, A, ...) PUT(P, A) EACH_4(P, __VA_ARGS__)
#define EACH_6(P, A, ...) PUT(P, A) EACH_5(P, __VA_ARGS__)
#define PICK(A, B, C, D, E, F, NAME, ...) NAME
#define EACH(P, ...) PICK(__VA_ARGS__, EACH_6, EACH_5, EACH_4, EACH_3, EACH_2, EACH_1, )(P, __VA_ARGS__)
#define OURS(OUT, CAP, FORMAT, ...)                                                                                     \
  ({                                                                                                                    \
    struct pack pack_ = {{0}, 0};                                                                                       \
    EACH(&pack_, __VA_ARGS__)                                                                                           \
    __cordon_format(OUT, CAP, FORMAT, pack_.bytes);                                                                     \
  })

#define CHECK(FORMAT, ...)                                                                                              \
  do {                                                                                                                  \
    static char a[4096], b[4096];                                                                                       \
    const char *f_ = (FORMAT);                                                                                          \
    int x = OURS(a, sizeof(a), f_, __VA_ARGS__), y = snprintf(b, sizeof(b), f_, __VA_ARGS__);                           \
    ++checks;                                                                                                           \
    if (x != y || strcmp(a, b)) {                                                                                       \
      if (failures++ < 20)                                                                                              \
        printf("'%s': '%s' (%d), libc '%s' (%d)\n", f_, a, x, b, y);                                                    \
    }                                                                                                                   \
  } while (0)

static uint64_t state = 88172645463325252ull;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

int main(void) {
  static const char *const flags[] = {"", "-", "+", " ", "#", "0", "+0", "-#", "# 0"};
  static const char *const sizes[] = {"", "1", "12", ".0", ".1", ".3", "9.4", ".17", "20.12", ".40"};
  static const double values[] = {0.0,    -0.0,    1.0,    -1.5,   0.1,     0.5,      1.5,    2.5,       9.5,      99.95,
                                  0.05,   9.9999,  1e15,   1e16,   1e17,    123456.0, 1e-4,   1e-5,      1e300,    1e-300,
                                  5e-324, 2.2e-308, 1.7976931348623157e308, 0.000123456, 999999.5, 1e100, 1.0 / 3, 4503599627370497.5};
  char format[32];
  for (unsigned f = 0; f < sizeof(flags) / sizeof(*flags); ++f)
    for (unsigned s = 0; s < sizeof(sizes) / sizeof(*sizes); ++s) {
      for (const char *c = "feEgGFaA"; *c; ++c) {
        snprintf(format, sizeof(format), "%%%s%s%c", flags[f], sizes[s], *c);
        for (unsigned v = 0; v < sizeof(values) / sizeof(*values); ++v) {
          /* glibc drops the zeros that # asks for where rounding changes the exponent. */
          if (strchr(flags[f], '#') && (*c | 32) == 'g' && values[v] == 999999.5)
            continue;
          CHECK(format, values[v]);
        }
        CHECK(format, INFINITY);
        CHECK(format, -INFINITY);
        CHECK(format, NAN);
        for (int i = 0; i < 20; ++i) {
          uint64_t bits = next();
          double d;
          memcpy(&d, &bits, sizeof(d));
          if (!isnan(d))
            CHECK(format, d);
        }
      }
      for (const char *c = "diouxX"; *c; ++c) {
        static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
        for (unsigned l = 0; l < 8; ++l) {
          snprintf(format, sizeof(format), "%%%s%s%s%c", flags[f], sizes[s], lengths[l], *c);
          static const long long ints[] = {0, 1, -1, 42, -128, 65535, INT32_MIN, INT64_MAX, INT64_MIN};
          for (unsigned v = 0; v < sizeof(ints) / sizeof(*ints); ++v) {
            if (l < 3)
              CHECK(format, (int)ints[v]);
            else
              CHECK(format, ints[v]);
          }
        }
      }
      snprintf(format, sizeof(format), "[%%%s%ss]", flags[f][0] == '-' ? "-" : "", sizes[s]);
      CHECK(format, "hello");
      CHECK(format, "");
    }
  CHECK("%c%c%%", 'a', 'b');
  CHECK("%d %lld %d %f", 1, 2ll, 3, 4.0);
  CHECK("%*d|%-*d|%.*f", 6, 42, 6, 42, 2, 3.14159);
  CHECK("%*d", -6, 42);
  CHECK("%.*s", 3, "abcdef");
  CHECK("%p %p", (void *)0, (void *)0x1234);
  CHECK("%5%|%d", 3);
  CHECK("%s", (char *)0);
  char small[8];
  if (OURS(small, sizeof(small), "%s", "0123456789") != 10 || strcmp(small, "0123456")) {
    puts("a short buffer is not cut");
    ++failures;
  }
  if (OURS(0, 0, "%d", 1234) != 4) {
    puts("no buffer: wrong length");
    ++failures;
  }
  { /* wide characters are UTF-8, whatever the locale; a precision keeps whole ones */
    static const int text[] = {0x41, 0xe9, 0x20ac, 0x1f600, 0};
    char out[64];
    int n = OURS(out, sizeof(out), "%ls|%4.3ls|%lc", (const void *)text, (const void *)text, 0x20ac);
    ++checks;
    if (n != 19 || strcmp(out, "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80| A\xc3\xa9|\xe2\x82\xac")) {
      ++failures;
      printf("wide: '%s' (%d)\n", out, n);
    }
  }
  {
    long long eight = -1;
    signed char one[2] = {-1, -1};
    char out[64];
    OURS(out, sizeof(out), "abc%lln%hhn", (const void *)&eight, (const void *)one);
    ++checks;
    if (eight != 3 || one[0] != 3 || one[1] != -1) {
      ++failures;
      printf("%%n: %lld %d %d\n", eight, one[0], one[1]);
    }
  }
  printf("%d checks, %d failures\n", checks, failures);
  return failures != 0;
}
