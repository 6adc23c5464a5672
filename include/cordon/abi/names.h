/*===- cordon/abi/names.h - names in PTX, and back --------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * PTX identifiers hold letters, digits, '_' and '$'. Any other source name is encoded as "_cordon$" followed by the
 * name with each byte outside [A-Za-z0-9_] written as '$' and two lower-case hexadecimal digits. Legal names that do
 * not start with "_cordon$" and are no PTX reserved word are their own encoding, so that decoding never guesses.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ABI_NAMES_H
#define CORDON_ABI_NAMES_H

#include <stddef.h>
#include <string.h>

#define CORDON_NAME_PREFIX "_cordon$"

static inline int cordon_name_plain_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* 1 if ptxas takes the name as it is and it cannot be mistaken for an encoded one. */
static inline int cordon_name_is_legal(const char *name, size_t n) {
  size_t i, prefix = sizeof(CORDON_NAME_PREFIX) - 1;
  if (n == 0 || (name[0] >= '0' && name[0] <= '9'))
    return 0;
  if (n == 1 && (name[0] == '_' || name[0] == '$'))
    return 0;
  if (n >= prefix && memcmp(name, CORDON_NAME_PREFIX, prefix) == 0)
    return 0;
  if (n == 7 && memcmp(name, "WARP_SZ", 7) == 0)
    return 0;
  for (i = 0; i < n; ++i)
    if (!cordon_name_plain_char(name[i]) && name[i] != '$')
      return 0;
  return 1;
}

/* Writes the device name of name[0..n) and a NUL into out, if cap allows; returns the length without the NUL. */
static inline size_t cordon_name_encode(const char *name, size_t n, char *out, size_t cap) {
  static const char hex[] = "0123456789abcdef";
  size_t i, k = 0, prefix = sizeof(CORDON_NAME_PREFIX) - 1;
#define CORDON_PUT(ch) do { if (k + 1 < cap) out[k] = (ch); ++k; } while (0)
  if (cordon_name_is_legal(name, n)) {
    for (i = 0; i < n; ++i)
      CORDON_PUT(name[i]);
  } else {
    for (i = 0; i < prefix; ++i)
      CORDON_PUT(CORDON_NAME_PREFIX[i]);
    for (i = 0; i < n; ++i) {
      unsigned char c = (unsigned char)name[i];
      if (cordon_name_plain_char(name[i])) {
        CORDON_PUT(name[i]);
      } else {
        CORDON_PUT('$');
        CORDON_PUT(hex[c >> 4]);
        CORDON_PUT(hex[c & 15]);
      }
    }
  }
#undef CORDON_PUT
  if (cap)
    out[k < cap ? k : cap - 1] = 0;
  return k;
}

static inline int cordon_name_hex(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The inverse. A name that is no encoding comes back unchanged. */
static inline size_t cordon_name_decode(const char *name, size_t n, char *out, size_t cap) {
  size_t i = 0, k = 0, prefix = sizeof(CORDON_NAME_PREFIX) - 1;
  int encoded = n >= prefix && memcmp(name, CORDON_NAME_PREFIX, prefix) == 0;
  if (encoded)
    i = prefix;
  while (i < n) {
    char c = name[i++];
    if (encoded && c == '$' && i + 1 < n && cordon_name_hex(name[i]) >= 0 && cordon_name_hex(name[i + 1]) >= 0) {
      c = (char)(cordon_name_hex(name[i]) * 16 + cordon_name_hex(name[i + 1]));
      i += 2;
    }
    if (k + 1 < cap)
      out[k] = c;
    ++k;
  }
  if (cap)
    out[k < cap ? k : cap - 1] = 0;
  return k;
}

#endif /* CORDON_ABI_NAMES_H */
