/*===- runtime-bc/strtod.c - numbers from text ---------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * strtod and strtof round as the host's do: the decimal is held exactly, as an integer times a power of ten, and the
 * nearest binary number is found with integer arithmetic. 768 digits decide every double; what is behind them counts as
 * zero or not.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

enum { DIGITS = 800, WORDS = 200 };

/* An unsigned integer, low word first. */
struct integer {
  uint32_t word[WORDS];
  int length; /* words; the last is not 0 */
};

static void multiply_add(struct integer *n, uint32_t by, uint32_t add) {
  uint64_t carry = add;
  for (int i = 0; i < n->length; ++i) {
    carry += (uint64_t)n->word[i] * by;
    n->word[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry && n->length < WORDS)
    n->word[n->length++] = (uint32_t)carry;
}
/* Returns whether there was a remainder. */
static int divide(struct integer *n, uint32_t by) {
  uint64_t rest = 0;
  for (int i = n->length; i-- > 0;) {
    rest = rest << 32 | n->word[i];
    n->word[i] = (uint32_t)(rest / by);
    rest %= by;
  }
  while (n->length && !n->word[n->length - 1])
    --n->length;
  return rest != 0;
}
static void shift_left(struct integer *n, int words) {
  for (int i = n->length; i-- > 0;)
    n->word[i + words] = n->word[i];
  for (int i = 0; i < words; ++i)
    n->word[i] = 0;
  n->length += words;
}
static int bit_length(const struct integer *n) {
  return n->length ? 32 * n->length - __builtin_clz(n->word[n->length - 1]) : 0;
}

/* A format by its digits and its smallest exponent: 53 and -1074 for double. */
struct format {
  int precision, least, most;
};
static const struct format Double = {53, -1074, 971}, Single = {24, -149, 104};

/* The nearest number to n * 2^exponent (a little more if `rest`), as its bits without the sign. */
static uint64_t nearest(const struct integer *n, int exponent, int rest, const struct format *f, int *range) {
  int drop = bit_length(n) - f->precision;
  if (drop + exponent < f->least)
    drop = f->least - exponent;
  uint64_t mantissa = 0;
  int half = 0;
  for (int i = bit_length(n); i-- > 0;) {
    int bit = n->word[i / 32] >> (i % 32) & 1;
    if (i >= drop)
      mantissa = mantissa << 1 | (uint64_t)bit;
    else if (i == drop - 1)
      half = bit;
    else
      rest |= bit;
  }
  for (int i = drop; i < 0; ++i)
    mantissa <<= 1;
  if (half && (rest || (mantissa & 1)))
    ++mantissa;
  exponent += drop;
  if (mantissa >> f->precision) {
    mantissa >>= 1;
    ++exponent;
  }
  *range = 0;
  int stored = f->precision - 1;
  uint64_t infinity = (uint64_t)(f->most - f->least + 2) << stored;
  if (exponent > f->most) {
    *range = 1;
    return infinity;
  }
  if (!(mantissa >> stored)) { /* subnormal */
    *range = half || rest || !mantissa;
    return mantissa;
  }
  return ((uint64_t)(exponent - f->least + 1) << stored) | (mantissa & ((1ull << stored) - 1));
}

static uint64_t from_decimal(struct integer *n, long power, int rest, const struct format *f, int *range) {
  if (!n->length) {
    *range = 0;
    return 0;
  }
  /* Far out, the result is known, and the integers would not fit. */
  if (power > 400)
    power = 400;
  if (power < -1300)
    power = -1300;
  int exponent = 0;
  if (power >= 0) {
    for (; power >= 9; power -= 9)
      multiply_add(n, 1000000000, 0);
    for (; power > 0; --power)
      multiply_add(n, 10, 0);
  } else {
    /* 10^k = 5^k * 2^k, and 5^k has less than 7k/3 + 1 bits: the quotient keeps more than 64. */
    int bits = bit_length(n), wanted = (int)(-power * 7 / 3) + 66;
    int words = wanted > bits ? (wanted - bits + 31) / 32 : 0;
    if (words > WORDS - n->length)
      words = WORDS - n->length;
    shift_left(n, words);
    exponent = (int)power - 32 * words;
    for (; power <= -13; power += 13)
      rest |= divide(n, 1220703125); /* 5^13 */
    for (; power < 0; ++power)
      rest |= divide(n, 5);
  }
  return nearest(n, exponent, rest, f, range);
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static int starts_with(const char *s, const char *word) {
  int n = 0;
  while (word[n] && lower((unsigned char)s[n]) == word[n])
    ++n;
  return word[n] ? 0 : n;
}
static int hex_digit(int c) {
  c = lower(c);
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "e+12" behind a number; moves *p past it if it is whole. */
static long read_exponent(const char **p, char letter) {
  const char *q = *p;
  if (lower((unsigned char)*q) != letter)
    return 0;
  ++q;
  int negative = *q == '-';
  if (*q == '-' || *q == '+')
    ++q;
  if (*q < '0' || *q > '9')
    return 0;
  long e = 0;
  for (; *q >= '0' && *q <= '9'; ++q)
    if (e < 100000)
      e = e * 10 + (*q - '0');
  *p = q;
  return negative ? -e : e;
}

/* The digits of a number in base 10 or 16: the value is n * base^*power, a little more if *rest. */
static const char *read_digits(const char *p, int base, struct integer *n, long *power, int *rest, int *any) {
  int point = 0, kept = 0;
  n->length = 0;
  *power = *rest = *any = 0;
  for (;; ++p) {
    if (*p == '.' && !point) {
      point = 1;
      continue;
    }
    int d = hex_digit((unsigned char)*p);
    if (d < 0 || d >= base)
      break;
    *any = 1;
    *power -= point;
    if (!kept && !d)
      continue;
    if (kept < DIGITS) {
      ++kept;
      multiply_add(n, (uint32_t)base, (uint32_t)d);
    } else {
      *rest |= d != 0;
      ++*power;
    }
  }
  return p;
}

int *__errno_location(void);

static CORDON_COLD uint64_t parse(const char *s, char **end, const struct format *f, int *negative) {
  const char *p = s;
  int range = 0, any, rest;
  long power;
  uint64_t bits = 0;
  struct integer n;
  while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
    ++p;
  *negative = *p == '-';
  if (*p == '-' || *p == '+')
    ++p;
  int stored = f->precision - 1, word = 0;
  uint64_t infinity = (uint64_t)(f->most - f->least + 2) << stored;
  if ((word = starts_with(p, "infinity")) || (word = starts_with(p, "inf"))) {
    p += word;
    bits = infinity;
  } else if ((word = starts_with(p, "nan"))) {
    p += word;
    bits = infinity | 1ull << (stored - 1);
    if (*p == '(') { /* nan(text) */
      const char *q = p + 1;
      while (hex_digit((unsigned char)*q) >= 0 || (lower((unsigned char)*q) >= 'a' && lower((unsigned char)*q) <= 'z') || *q == '_')
        ++q;
      p = *q == ')' ? q + 1 : p;
    }
  } else {
    const char *q = 0;
    if (p[0] == '0' && lower((unsigned char)p[1]) == 'x') {
      q = read_digits(p + 2, 16, &n, &power, &rest, &any);
      if (!any)
        q = 0; /* "0x" is the number 0 and a letter */
      else {
        power = 4 * power + read_exponent(&q, 'p');
        if (power > 20000)
          power = 20000;
        if (power < -20000)
          power = -20000;
        if (n.length)
          bits = nearest(&n, (int)power, rest, f, &range);
      }
    }
    if (!q) {
      q = read_digits(p, 10, &n, &power, &rest, &any);
      if (any) {
        power += read_exponent(&q, 'e');
        bits = from_decimal(&n, power, rest, f, &range);
      } else {
        q = s;
        *negative = 0;
      }
    }
    p = q;
  }
  if (end)
    *end = (char *)p;
  if (range)
    *__errno_location() = 34; /* ERANGE */
  return bits;
}

static double to_double(const char *s, char **end) {
  int negative;
  uint64_t bits = parse(s, end, &Double, &negative);
  bits |= (uint64_t)negative << 63;
  double value;
  cordon_copy_bytes(&value, &bits, sizeof(value));
  return value;
}
static float to_float(const char *s, char **end) {
  int negative;
  uint32_t bits = (uint32_t)parse(s, end, &Single, &negative);
  bits |= (uint32_t)negative << 31;
  float value;
  cordon_copy_bytes(&value, &bits, sizeof(value));
  return value;
}
double strtod(const char *s, char **end) { return to_double(s, end); }
double atof(const char *s) { return to_double(s, 0); }
float strtof(const char *s, char **end) { return to_float(s, end); }
double __cordon_parse_double(const char *s) { return to_double(s, 0); }
float __cordon_parse_float(const char *s) { return to_float(s, 0); }
