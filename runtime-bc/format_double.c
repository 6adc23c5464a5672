/*===- runtime-bc/format_double.c - floating point in printf ------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The digits that the host's C library prints: a double is written out exactly in decimal, in words of nine digits, and
 * rounded half to even.
 *===------------------------------------------------------------------------*/
#include "format.h"

/* A double in decimal: word[POINT - 1] holds the units and eight digits above them, word[POINT] the first nine digits
 * behind the point. 2^1024 has 309 digits, 2^-1074 has 1074. */
enum { POINT = 36, WORDS = POINT + 120, BASE = 1000000000 };
struct decimal {
  uint32_t word[WORDS];
  int first, last; /* words in use: [first, last) */
};

static const uint32_t power_of_ten[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

static CORDON_COLD void to_decimal(struct decimal *d, uint64_t mantissa, int exponent) {
  d->word[POINT - 1] = (uint32_t)(mantissa % BASE);
  d->word[POINT - 2] = (uint32_t)(mantissa / BASE);
  d->first = POINT - 2;
  d->last = POINT;
  while (exponent > 0) {
    int step = exponent < 29 ? exponent : 29;
    uint64_t carry = 0;
    for (int i = d->last - 1; i >= d->first; --i) {
      uint64_t t = ((uint64_t)d->word[i] << step) + carry;
      d->word[i] = (uint32_t)(t % BASE);
      carry = t / BASE;
    }
    if (carry)
      d->word[--d->first] = (uint32_t)carry;
    exponent -= step;
  }
  while (exponent < 0) {
    int step = exponent > -9 ? -exponent : 9; /* 10^9 is a multiple of 2^9: no remainder is lost */
    uint32_t remainder = 0;
    for (int i = d->first; i < d->last; ++i) {
      uint64_t t = d->word[i] + (uint64_t)remainder * BASE;
      d->word[i] = (uint32_t)(t >> step);
      remainder = (uint32_t)(t & ((1u << step) - 1));
    }
    if (remainder)
      d->word[d->last++] = (uint32_t)(((uint64_t)remainder * BASE) >> step);
    exponent += step;
  }
}

/* The word that holds the digit at 10^position, and the digit's unit in it. */
static int word_of(int position, uint32_t *unit) {
  int index = position >= 0 ? POINT - 1 - position / 9 : POINT + (-position - 1) / 9;
  *unit = power_of_ten[position >= 0 ? position % 9 : 8 - (-position - 1) % 9];
  return index;
}

static int digit_at(const struct decimal *d, int position) {
  uint32_t unit;
  int i = word_of(position, &unit);
  return i < d->first || i >= d->last ? 0 : (int)(d->word[i] / unit % 10);
}

/* The position of the first digit that is not 0; 0 for zero. */
static int top_position(const struct decimal *d) {
  for (int i = d->first; i < d->last; ++i)
    if (d->word[i]) {
      int p = 8;
      while (d->word[i] < power_of_ten[p])
        --p;
      return i < POINT ? (POINT - 1 - i) * 9 + p : -((i - POINT) * 9 + (9 - p));
    }
  return 0;
}

/* Rounds so that 10^position is the last digit. */
static CORDON_COLD void round_at(struct decimal *d, int position) {
  uint32_t unit;
  int i = word_of(position, &unit);
  if (i >= d->last)
    return;
  while (d->first > i)
    d->word[--d->first] = 0;
  uint32_t below = d->word[i] % unit, half = unit / 2;
  int rest = i + 1; /* words that count only as zero or not */
  int order;        /* of what is cut off against one half */
  if (unit == 1) {
    uint32_t next = rest < d->last ? d->word[rest] : 0;
    ++rest;
    order = next < BASE / 2 ? -1 : next > BASE / 2;
  } else
    order = below < half ? -1 : below > half;
  for (; order == 0 && rest < d->last; ++rest)
    order = d->word[rest] != 0;
  int odd = d->word[i] / unit & 1;
  d->word[i] -= below;
  d->last = i + 1;
  if (order < 0 || (order == 0 && !odd))
    return;
  d->word[i] += unit;
  while (d->word[i] >= BASE) {
    d->word[i] -= BASE;
    if (--i < d->first) {
      d->first = i;
      d->word[i] = 0;
    }
    ++d->word[i];
  }
}

/* Writes d in fixed notation with `precision` digits behind the point. */
static void put_fixed(struct sink *s, const struct spec *f, const struct decimal *d, int precision, const char *sign) {
  int top = top_position(d);
  if (top < 0)
    top = 0;
  int point = precision > 0 || f->alternate;
  int blanks = open_number(s, f, sign, top + 1 + point + precision);
  for (int p = top; p >= 0; --p)
    put(s, (char)('0' + digit_at(d, p)));
  if (point)
    put(s, '.');
  for (int p = -1; p >= -precision; --p)
    put(s, (char)('0' + digit_at(d, p)));
  put_n(s, ' ', blanks);
}

static void put_exponent(struct sink *s, char letter, int exponent, int least) {
  char digits[8];
  int n = 0;
  put(s, letter);
  put(s, exponent < 0 ? '-' : '+');
  for (int e = exponent < 0 ? -exponent : exponent; e || n < least; e /= 10)
    digits[n++] = (char)('0' + e % 10);
  while (n)
    put(s, digits[--n]);
}
static int exponent_length(int exponent, int least) {
  int n = 0;
  for (int e = exponent < 0 ? -exponent : exponent; e || n < least; e /= 10)
    ++n;
  return n + 2;
}

static void put_scientific(struct sink *s, const struct spec *f, const struct decimal *d, int precision,
                           const char *sign, char letter) {
  int top = top_position(d), point = precision > 0 || f->alternate;
  int blanks = open_number(s, f, sign, 1 + point + precision + exponent_length(top, 2));
  put(s, (char)('0' + digit_at(d, top)));
  if (point)
    put(s, '.');
  for (int i = 1; i <= precision; ++i)
    put(s, (char)('0' + digit_at(d, top - i)));
  put_exponent(s, letter, top, 2);
  put_n(s, ' ', blanks);
}

static void put_hexadecimal(struct sink *s, const struct spec *f, uint64_t mantissa, int exponent, const char *sign) {
  int upper = f->conversion == 'A', digits = 13;
  if (f->precision >= 0 && f->precision < 13) {
    int cut = 4 * (13 - f->precision);
    uint64_t below = mantissa & ((1ull << cut) - 1), half = 1ull << (cut - 1);
    mantissa >>= cut;
    if (below > half || (below == half && (mantissa & 1)))
      ++mantissa;
    mantissa <<= cut;
  } else if (f->precision < 0)
    for (uint64_t m = mantissa & 0xfffffffffffffull; digits && !(m & 15); m >>= 4)
      --digits;
  if (f->precision >= 0)
    digits = f->precision;
  char prefix[4] = {0};
  size_t n = cordon_append(prefix, sizeof(prefix), 0, sign);
  cordon_append(prefix, sizeof(prefix), n, upper ? "0X" : "0x");
  int point = digits > 0 || f->alternate;
  int blanks = open_number(s, f, prefix, 1 + point + digits + exponent_length(exponent, 1));
  put(s, (char)('0' + (mantissa >> 52)));
  if (point)
    put(s, '.');
  for (int i = 0; i < digits; ++i)
    put(s, i < 13 ? (upper ? "0123456789ABCDEF" : "0123456789abcdef")[mantissa >> (48 - 4 * i) & 15] : '0');
  put_exponent(s, upper ? 'P' : 'p', exponent, 1);
  put_n(s, ' ', blanks);
}

CORDON_COLD void __cordon_format_double(struct sink *s, const struct spec *asked, double value) {
  struct spec f = *asked;
  uint64_t bits;
  cordon_copy_bytes(&bits, &value, sizeof(bits));
  const char *sign = sign_text(&f, (int)(bits >> 63));
  uint64_t mantissa = bits & 0xfffffffffffffull;
  int exponent = (int)(bits >> 52 & 0x7ff);
  int upper = f.conversion >= 'A' && f.conversion <= 'Z';
  if (exponent == 0x7ff) {
    f.zero = 0;
    int blanks = open_number(s, &f, sign, 3);
    put_text(s, mantissa ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"), 3);
    put_n(s, ' ', blanks);
    return;
  }
  if (exponent)
    mantissa |= 1ull << 52;
  if (f.conversion == 'a' || f.conversion == 'A') {
    put_hexadecimal(s, &f, mantissa, exponent ? exponent - 1023 : mantissa ? -1022 : 0, sign);
    return;
  }
  struct decimal d;
  to_decimal(&d, mantissa, (exponent ? exponent : 1) - 1075);
  int precision = f.precision < 0 ? 6 : f.precision;
  char letter = upper ? 'E' : 'e';
  switch (f.conversion) {
  case 'f':
  case 'F':
    round_at(&d, -precision);
    put_fixed(s, &f, &d, precision, sign);
    return;
  case 'e':
  case 'E':
    round_at(&d, top_position(&d) - precision);
    put_scientific(s, &f, &d, precision, sign, letter);
    return;
  default: { /* g: `precision` digits in all, in whichever notation is shorter */
    if (precision == 0)
      precision = 1;
    round_at(&d, top_position(&d) - (precision - 1));
    int top = top_position(&d), scientific = top < -4 || top >= precision;
    precision -= scientific ? 1 : top + 1;
    if (!f.alternate) {
      int lowest = scientific ? top : 0;
      while (precision > 0 && digit_at(&d, lowest - precision) == 0)
        --precision;
    }
    if (scientific)
      put_scientific(s, &f, &d, precision, sign, letter);
    else
      put_fixed(s, &f, &d, precision, sign);
  }
  }
}
