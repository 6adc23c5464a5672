/*===- runtime-bc/compilerrt.c - what compilers call by themselves -------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The functions of compiler-rt and libgcc that are named in IR: complex multiplication and division with the special
 * cases of C's Annex G, powers, and integer helpers.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

/* Not structs of our own: the linker unites a named type with the unnamed one that callers have. */
typedef double _Complex complex_double;
typedef float _Complex complex_float;
#define RE(Z) __real__(Z)
#define IM(Z) __imag__(Z)
static inline complex_double pair(double re, double im) {
  complex_double z;
  RE(z) = re;
  IM(z) = im;
  return z;
}
static inline complex_float pairf(float re, float im) {
  complex_float z;
  RE(z) = re;
  IM(z) = im;
  return z;
}

/* The exponent of a finite value other than zero, as logb; and x * 2^n. */
static int exponent_of(double x) {
  int e;
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof(bits));
  e = (int)(bits >> 52 & 0x7ff);
  if (e)
    return e - 1023;
  return -1011 - __builtin_clzll(bits & 0xfffffffffffffull); /* subnormal: the leading one's place */
}
static double power_of_two(int n) {
  uint64_t bits = (uint64_t)(n + 1023) << 52;
  double x;
  __builtin_memcpy(&x, &bits, sizeof(x));
  return x;
}
/* In two steps: n may be twice what one factor can hold. */
static double scale(double x, int n) {
  int half = n / 2;
  return x * power_of_two(half) * power_of_two(n - half);
}

#define ISINF(X) (__builtin_fabs(X) == __builtin_inf())
#define ISNAN(X) ((X) != (X))
#define ISFINITE(X) (__builtin_fabs(X) < __builtin_inf())
/* 1 or 0 with the sign of X, as Annex G boxes an infinity. */
#define BOX(X) __builtin_copysign(ISINF(X) ? 1.0 : 0.0, (X))
#define ZERO_NAN(X) (ISNAN(X) ? __builtin_copysign(0.0, (X)) : (X))

complex_double __muldc3(double a, double b, double c, double d) {
  double ac = a * c, bd = b * d, ad = a * d, bc = b * c;
  complex_double z = pair(ac - bd, ad + bc);
  if (!(ISNAN(RE(z)) && ISNAN(IM(z))))
    return z;
  int again = 0;
  if (ISINF(a) || ISINF(b)) {
    a = BOX(a);
    b = BOX(b);
    c = ZERO_NAN(c);
    d = ZERO_NAN(d);
    again = 1;
  }
  if (ISINF(c) || ISINF(d)) {
    c = BOX(c);
    d = BOX(d);
    a = ZERO_NAN(a);
    b = ZERO_NAN(b);
    again = 1;
  }
  if (!again && (ISINF(ac) || ISINF(bd) || ISINF(ad) || ISINF(bc))) {
    a = ZERO_NAN(a);
    b = ZERO_NAN(b);
    c = ZERO_NAN(c);
    d = ZERO_NAN(d);
    again = 1;
  }
  if (again) {
    RE(z) = __builtin_inf() * (a * c - b * d);
    IM(z) = __builtin_inf() * (a * d + b * c);
  }
  return z;
}

complex_double __divdc3(double a, double b, double c, double d) {
  int n = 0;
  double largest = __builtin_fmax(__builtin_fabs(c), __builtin_fabs(d));
  if (largest > 0 && ISFINITE(largest)) {
    n = exponent_of(largest);
    c = scale(c, -n);
    d = scale(d, -n);
  }
  double denominator = c * c + d * d;
  complex_double z = pair(scale((a * c + b * d) / denominator, -n), scale((b * c - a * d) / denominator, -n));
  if (!(ISNAN(RE(z)) && ISNAN(IM(z))))
    return z;
  if (denominator == 0 && (!ISNAN(a) || !ISNAN(b))) {
    RE(z) = __builtin_copysign(__builtin_inf(), c) * a;
    IM(z) = __builtin_copysign(__builtin_inf(), c) * b;
  } else if ((ISINF(a) || ISINF(b)) && ISFINITE(c) && ISFINITE(d)) {
    a = BOX(a);
    b = BOX(b);
    RE(z) = __builtin_inf() * (a * c + b * d);
    IM(z) = __builtin_inf() * (b * c - a * d);
  } else if (ISINF(largest) && ISFINITE(a) && ISFINITE(b)) {
    c = BOX(c);
    d = BOX(d);
    RE(z) = 0 * (a * c + b * d);
    IM(z) = 0 * (b * c - a * d);
  }
  return z;
}

/* Special cases come out of the double ones, which also cannot overflow; finite products are exact there and are rounded
 * as the float code does. */
complex_float __mulsc3(float a, float b, float c, float d) {
  complex_float z = pairf(a * c - b * d, a * d + b * c);
  if (!(ISNAN(RE(z)) && ISNAN(IM(z))))
    return z;
  float ac = a * c, bd = b * d, ad = a * d, bc = b * c;
  if (ISINF(a) || ISINF(b) || ISINF(c) || ISINF(d) || ISINF(ac) || ISINF(bd) || ISINF(ad) || ISINF(bc)) {
    double x = a, y = b, u = c, v = d;
    if (ISINF(x) || ISINF(y)) {
      x = BOX(x);
      y = BOX(y);
      u = ZERO_NAN(u);
      v = ZERO_NAN(v);
    }
    if (ISINF(u) || ISINF(v)) {
      u = BOX(u);
      v = BOX(v);
      x = ZERO_NAN(x);
      y = ZERO_NAN(y);
    }
    x = ZERO_NAN(x);
    y = ZERO_NAN(y);
    u = ZERO_NAN(u);
    v = ZERO_NAN(v);
    RE(z) = (float)(__builtin_inf() * (x * u - y * v));
    IM(z) = (float)(__builtin_inf() * (x * v + y * u));
  }
  return z;
}
complex_float __divsc3(float a, float b, float c, float d) {
  complex_double z = __divdc3(a, b, c, d);
  return pairf((float)RE(z), (float)IM(z));
}

static double power(double x, int n) {
  double r = 1;
  for (unsigned k = n < 0 ? 0u - (unsigned)n : (unsigned)n; k; k >>= 1) {
    if (k & 1)
      r *= x;
    x *= x;
  }
  return n < 0 ? 1 / r : r;
}
double __powidf2(double x, int n) { return power(x, n); }
float __powisf2(float x, int n) {
  float r = 1;
  for (unsigned k = n < 0 ? 0u - (unsigned)n : (unsigned)n; k; k >>= 1) {
    if (k & 1)
      r *= x;
    x *= x;
  }
  return n < 0 ? 1 / r : r;
}

int __popcountsi2(int v) { return __builtin_popcount((unsigned)v); }
int __popcountdi2(long v) { return __builtin_popcountll((unsigned long)v); }
int __paritysi2(int v) { return __builtin_parity((unsigned)v); }
int __paritydi2(long v) { return __builtin_parityll((unsigned long)v); }
int __clzsi2(int v) { return __builtin_clz((unsigned)v); }
int __clzdi2(long v) { return __builtin_clzll((unsigned long)v); }
int __ctzsi2(int v) { return __builtin_ctz((unsigned)v); }
int __ctzdi2(long v) { return __builtin_ctzll((unsigned long)v); }
int __ffssi2(int v) { return v ? __builtin_ctz((unsigned)v) + 1 : 0; }
int __ffsdi2(long v) { return v ? __builtin_ctzll((unsigned long)v) + 1 : 0; }
int ffs(int v) { return v ? __builtin_ctz((unsigned)v) + 1 : 0; }
int ffsl(long v) { return v ? __builtin_ctzll((unsigned long)v) + 1 : 0; }
int ffsll(long long v) { return v ? __builtin_ctzll((unsigned long long)v) + 1 : 0; }
unsigned __bswapsi2(unsigned v) { return __builtin_bswap32(v); }
uint64_t __bswapdi2(uint64_t v) { return __builtin_bswap64(v); }

typedef __int128 i128;
typedef unsigned __int128 u128;
i128 __multi3(i128 a, i128 b) { return (i128)((u128)a * (u128)b); }
i128 __divti3(i128 a, i128 b) { return a / b; }
i128 __modti3(i128 a, i128 b) { return a % b; }
u128 __udivti3(u128 a, u128 b) { return a / b; }
u128 __umodti3(u128 a, u128 b) { return a % b; }
i128 __ashlti3(i128 a, int n) { return (i128)((u128)a << n); }
i128 __ashrti3(i128 a, int n) { return a >> n; }
i128 __lshrti3(i128 a, int n) { return (i128)((u128)a >> n); }
int __mulosi4(int a, int b, int *overflow) {
  int r;
  *overflow = __builtin_mul_overflow(a, b, &r);
  return r;
}
long __mulodi4(long a, long b, int *overflow) {
  long r;
  *overflow = __builtin_mul_overflow(a, b, &r);
  return r;
}
