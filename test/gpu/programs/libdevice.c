// libdevice's functions against the host's libm, or against a formula where libm has none.
// CASE: all
// EXPECT: double: [0-9]+ functions, float: [0-9]+ functions, integer: [0-9]+ functions, 0 wrong
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// NAME, what the host computes of x (and y), and the range of x. Functions that take y get one from 0.5 to 3.5.
#define UNARY(X)                                                                                                        \
  X(acos, acos(x), -1, 1) X(acosh, acosh(x), 1, 50) X(asin, asin(x), -1, 1) X(asinh, asinh(x), -50, 50)                 \
  X(atan, atan(x), -50, 50) X(atanh, atanh(x), -0.99, 0.99) X(cbrt, cbrt(x), -1e3, 1e3) X(ceil, ceil(x), -9, 9)         \
  X(cos, cos(x), -1e4, 1e4) X(cosh, cosh(x), -20, 20) X(cospi, cos(M_PI * x), -0.45, 0.45) X(erf, erf(x), -3, 3)        \
  X(erfc, erfc(x), -3, 5) X(erfcx, exp(x * x) * erfc(x), -1, 4) X(exp, exp(x), -50, 50) X(exp10, pow(10, x), -20, 20)   \
  X(exp2, exp2(x), -50, 50) X(expm1, expm1(x), -5, 5) X(fabs, fabs(x), -9, 9) X(floor, floor(x), -9, 9)                 \
  X(j0, j0(x), 0.1, 2) X(j1, j1(x), 0.1, 3) X(y0, y0(x), 1.2, 3) X(y1, y1(x), 0.1, 2) X(lgamma, lgamma(x), 3, 50)        \
  X(log, log(x), 2, 1e6) X(log10, log10(x), 2, 1e6) X(log1p, log1p(x), 0.1, 50) X(log2, log2(x), 2, 1e6)                \
  X(logb, logb(x), 0.1, 1e6) X(nearbyint, nearbyint(x), -9, 9) X(rint, rint(x), -9, 9) X(round, round(x), -9, 9)        \
  X(normcdf, 0.5 * erfc(-x / sqrt(2.0)), -3, 3) X(rcbrt, 1 / cbrt(x), 0.1, 1e3) X(rsqrt, 1 / sqrt(x), 0.1, 1e3)         \
  X(sin, sin(x), 0.5, 2.5) X(sinh, sinh(x), -20, 20) X(sinpi, sin(M_PI * x), 0.05, 0.95) X(sqrt, sqrt(x), 0, 1e6)       \
  X(tan, tan(x), -1.5, 1.5) X(tanh, tanh(x), -5, 5) X(tgamma, tgamma(x), 0.5, 20) X(trunc, trunc(x), -9, 9)
#define BINARY(X)                                                                                                       \
  X(atan2, atan2(x, y), -9, 9) X(copysign, copysign(x, y), -9, 9) X(fdim, fdim(x, y), -9, 9) X(fmax, fmax(x, y), -9, 9)  \
  X(fmin, fmin(x, y), -9, 9) X(fmod, fmod(x, y), -9e3, 9e3) X(hypot, hypot(x, y), -9, 9)                                \
  X(nextafter, nextafter(x, y), 4, 9) X(pow, pow(x, y), 0.1, 20) X(remainder, remainder(x, y), -99, 99)                 \
  X(rhypot, 1 / hypot(x, y), -9, 9)
// The float functions end in f. What only double's reference can compute is computed in double and rounded.
#define INTEGER(X)                                                                                                      \
  X(brev, reverse(a)) X(clz, a ? __builtin_clz(a) : 32) X(popc, __builtin_popcount(a)) X(ffs, __builtin_ffs((int)a))    \
  X(abs, (unsigned)abs((int)a))
#define INTEGER2(X)                                                                                                     \
  X(mulhi, (unsigned)((long long)(int)a * (int)b >> 32)) X(umulhi, (unsigned)((unsigned long long)a * b >> 32))          \
  X(max, (int)a > (int)b ? a : b) X(umin, a < b ? a : b) X(hadd, (unsigned)(((long long)(int)a + (int)b) >> 1))          \
  X(uhadd, (unsigned)(((unsigned long long)a + b) >> 1)) X(urhadd, (unsigned)(((unsigned long long)a + b + 1) >> 1))     \
  X(umul24, (a & 0xffffff) * (b & 0xffffff))

#define DECLARE1(N, R, L, H) double __nv_##N(double);
#define DECLARE1F(N, R, L, H) float __nv_##N##f(float);
#define DECLARE2(N, R, L, H) double __nv_##N(double, double);
#define DECLARE2F(N, R, L, H) float __nv_##N##f(float, float);
#define DECLARE_I(N, R) int __nv_##N(int);
#define DECLARE_I2(N, R) int __nv_##N(int, int);
UNARY(DECLARE1)
UNARY(DECLARE1F)
BINARY(DECLARE2)
BINARY(DECLARE2F)
INTEGER(DECLARE_I)
INTEGER2(DECLARE_I2)

enum { N = 64 };

#define CASE1(F, R, L, H) r = op++ == which ? __nv_##F(x) : r;
#define CASE1F(F, R, L, H) r = op++ == which ? __nv_##F##f(x) : r;
#define CASE2(F, R, L, H) r = op++ == which ? __nv_##F(x, y) : r;
#define CASE2F(F, R, L, H) r = op++ == which ? __nv_##F##f(x, y) : r;
#define CASE_I(F, R) r = op++ == which ? (unsigned)__nv_##F((int)a) : r;
#define CASE_I2(F, R) r = op++ == which ? (unsigned)__nv_##F((int)a, (int)b) : r;

__global__ void doubles(double *out, const double *in, const double *more, int which) {
  double x = in[threadIdx.x], y = more[threadIdx.x], r = -12345;
  int op = 0;
  UNARY(CASE1)
  BINARY(CASE2)
  out[threadIdx.x] = r;
}
__global__ void floats(double *out, const double *in, const double *more, int which) {
  float x = (float)in[threadIdx.x], y = (float)more[threadIdx.x], r = -12345;
  int op = 0;
  UNARY(CASE1F)
  BINARY(CASE2F)
  out[threadIdx.x] = r;
}
__global__ void integers(double *out, const double *in, const double *more, int which) {
  unsigned a = (unsigned)in[threadIdx.x], b = (unsigned)more[threadIdx.x], r = 0;
  int op = 0;
  INTEGER(CASE_I)
  INTEGER2(CASE_I2)
  out[threadIdx.x] = r;
}

static unsigned reverse(unsigned a) {
  unsigned r = 0;
  for (int i = 0; i < 32; ++i)
    r |= (a >> i & 1) << (31 - i);
  return r;
}

typedef struct {
  const char *name;
  double low, high;
  double (*reference)(double, double);
} entry;
#define REFERENCE(F, R, L, H)                                                                                           \
  static double host_##F(double x, double y) {                                                                          \
    (void)y;                                                                                                            \
    return R;                                                                                                           \
  }
UNARY(REFERENCE)
BINARY(REFERENCE)
#define REFERENCE_I(F, R)                                                                                               \
  static double host_##F(double x, double y) {                                                                          \
    unsigned a = (unsigned)x, b = (unsigned)y;                                                                          \
    (void)b;                                                                                                            \
    return (double)(unsigned)(R);                                                                                       \
  }
INTEGER(REFERENCE_I)
INTEGER2(REFERENCE_I)
#define ENTRY(F, R, L, H) {#F, L, H, host_##F},
#define ENTRY_I(F, R) {#F, 0, 4294967295.0, host_##F},
static const entry real[] = {UNARY(ENTRY) BINARY(ENTRY)};
static const entry whole[] = {INTEGER(ENTRY_I) INTEGER2(ENTRY_I)};
enum { REAL = sizeof(real) / sizeof(*real), WHOLE = sizeof(whole) / sizeof(*whole) };

static int check(void *kernel, const entry *table, int count, const char *type, double tolerance, int round) {
  double x[N], y[N], got[N], *out, *in, *more;
  int wrong = 0;
  cudaMalloc((void **)&out, sizeof(got));
  cudaMalloc((void **)&in, sizeof(x));
  cudaMalloc((void **)&more, sizeof(y));
  for (int which = 0; which < count; ++which) {
    for (int i = 0; i < N; ++i) {
      x[i] = table[which].low + (table[which].high - table[which].low) * i / (N - 1);
      y[i] = tolerance ? 0.5 + 3.0 * (i * 29 % N) / N : 4294967295.0 * (i * 29 % N) / N;
      if (round) {
        x[i] = (float)x[i];
        y[i] = (float)y[i];
      }
    }
    cudaMemcpy(in, x, sizeof(x), cudaMemcpyHostToDevice);
    cudaMemcpy(more, y, sizeof(y), cudaMemcpyHostToDevice);
    void *args[] = {&out, &in, &more, &which};
    cudaLaunchKernel(kernel, (dim3){1, 1, 1}, (dim3){N, 1, 1}, args, 0, 0);
    if (cudaMemcpy(got, out, sizeof(got), cudaMemcpyDeviceToHost) != cudaSuccess)
      return printf("%s %s: %s\n", type, table[which].name, cudaGetErrorString(cudaGetLastError())), 1;
    for (int i = 0; i < N; ++i) {
      double want = table[which].reference(x[i], y[i]), scale = fabs(want) > 1e-3 ? fabs(want) : 1e-3;
      if (!(fabs(got[i] - want) <= tolerance * scale)) {
        printf("%s %s(%.17g, %.17g) = %.17g, not %.17g\n", type, table[which].name, x[i], y[i], got[i], want);
        ++wrong;
        break;
      }
    }
  }
  return wrong;
}

int main(void) {
  int wrong = check((void *)doubles, real, REAL, "double", 1e-13, 0);
  wrong += check((void *)floats, real, REAL, "float", 2e-6, 1);
  wrong += check((void *)integers, whole, WHOLE, "integer", 0, 0);
  printf("double: %d functions, float: %d functions, integer: %d functions, %d wrong\n", REAL, REAL, WHOLE, wrong);
  return wrong != 0;
}
