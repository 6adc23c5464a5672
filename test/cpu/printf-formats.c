// Every conversion prints on the device what the host prints, through the driver's vprintf or the runtime's formatter.
// REQUIRES: host-x86_64
// RUN: clang -w %s -o %t.host && env LC_ALL=C.UTF-8 %t.host > %t.expected
// RUN: %device-cc -DDEVICE %s -o %t.bc
// RUN: %cordon-opt -passes=cordon-prepare-device,cordon-link-runtime -verify-each %t.bc -o %t.linked.bc
// RUN: %cpu %t.linked.bc --kernel=print --arg=f64:3.14159265358979 --arg=i32:2 | grep -v " passed, " > %t.out
// RUN: diff %t.expected %t.out
// RUN: %cordon-opt -passes=cordon-link-runtime -verify-each %t.bc -o %t.only.bc
// RUN: %cpu %t.only.bc --kernel=print --arg=f64:3.14159265358979 --arg=i32:2 | grep -v " passed, " | diff %t.expected -
// RUN: FileCheck %s < %t.out
// CHECK:      42 |    7|1.50e+00|12345678901|ff|3
// CHECK-NEXT: star 3.14
typedef __SIZE_TYPE__ size_t;
int printf(const char *, ...);
int fprintf(void *, const char *, ...);
extern void *stdout;
static const char late[] = "late %5.1f %s %hhu %td\n";

#ifdef DEVICE
__attribute__((device_kernel))
#endif
void print(double pi, int places) {
  int n = 0;
  short narrow = 0;
  const char *volatile format = late;
  printf("%d |%5d|%.2e|%zu|%hhx|%d\n", 42, 7, 1.5, (size_t)12345678901, 0x1ff, 3);
  printf("star %.*f\n", places, pi);
  printf("%*d|%-*d|%*d|%.*s|%*.*g\n", 6, 7, 6, 7, -6, 7, 2, "abcdef", 9, places, pi);
  printf("%hhd %hd %hhu %hu %hx %hho %i %hi\n", 0x1ff, 0x18000, -1, -1, -2, -1, -7, 70000);
  printf("%zd %jd %td %zx %ju %to %ld %llu %d\n", -1L, -2L, -3L, 255L, 1L << 40, 8L, -4L, ~0ull, 5);
  printf("%+d % d %#x %#o %-6d| %06d %+.3e %#.0f %.f %5.3d %X %%\n", 5, 5, 255, 8, -42, -42, pi, 3.0, 2.5, 7, 0xbeef);
  printf("%a %A %g %G %F %E %lf %5s|%-5s|%.2s|%c\n", pi, pi, pi, 1e-10, __builtin_inf(), pi, pi, "ab", "ab", "abc", 'x');
  printf("count%n%hn", &n, &narrow);
  printf(" %d %d\n", n, narrow);
  printf("%lc %ls|%6ls|%-6.3ls|\n", L'w', L"wide", L"abc", L"abcdef");
  printf(format, pi, "x", 300, -5L);
  printf("%p %p\n", (void *)0x1234, (void *)0);
  printf("%2000d|\n", 1);
  fprintf(stdout, "%zu %d %.*f\n", (size_t)1 << 33, 9, 1, pi);
  n = printf("%.*s\n", 3, "four");
  printf("%d\n", n);
}
#ifndef DEVICE
int main(void) { print(3.14159265358979, 2); }
#endif
