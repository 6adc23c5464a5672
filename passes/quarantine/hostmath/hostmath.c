/*===- quarantine/hostmath/hostmath.c - libdevice functions that libm lacks ----===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Host code that a front end specialized for the device calls these. Compiled to bitcode, embedded in the plugin, and
 * linked into a host module function by function. Results follow libdevice's definition (CUDA's libdevice user's guide);
 * those of transcendental functions are within a few ulp of it.
 *===------------------------------------------------------------------------*/
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define NV(NAME) __nv_##NAME
#define DEF1(R, NAME, T, EXPR) R NV(NAME)(T x) { return EXPR; }
#define DEF2(R, NAME, T, EXPR) R NV(NAME)(T x, T y) { return EXPR; }

/*--- Integers ---*/

DEF1(int, abs, int, x < 0 ? (int)-(unsigned)x : x)
DEF1(long long, llabs, long long, x < 0 ? (long long)-(unsigned long long)x : x)
DEF2(int, min, int, x < y ? x : y)
DEF2(int, max, int, x > y ? x : y)
DEF2(unsigned, umin, unsigned, x < y ? x : y)
DEF2(unsigned, umax, unsigned, x > y ? x : y)
DEF2(long long, llmin, long long, x < y ? x : y)
DEF2(long long, llmax, long long, x > y ? x : y)
DEF2(unsigned long long, ullmin, unsigned long long, x < y ? x : y)
DEF2(unsigned long long, ullmax, unsigned long long, x > y ? x : y)
DEF1(int, brev, int, (int)__builtin_bitreverse32((unsigned)x))
DEF1(long long, brevll, long long, (long long)__builtin_bitreverse64((unsigned long long)x))
DEF1(int, clz, int, x ? __builtin_clz((unsigned)x) : 32)
DEF1(int, clzll, long long, x ? __builtin_clzll((unsigned long long)x) : 64)
DEF1(int, popc, int, __builtin_popcount((unsigned)x))
DEF1(int, popcll, long long, __builtin_popcountll((unsigned long long)x))
DEF1(int, ffs, int, __builtin_ffs(x))
DEF1(int, ffsll, long long, __builtin_ffsll(x))
DEF2(int, mulhi, int, (int)((int64_t)x * y >> 32))
DEF2(unsigned, umulhi, unsigned, (unsigned)((uint64_t)x * y >> 32))
DEF2(long long, mul64hi, long long, (long long)((__int128)x * y >> 64))
DEF2(unsigned long long, umul64hi, unsigned long long, (unsigned long long)((unsigned __int128)x * y >> 64))
/* The low 24 bits of each factor. */
static int low24(int x) { return (int)((unsigned)x << 8) >> 8; }
DEF2(int, mul24, int, (int)((int64_t)low24(x) * low24(y)))
DEF2(unsigned, umul24, unsigned, (x & 0xffffffu) * (y & 0xffffffu))
DEF2(int, hadd, int, (int)(((int64_t)x + y) >> 1))
DEF2(int, rhadd, int, (int)(((int64_t)x + y + 1) >> 1))
DEF2(unsigned, uhadd, unsigned, (unsigned)(((uint64_t)x + y) >> 1))
DEF2(unsigned, urhadd, unsigned, (unsigned)(((uint64_t)x + y + 1) >> 1))
unsigned NV(sad)(int x, int y, unsigned z) { return z + (x > y ? (unsigned)x - (unsigned)y : (unsigned)y - (unsigned)x); }
unsigned NV(usad)(unsigned x, unsigned y, unsigned z) { return z + (x > y ? x - y : y - x); }
unsigned NV(byte_perm)(unsigned a, unsigned b, unsigned selector) {
  uint64_t bytes = (uint64_t)b << 32 | a;
  unsigned result = 0;
  for (int i = 0; i < 4; ++i)
    result |= (unsigned)(bytes >> 8 * (selector >> 4 * i & 7) & 0xff) << 8 * i;
  return result;
}

/*--- Bits ---*/

#define BITS(R, NAME, T) R NV(NAME)(T x) { R r; memcpy(&r, &x, sizeof r); return r; }
BITS(int, float_as_int, float)
BITS(unsigned, float_as_uint, float)
BITS(float, int_as_float, int)
BITS(float, uint_as_float, unsigned)
BITS(long long, double_as_longlong, double)
BITS(double, longlong_as_double, long long)
static uint64_t bits(double x) { uint64_t r; memcpy(&r, &x, sizeof r); return r; }
static double fromBits(uint64_t x) { double r; memcpy(&r, &x, sizeof r); return r; }
DEF1(int, double2hiint, double, (int)(bits(x) >> 32))
DEF1(int, double2loint, double, (int)bits(x))
double NV(hiloint2double)(int hi, int lo) { return fromBits((uint64_t)(unsigned)hi << 32 | (unsigned)lo); }
DEF1(int, isnand, double, __builtin_isnan(x) != 0)
DEF1(int, isnanf, float, __builtin_isnan(x) != 0)
DEF1(int, isinfd, double, __builtin_isinf(x) != 0)
DEF1(int, isinff, float, __builtin_isinf(x) != 0)
DEF1(int, isfinited, double, __builtin_isfinite(x) != 0)
DEF1(int, finitef, float, __builtin_isfinite(x) != 0)
DEF1(int, signbitd, double, __builtin_signbit(x) != 0)
DEF1(int, signbitf, float, __builtin_signbit(x) != 0)

/*--- Half, as its bits ---*/

float NV(half2float)(unsigned short h) {
  unsigned sign = (unsigned)(h & 0x8000) << 16, exponent = h >> 10 & 31, mantissa = h & 0x3ff;
  if (exponent == 31)
    return NV(uint_as_float)(sign | 0x7f800000u | mantissa << 13);
  float magnitude = exponent ? ldexpf((float)(mantissa | 0x400), (int)exponent - 25) : ldexpf((float)mantissa, -24);
  return sign ? -magnitude : magnitude;
}

unsigned short NV(float2half_rn)(float f) {
  unsigned b = NV(float_as_uint)(f), sign = b >> 16 & 0x8000, magnitude = b & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return 0x7fff;
  float a = fabsf(f);
  if (a >= 65520.0f) /* half way past the largest half */
    return (unsigned short)(sign | 0x7c00);
  int exponent;
  frexpf(a, &exponent);
  if (a == 0 || exponent < -13) /* zero, subnormal: units of 2^-24 */
    return (unsigned short)(sign | (unsigned)rintf(ldexpf(a, 24)));
  /* A mantissa that rounds up to 2048 carries into the exponent, as it should. */
  unsigned mantissa = (unsigned)rintf(ldexpf(a, 11 - exponent));
  return (unsigned short)(sign | (((unsigned)(exponent + 13) << 10) + mantissa));
}

/*--- Rounding modes: rn is the host's, the others are set for one operation ---*/

#define MODE_rd FE_DOWNWARD
#define MODE_ru FE_UPWARD
#define MODE_rz FE_TOWARDZERO
#define MODE_rn FE_TONEAREST
/* Volatile keeps the operation between the two changes of mode. */
#define ROUNDED(T, MODE, EXPR)                                                                                         \
  int old = fegetround();                                                                                              \
  fesetround(MODE);                                                                                                    \
  volatile T result = (EXPR);                                                                                          \
  fesetround(old);                                                                                                     \
  return result;
#define ROUND1(T, NAME, A, MODE, EXPR) T NV(NAME##_##MODE)(A x0) { volatile A x = x0; ROUNDED(T, MODE_##MODE, EXPR) }
#define ROUND2(T, NAME, MODE, EXPR)                                                                                    \
  T NV(NAME##_##MODE)(T x0, T y0) { volatile T x = x0, y = y0; ROUNDED(T, MODE_##MODE, EXPR) }
#define ROUND3(T, NAME, MODE, EXPR)                                                                                    \
  T NV(NAME##_##MODE)(T x0, T y0, T z0) { volatile T x = x0, y = y0, z = z0; ROUNDED(T, MODE_##MODE, EXPR) }
#define MODES1(T, NAME, A, EXPR) ROUND1(T, NAME, A, rd, EXPR) ROUND1(T, NAME, A, ru, EXPR) ROUND1(T, NAME, A, rz, EXPR)
#define MODES2(T, NAME, EXPR) ROUND2(T, NAME, rd, EXPR) ROUND2(T, NAME, ru, EXPR) ROUND2(T, NAME, rz, EXPR) ROUND2(T, NAME, rn, EXPR)
#define MODES3(T, NAME, EXPR) ROUND3(T, NAME, rd, EXPR) ROUND3(T, NAME, ru, EXPR) ROUND3(T, NAME, rz, EXPR) ROUND3(T, NAME, rn, EXPR)
MODES2(double, dadd, x + y)
MODES2(double, dsub, x - y)
MODES2(double, dmul, x * y)
MODES2(double, ddiv, x / y)
MODES2(float, fadd, x + y)
MODES2(float, fsub, x - y)
MODES2(float, fmul, x * y)
MODES2(float, fdiv, x / y)
MODES3(double, fma, fma(x, y, z))
MODES3(float, fmaf, fmaf(x, y, z))
MODES3(float, fmaf_ieee, fmaf(x, y, z))
MODES1(double, drcp, double, 1.0 / x)
MODES1(float, frcp, float, 1.0f / x)
MODES1(double, dsqrt, double, sqrt(x))
MODES1(float, fsqrt, float, sqrtf(x))
DEF1(double, drcp_rn, double, 1.0 / x)
DEF1(float, frcp_rn, float, 1.0f / x)
DEF1(double, dsqrt_rn, double, sqrt(x))
DEF1(float, fsqrt_rn, float, sqrtf(x))
DEF1(float, frsqrt_rn, float, (float)(1.0 / sqrt((double)x)))
MODES1(float, double2float, double, (float)x)
MODES1(float, int2float, int, (float)x)
MODES1(float, uint2float, unsigned, (float)x)
MODES1(float, ll2float, long long, (float)x)
MODES1(float, ull2float, unsigned long long, (float)x)
MODES1(double, ll2double, long long, (double)x)
MODES1(double, ull2double, unsigned long long, (double)x)
DEF1(float, double2float_rn, double, (float)x)
DEF1(float, int2float_rn, int, (float)x)
DEF1(float, uint2float_rn, unsigned, (float)x)
DEF1(float, ll2float_rn, long long, (float)x)
DEF1(float, ull2float_rn, unsigned long long, (float)x)
DEF1(double, ll2double_rn, long long, (double)x)
DEF1(double, ull2double_rn, unsigned long long, (double)x)
DEF1(double, int2double_rn, int, (double)x)
DEF1(double, uint2double_rn, unsigned, (double)x)

/* PTX conversions saturate; NaN gives 0 in 32 bits and the top bit in 64. */
#define CONVERT(R, NAME, T, ROUND, LOW, HIGH, BELOW, ABOVE, NOTANUMBER)                                                \
  R NV(NAME)(T x) {                                                                                                    \
    T r = ROUND(x);                                                                                                    \
    if (__builtin_isnan(r))                                                                                            \
      return NOTANUMBER;                                                                                               \
    return r < LOW ? BELOW : r >= HIGH ? ABOVE : (R)r;                                                                 \
  }
#define CONVERTS(NAME, T, S)                                                                                           \
  CONVERT_MODE(NAME, T, rn, rint##S) CONVERT_MODE(NAME, T, rz, trunc##S)                                               \
  CONVERT_MODE(NAME, T, rd, floor##S) CONVERT_MODE(NAME, T, ru, ceil##S)
#define CONVERT_MODE(NAME, T, MODE, ROUND)                                                                             \
  CONVERT(int, NAME##2int_##MODE, T, ROUND, (T)-0x1p31, (T)0x1p31, INT32_MIN, INT32_MAX, 0)                            \
  CONVERT(unsigned, NAME##2uint_##MODE, T, ROUND, (T)0, (T)0x1p32, 0, UINT32_MAX, 0)                                   \
  CONVERT(long long, NAME##2ll_##MODE, T, ROUND, (T)-0x1p63, (T)0x1p63, INT64_MIN, INT64_MAX, INT64_MIN)               \
  CONVERT(unsigned long long, NAME##2ull_##MODE, T, ROUND, (T)0, (T)0x1p64, 0, UINT64_MAX, (uint64_t)INT64_MIN)
CONVERTS(double, double, )
CONVERTS(float, float, f)

/*--- Functions that libm lacks ---*/

DEF1(float, saturatef, float, __builtin_isnan(x) ? 0.0f : x < 0.0f ? 0.0f : x > 1.0f ? 1.0f : x)
DEF1(double, rsqrt, double, 1.0 / sqrt(x))
DEF1(float, rsqrtf, float, (float)(1.0 / sqrt((double)x)))
DEF1(double, rcbrt, double, 1.0 / cbrt(x))
DEF1(float, rcbrtf, float, (float)(1.0 / cbrt((double)x)))
DEF1(double, rcp64h, double, fromBits(bits(1.0 / x) & 0xffffffff00000000u))
double NV(powi)(double x, int n) { return pow(x, (double)n); }
float NV(powif)(float x, int n) { return powf(x, (float)n); }
DEF2(double, rhypot, double, 1.0 / hypot(x, y))
DEF2(float, rhypotf, float, (float)(1.0 / hypot((double)x, (double)y)))

static double length(int n, const double *v) {
  double largest = 0, sum = 0;
  for (int i = 0; i < n; ++i) {
    if (__builtin_isinf(v[i]))
      return INFINITY;
    largest = fmax(largest, fabs(v[i]));
  }
  for (int i = 0; i < n; ++i) {
    double scaled = largest > 0 ? v[i] / largest : v[i]; /* no overflow on the way */
    sum += scaled * scaled;
  }
  return largest > 0 ? largest * sqrt(sum) : sqrt(sum);
}
static double lengthf(int n, const float *v) {
  double sum = 0; /* squares of floats fit in double */
  for (int i = 0; i < n; ++i) {
    if (__builtin_isinf(v[i]))
      return INFINITY;
    sum += (double)v[i] * v[i];
  }
  return sqrt(sum);
}
double NV(norm)(int n, const double *v) { return length(n, v); }
double NV(rnorm)(int n, const double *v) { return 1.0 / length(n, v); }
float NV(normf)(int n, const float *v) { return (float)lengthf(n, v); }
float NV(rnormf)(int n, const float *v) { return (float)(1.0 / lengthf(n, v)); }
#define NORM(N, PARAMS, PARAMSF, ...)                                                                                  \
  double NV(norm##N##d) PARAMS { double v[] = {__VA_ARGS__}; return length(N, v); }                                    \
  double NV(rnorm##N##d) PARAMS { double v[] = {__VA_ARGS__}; return 1.0 / length(N, v); }                             \
  float NV(norm##N##df) PARAMSF { float v[] = {__VA_ARGS__}; return (float)lengthf(N, v); }                            \
  float NV(rnorm##N##df) PARAMSF { float v[] = {__VA_ARGS__}; return (float)(1.0 / lengthf(N, v)); }
NORM(3, (double a, double b, double c), (float a, float b, float c), a, b, c)
NORM(4, (double a, double b, double c, double d), (float a, float b, float c, float d), a, b, c, d)

/* sin and cos of pi x: exact reduction to an eighth of a turn. */
static void turns(double x, double *s, double *c) {
  double r = fmod(x, 2.0), n = rint(2.0 * r), t = 3.14159265358979323846 * fma(-0.5, n, r);
  double sn = sin(t), cs = cos(t);
  switch ((int)n & 3) {
  case 0: *s = sn, *c = cs; break;
  case 1: *s = cs, *c = -sn; break;
  case 2: *s = -sn, *c = -cs; break;
  default: *s = -cs, *c = sn; break;
  }
  if (!__builtin_isfinite(x))
    *s = *c = NAN;
  else if (*s == 0)
    *s = copysign(0.0, x);
}
DEF1(double, sinpi, double, ({ double s, c; turns(x, &s, &c); s; }))
DEF1(double, cospi, double, ({ double s, c; turns(x, &s, &c); c; }))
DEF1(float, sinpif, float, (float)NV(sinpi)((double)x))
DEF1(float, cospif, float, (float)NV(cospi)((double)x))
void NV(sincospi)(double x, double *s, double *c) { turns(x, s, c); }
void NV(sincospif)(float x, float *s, float *c) {
  double sd, cd;
  turns((double)x, &sd, &cd);
  *s = (float)sd, *c = (float)cd;
}

/* The normal quantile for 0 < p <= 1/2: Acklam's rational start (1e-9), then two of Halley's steps on erfc. */
static double quantile(double p) {
  static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
                             1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00};
  static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                             6.680131188771972e+01, -1.328068155288572e+01};
  static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                             -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00};
  static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                             3.754408661907416e+00};
  double x;
  if (p < 0.02425) {
    double q = sqrt(-2 * log(p));
    x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  } else {
    double q = p - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
  }
  for (int i = 0; i < 2; ++i) {
    double density = exp(-0.5 * x * x) * 0.39894228040143267794;
    if (density == 0)
      break;
    double u = (0.5 * erfc(-x * 0.70710678118654752440) - p) / density;
    x -= u / (1 + 0.5 * x * u);
  }
  return x;
}
double NV(normcdfinv)(double p) {
  if (!(p >= 0 && p <= 1))
    return NAN;
  if (p == 0 || p == 1)
    return p == 0 ? -INFINITY : INFINITY;
  return p <= 0.5 ? quantile(p) : -quantile(1 - p); /* 1 - p is exact there */
}
DEF1(double, normcdf, double, 0.5 * erfc(-x * 0.70710678118654752440))
DEF1(float, normcdff, float, (float)NV(normcdf)((double)x))
DEF1(float, normcdfinvf, float, (float)NV(normcdfinv)((double)x))
double NV(erfcinv)(double x) {
  if (!(x >= 0 && x <= 2))
    return NAN;
  return -NV(normcdfinv)(0.5 * x) * 0.70710678118654752440;
}
double NV(erfinv)(double x) {
  double y = fabs(x);
  if (!(y <= 1))
    return NAN;
  if (y > 0.5)
    return copysign(NV(erfcinv)(1 - y), x);
  double r = 0.88622692545275801365 * y; /* Newton from the series' first term */
  for (int i = 0; i < 5; ++i)
    r -= (erf(r) - y) / (1.12837916709551257390 * exp(-r * r));
  return copysign(r, x);
}
DEF1(float, erfinvf, float, (float)NV(erfinv)((double)x))
DEF1(float, erfcinvf, float, (float)NV(erfcinv)((double)x))
double NV(erfcx)(double x) {
  if (x < 10) {
    double square = x * x, rest = fma(x, x, -square);
    return exp(square) * (1 + rest) * erfc(x);
  }
  double sum = 1, term = 1, step = 1 / (2 * x * x); /* asymptotic: below 1e-14 from 10 on */
  for (int k = 1; k < 12; ++k)
    sum += term *= -(2 * k - 1) * step;
  return 0.56418958354775628695 / x * sum;
}
DEF1(float, erfcxf, float, (float)NV(erfcx)((double)x))

/* I0 and I1 by their power series: all terms have one sign. */
static double besselI(int order, double x) {
  double q = 0.25 * x * x, term = order ? 0.5 * fabs(x) : 1, sum = term;
  if (__builtin_isinf(x))
    return INFINITY;
  for (int k = 1; term > sum * 1e-17; ++k)
    sum += term *= q / ((double)k * (k + order));
  return sum;
}
DEF1(double, cyl_bessel_i0, double, besselI(0, x))
DEF1(double, cyl_bessel_i1, double, copysign(besselI(1, x), x))
DEF1(float, cyl_bessel_i0f, float, (float)besselI(0, (double)x))
DEF1(float, cyl_bessel_i1f, float, (float)copysign(besselI(1, (double)x), (double)x))

/*--- Fast variants: the host has no reason to be less exact ---*/

DEF1(float, fast_sinf, float, sinf(x))
DEF1(float, fast_cosf, float, cosf(x))
DEF1(float, fast_tanf, float, tanf(x))
DEF1(float, fast_tanhf, float, tanhf(x))
DEF1(float, fast_expf, float, expf(x))
DEF1(float, fast_exp10f, float, (float)pow(10.0, (double)x))
DEF1(float, fast_logf, float, logf(x))
DEF1(float, fast_log2f, float, log2f(x))
DEF1(float, fast_log10f, float, log10f(x))
DEF2(float, fast_powf, float, powf(x, y))
DEF2(float, fast_fdividef, float, x / y)
void NV(fast_sincosf)(float x, float *s, float *c) { *s = sinf(x), *c = cosf(x); }
