// Where optimization has taken away what shows a split struct, the mangled name tells how many parameters the source has, for
// names of any length.
// RUN: clang -x c++ -std=c++17 -O2 -emit-llvm -c %s -o %t.bc
// RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %t.bc -disable-output 2>&1 | FileCheck %s
// REQUIRES: host-x86_64
#define KERNEL __attribute__((annotate("cordon.kernel"), noinline))
struct pair_of_doubles { double x, y; };

// CHECK: warning: 'a_kernel_whose_name_is_longer_than_a_short_string(pair_of_doubles, double*)' has 2 parameters in the source and 3 here
// CHECK-NOT: warning:
KERNEL void a_kernel_whose_name_is_longer_than_a_short_string(pair_of_doubles p, double *out) { *out = p.x + p.y; }
template <typename T, typename U> KERNEL void a_template_with_some_commas_in_its_name(T a, U (*f)(T, T), T *out) { *out = a; }
template void a_template_with_some_commas_in_its_name<float, int>(float, int (*)(float, float), float *);
