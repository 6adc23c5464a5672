/*===- runtime-bc/format.h - what the parts of snprintf share -----------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *===------------------------------------------------------------------------*/
#ifndef CORDON_FORMAT_H
#define CORDON_FORMAT_H

#include "runtime.h"

struct sink {
  char *out;
  size_t cap, length; /* length counts what did not fit, too */
};

struct spec {
  int left, plus, space, alternate, zero;
  int width, precision; /* precision -1: none given */
  char conversion;
};

static inline void put(struct sink *s, char c) {
  if (s->length + 1 < s->cap)
    s->out[s->length] = c;
  ++s->length;
}
static inline void put_n(struct sink *s, char c, int n) {
  for (; n > 0; --n)
    put(s, c);
}
static inline void put_text(struct sink *s, const char *text, int n) {
  for (int i = 0; i < n; ++i)
    put(s, text[i]);
}

/* The sign or prefix, then zeros up to the width if asked for; returns the blanks that are due behind the number. */
static inline int open_number(struct sink *s, const struct spec *f, const char *prefix, int body) {
  int prefix_length = (int)cordon_strlen(prefix), pad = f->width - prefix_length - body;
  if (!f->left && !f->zero)
    put_n(s, ' ', pad);
  put_text(s, prefix, prefix_length);
  if (!f->left && f->zero)
    put_n(s, '0', pad);
  return f->left ? pad : 0;
}

static inline const char *sign_text(const struct spec *f, int negative) {
  return negative ? "-" : f->plus ? "+" : f->space ? " " : "";
}

/* Conversions a, e, f, g and their capitals. */
void __cordon_format_double(struct sink *s, const struct spec *asked, double value);

#endif /* CORDON_FORMAT_H */
