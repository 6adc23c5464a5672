/* <complex.h> against the host's, in a few units of the last place of the modulus. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EACH(DO) DO(exp) DO(log) DO(sqrt) DO(sinh) DO(cosh) DO(tanh) DO(sin) DO(cos) DO(tan)
#define DECLARE(NAME)                                                                                                   \
  double complex rt_c##NAME(double complex);                                                                            \
  float complex rt_c##NAME##f(float, float); /* as two numbers, which the linker makes of the host's pair */
EACH(DECLARE)
double complex rt_cpow(double complex, double complex);
double rt_cabs(double complex), rt_carg(double complex);
float rt_cabsf(float, float);

static int failures;
static void near(const char *name, double complex z, double complex own, double complex host, double unit) {
  double size = cabs(host), off = cabs(own - host);
  if (!(off <= unit * size) && isfinite(size) && ++failures < 20)
    printf("%s(%g, %g): (%.17g, %.17g), not (%.17g, %.17g)\n", name, creal(z), cimag(z), creal(own), cimag(own), creal(host), cimag(host));
}
int main(void) {
  srand(5);
  for (int i = 0; i < 20000; ++i) {
    double scale = pow(10, rand() % 7 - 3), x = (rand() % 2001 - 1000) / 300. * scale, y = (rand() % 2001 - 1000) / 300. * scale;
    if (i % 50 == 0)
      y = 0;
    if (i % 50 == 1)
      x = 0;
    double complex z = __builtin_complex(x, y);
#define CHECK(NAME)                                                                                                     \
  near("c" #NAME, z, rt_c##NAME(z), c##NAME(z), 1e-13 * (1 + fabs(x) + fabs(y)));                                      \
  near("c" #NAME "f", z, rt_c##NAME##f(x, y), c##NAME##f(z), 1e-5);
    if (fabs(x) < 80 && fabs(y) < 80 && (x || y)) {
      EACH(CHECK)
      near("cpow", z, rt_cpow(z, 2.5 - I), cpow(z, 2.5 - I), 1e-12);
    }
    near("csqrt", z, rt_csqrt(z), csqrt(z), 1e-15 * 4);
    near("cabs", z, rt_cabs(z), cabs(z), 1e-15);
    near("cabsf", z, rt_cabsf(x, y), cabsf(z), 1e-6);
    near("carg", z, rt_carg(z), carg(z), 1e-15);
  }
  near("csqrt", 0, rt_csqrt(1.7e308 + 1.7e308 * I), csqrt(1.7e308 + 1.7e308 * I), 1e-15 * 4);
  printf("%d failures\n", failures);
  return 0;
}
