/*===- runtime-bc/complex.c - <complex.h> and std::complex's functions --------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * By their textbook formulas on libdevice's functions, in double for both precisions; a square root and a modulus do not
 * overflow before their result does. Infinities and NaNs are those of the formulas, not of Annex G.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

/* Not structs of our own: see compilerrt.c. */
typedef double _Complex complex_double;
typedef float _Complex complex_float;
#define RE(Z) __real__(Z)
#define IM(Z) __imag__(Z)

double __nv_hypot(double, double);
double __nv_atan2(double, double);
double __nv_exp(double);
double __nv_log(double);
double __nv_sin(double);
double __nv_cos(double);
double __nv_sinh(double);
double __nv_cosh(double);
double __nv_tan(double);
double __nv_tanh(double);

static inline complex_double make(double re, double im) {
  complex_double z;
  RE(z) = re;
  IM(z) = im;
  return z;
}
static inline complex_float narrow(complex_double z) {
  complex_float f;
  RE(f) = (float)RE(z);
  IM(f) = (float)IM(z);
  return f;
}
static complex_double multiply(complex_double a, complex_double b) {
  return make(RE(a) * RE(b) - IM(a) * IM(b), RE(a) * IM(b) + IM(a) * RE(b));
}

static complex_double exp_of(complex_double z) {
  double scale = __nv_exp(RE(z));
  return IM(z) == 0 ? make(scale, IM(z)) : make(scale * __nv_cos(IM(z)), scale * __nv_sin(IM(z)));
}
static complex_double log_of(complex_double z) {
  return make(__nv_log(__nv_hypot(RE(z), IM(z))), __nv_atan2(IM(z), RE(z)));
}
static complex_double sqrt_of(complex_double z) {
  double x = RE(z), y = IM(z);
  if (x == 0 && y == 0)
    return make(0, y);
  double scale = 1; /* keeps |z| below the largest number */
  if (__builtin_fabs(x) > 1e300 || __builtin_fabs(y) > 1e300) {
    x *= 0.25;
    y *= 0.25;
    scale = 2;
  }
  double t = __builtin_sqrt(0.5 * (__nv_hypot(x, y) + __builtin_fabs(x)));
  complex_double r = x >= 0 ? make(t, 0.5 * y / t) : make(0.5 * __builtin_fabs(y) / t, __builtin_copysign(t, y));
  return make(scale * RE(r), scale * IM(r));
}
static complex_double pow_of(complex_double a, complex_double b) {
  if (RE(a) == 0 && IM(a) == 0)
    return make(RE(b) == 0 && IM(b) == 0, 0);
  return exp_of(multiply(b, log_of(a)));
}
static complex_double sinh_of(complex_double z) {
  return make(__nv_sinh(RE(z)) * __nv_cos(IM(z)), __nv_cosh(RE(z)) * __nv_sin(IM(z)));
}
static complex_double cosh_of(complex_double z) {
  return make(__nv_cosh(RE(z)) * __nv_cos(IM(z)), __nv_sinh(RE(z)) * __nv_sin(IM(z)));
}
static complex_double tanh_of(complex_double z) {
  double t = __nv_tan(IM(z)), s = __nv_sinh(RE(z)), beta = 1 + t * t;
  if (__builtin_fabs(RE(z)) > 22) /* sinh squared would overflow */
    return make(__builtin_copysign(1, RE(z)), 4 * t / beta * __nv_exp(-2 * __builtin_fabs(RE(z))));
  double rho = __builtin_sqrt(1 + s * s), d = 1 + beta * s * s;
  return make(beta * rho * s / d, t / d);
}
/* sin(z) = -i sinh(iz), and so on. */
static complex_double turn(complex_double z) { return make(-IM(z), RE(z)); }
static complex_double turn_back(complex_double z) { return make(IM(z), -RE(z)); }
static complex_double sin_of(complex_double z) { return turn_back(sinh_of(turn(z))); }
static complex_double cos_of(complex_double z) { return cosh_of(turn(z)); }
static complex_double tan_of(complex_double z) { return turn_back(tanh_of(turn(z))); }

/* Complex numbers come as their parts, as x86-64 and AArch64 pass them. */
double cabs_parts(double re, double im) __asm__("cabs");
float cabsf_parts(float re, float im) __asm__("cabsf");
double carg_parts(double re, double im) __asm__("carg");
float cargf_parts(float re, float im) __asm__("cargf");
double cabs_parts(double re, double im) { return __nv_hypot(re, im); }
float cabsf_parts(float re, float im) { return (float)__builtin_sqrt((double)re * re + (double)im * im); }
double carg_parts(double re, double im) { return __nv_atan2(im, re); }
float cargf_parts(float re, float im) { return (float)__nv_atan2(im, re); }

#define FUNCTION(NAME)                                                                                                  \
  complex_double c##NAME##_parts(double re, double im) __asm__("c" #NAME);                                              \
  complex_float c##NAME##f_parts(float re, float im) __asm__("c" #NAME "f");                                            \
  complex_double c##NAME##_parts(double re, double im) { return NAME##_of(make(re, im)); }                              \
  complex_float c##NAME##f_parts(float re, float im) { return narrow(NAME##_of(make(re, im))); }
FUNCTION(exp)
FUNCTION(log)
FUNCTION(sqrt)
FUNCTION(sinh)
FUNCTION(cosh)
FUNCTION(tanh)
FUNCTION(sin)
FUNCTION(cos)
FUNCTION(tan)

complex_double cpow_parts(double ar, double ai, double br, double bi) __asm__("cpow");
complex_float cpowf_parts(float ar, float ai, float br, float bi) __asm__("cpowf");
complex_double cpow_parts(double ar, double ai, double br, double bi) { return pow_of(make(ar, ai), make(br, bi)); }
complex_float cpowf_parts(float ar, float ai, float br, float bi) { return narrow(pow_of(make(ar, ai), make(br, bi))); }
