// A struct of up to 16 bytes by value is two parameters in x86-64's C ABI; the kernel takes the struct, so that a launch has
// one pointer for each parameter of the source. What device code calls keeps the two.
// RUN: rm -rf %t && mkdir %t
// RUN: clang -O1 -Xclang -disable-llvm-passes -emit-llvm -c %s -o %t/in.bc
// RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d.bc>,verify' %t/in.bc -disable-output
// RUN: opt -passes='verify,sroa,instcombine' -S %t/d.bc | FileCheck %s
// RUN: clang -O0 -g -emit-llvm -c %s -o %t/in0.bc
// RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d0.bc>,verify' %t/in0.bc -disable-output
// RUN: opt -passes='verify,sroa,instcombine' -S %t/d0.bc | FileCheck %s
// RUN: clang -O2 -g -emit-llvm -c %s -o %t/in2.bc
// RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d2.bc>,verify' %t/in2.bc -disable-output 2>&1 | FileCheck %s --check-prefix=LATE
// RUN: clang -x c++ -O2 -emit-llvm -c %s -o %t/in3.bc
// RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d3.bc>,verify' %t/in3.bc -disable-output 2>&1 | FileCheck %s --check-prefix=LATE
// After optimization it cannot be seen where a struct was, and the number alone tells.
// LATE: warning: '{{.*}}first{{.*}}' has 5 parameters in the source and 8 here: {{.*}} [kernel-signature]
// REQUIRES: host-x86_64
#define KERNEL __attribute__((annotate("cordon.kernel"), noinline))
struct doubles { double x, y; };
struct floats { float x, y, z; };
struct mixed { int *p; int n; };
struct odd { char c[11]; };
struct small { int a, b; };
struct large { double d[3]; };


// CHECK: define internal void @inner_cordon_body(double {{[^,]*}}, double

// CHECK: define {{.*}}ptx_kernel void @first(ptr byval(%struct.doubles) align 8 %{{[^,]*}}, i32 {{[^,]*}}, ptr byval(%struct.floats) align 4 %{{[^,]*}}, ptr byval(%struct.mixed) align 8
// CHECK: load double
// CHECK: load double
// CHECK: load <2 x float>
// CHECK: load float
KERNEL void first(struct doubles d, int n, struct floats f, struct mixed m, double *out) {
  out[0] = d.x + d.y + n + f.x + f.y + f.z + *m.p + m.n;
}

// CHECK: define {{.*}}ptx_kernel void @second(ptr byval(%struct.odd) align 1 %{{[^,]*}}, ptr byval({ double, double }) align 8 %{{[^,]*}}, i128 {{[^,]*}}, i64 {{[^,]*}}, ptr {{.*}}byval(%struct.large) align 8 %{{[^,]*}}, double {{[^,]*}}, double
KERNEL void second(struct odd o, _Complex double z, __int128 i, struct small s, struct large l, double a, double b, double *out) {
  out[0] = o.c[10] + __real__ z + __imag__ z + (double)(long)i + s.b + l.d[2] + a * b;
}

// CHECK: define {{.*}}ptx_kernel void @outer(ptr byval(%struct.doubles) align 8
// CHECK: call void @inner_cordon_body(double
// CHECK: define {{.*}}ptx_kernel void @inner(ptr byval(%struct.doubles) align 8
KERNEL void inner(struct doubles d, double *out);
KERNEL void outer(struct doubles d, double *out) { inner(d, out); }
KERNEL void inner(struct doubles d, double *out) { *out = d.x - d.y; }
