/*===- runtime-bc/format.c - snprintf for device code -------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Every conversion of C's printf: integers, characters and texts here, floating point in format_double.c.
 *===------------------------------------------------------------------------*/
#include "format.h"

static void put_integer(struct sink *s, struct spec f, uint64_t value, int negative, int is_signed) {
  char digits[24];
  int n = 0, upper = f.conversion == 'X';
  unsigned base = f.conversion == 'o' ? 8 : f.conversion == 'x' || upper ? 16 : 10;
  for (uint64_t v = value; v; v /= base)
    digits[n++] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[v % base];
  int least = f.precision < 0 ? 1 : f.precision, zeros = n < least ? least - n : 0;
  if (f.alternate && base == 8 && zeros == 0)
    zeros = 1;
  if (f.precision >= 0)
    f.zero = 0;
  const char *prefix = is_signed                              ? sign_text(&f, negative)
                       : f.alternate && base == 16 && value ? (upper ? "0X" : "0x")
                                                              : "";
  int blanks = open_number(s, &f, prefix, n + zeros);
  put_n(s, '0', zeros);
  while (n)
    put(s, digits[--n]);
  put_n(s, ' ', blanks);
}

static void put_string(struct sink *s, const struct spec *f, const char *text, int n) {
  if (!f->left)
    put_n(s, ' ', f->width - n);
  put_text(s, text, n);
  if (f->left)
    put_n(s, ' ', f->width - n);
}

/* A wide character as UTF-8; returns the number of bytes. */
static int encode(uint32_t c, char *out) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  out[0] = (char)((0xf00 >> (more + 1) & 0xff) | (c >> 6 * more)); /* c0, e0 and f0 */
  for (int i = 1; i <= more; ++i)
    out[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3f));
  return more + 1;
}

/* Whole characters only, at most `precision` bytes. */
static void put_wide(struct sink *s, const struct spec *f, const int32_t *text) {
  char bytes[4];
  int n = 0, length = 0, k;
  for (; f->precision < 0 || length < f->precision; ++n, length += k) {
    if (!text[n])
      break;
    k = encode((uint32_t)text[n], bytes);
    if (f->precision >= 0 && length + k > f->precision)
      break;
  }
  if (!f->left)
    put_n(s, ' ', f->width - length);
  for (int i = 0; i < n; ++i) {
    k = encode((uint32_t)text[i], bytes);
    put_text(s, bytes, k);
  }
  if (f->left)
    put_n(s, ' ', f->width - length);
}

/*===--- the format -----------------------------------------------------------===*/

struct reader {
  const char *at;
};
static uint32_t next_32(struct reader *r) {
  const uint32_t *p = (const uint32_t *)(((uintptr_t)r->at + 3) & ~(uintptr_t)3);
  r->at = (const char *)(p + 1);
  return *p;
}
static uint64_t next_64(struct reader *r) {
  const uint64_t *p = (const uint64_t *)(((uintptr_t)r->at + 7) & ~(uintptr_t)7);
  r->at = (const char *)(p + 1);
  return *p;
}
static double next_double(struct reader *r) {
  uint64_t bits = next_64(r);
  double value;
  cordon_copy_bytes(&value, &bits, sizeof(value));
  return value;
}

static const char *read_number(const char *p, int *n) {
  *n = 0;
  while (*p >= '0' && *p <= '9')
    *n = *n * 10 + (*p++ - '0');
  return p;
}

int __cordon_format(char *out, size_t cap, const char *format, const void *packed) {
  struct sink sink = {out, cap, 0}, *s = &sink;
  struct reader arguments = {packed};
  for (const char *p = format; *p; ++p) {
    if (*p != '%') {
      put(s, *p);
      continue;
    }
    struct spec f = {0, 0, 0, 0, 0, 0, -1, 0};
    for (;; ++p) {
      char c = p[1];
      if (c == '-')
        f.left = 1;
      else if (c == '+')
        f.plus = 1;
      else if (c == ' ')
        f.space = 1;
      else if (c == '#')
        f.alternate = 1;
      else if (c == '0')
        f.zero = 1;
      else
        break;
    }
    ++p;
    if (*p == '*') {
      f.width = (int)next_32(&arguments);
      if (f.width < 0) {
        f.left = 1;
        f.width = -f.width;
      }
      ++p;
    } else
      p = read_number(p, &f.width);
    if (*p == '.') {
      ++p;
      if (*p == '*') {
        f.precision = (int)next_32(&arguments);
        if (f.precision < 0)
          f.precision = -1;
        ++p;
      } else
        p = read_number(p, &f.precision);
    }
    int size = 4; /* bytes of an integer argument */
    for (;; ++p) {
      if (*p == 'h')
        size = size == 2 ? 1 : 2;
      else if (*p == 'l' || *p == 'z' || *p == 'j' || *p == 't' || *p == 'L')
        size = 8;
      else
        break;
    }
    f.conversion = *p;
    switch (*p) {
    case 'd':
    case 'i': {
      int64_t v = size == 8 ? (int64_t)next_64(&arguments) : (int)next_32(&arguments);
      if (size == 2)
        v = (int16_t)v;
      else if (size == 1)
        v = (int8_t)v;
      put_integer(s, f, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0, 1);
      break;
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
      uint64_t v = size == 8 ? next_64(&arguments) : next_32(&arguments);
      if (size == 2)
        v = (uint16_t)v;
      else if (size == 1)
        v = (uint8_t)v;
      put_integer(s, f, v, 0, 0);
      break;
    }
    case 'c': {
      uint32_t c = next_32(&arguments);
      char bytes[4] = {(char)c};
      put_string(s, &f, bytes, size == 8 ? encode(c, bytes) : 1);
      break;
    }
    case 's': {
      const char *text = (const char *)next_64(&arguments);
      if (size == 8 && text) {
        put_wide(s, &f, (const int32_t *)text);
        break;
      }
      if (!text)
        text = f.precision >= 0 && f.precision < 6 ? "" : "(null)";
      int n = 0;
      while ((f.precision < 0 || n < f.precision) && text[n])
        ++n;
      put_string(s, &f, text, n);
      break;
    }
    case 'p': {
      void *pointer = (void *)next_64(&arguments);
      if (!pointer) {
        put_string(s, &f, "(nil)", 5);
        break;
      }
      f.conversion = 'x';
      f.alternate = 1;
      put_integer(s, f, (uint64_t)(uintptr_t)pointer, 0, 0);
      break;
    }
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
      __cordon_format_double(s, &f, next_double(&arguments));
      break;
    case '%':
      put(s, '%');
      break;
    case 'n': {
      void *to = (void *)next_64(&arguments);
      cordon_copy_bytes(to, &s->length, size); /* little-endian: the low bytes */
      break;
    }
    case 0:
      --p;
      break;
    default: /* undefined in C: shown, so that it is noticed */
      put(s, '%');
      put(s, *p);
    }
  }
  if (cap)
    out[sink.length < cap ? sink.length : cap - 1] = 0;
  return (int)sink.length;
}
