// The program of dynamic-cuda built by nvcc: it must print the same.
// NEEDS: nvcc
// BUILD: nvcc -std=c++17 -O2 -rdc=true -arch=sm_90 -x cu {src} -o {out}
// SANITIZE: memcheck
// CASE: run
// EXPECT: 1000 shapes, the last is a shape, square before: \d+\.\d\d    42\|ab    \|z ff 1099511627776
// EXPECT: total 707\d+\.\d\d, hash \d+
// CASE: assert -2000000000
// STATUS: nonzero
// EXPECT: Assertion .data\[i\] <= data\[i \+ 1\] \+ wrong. failed
#include "dynamic-cuda.cu"
#include "dynamic-cuda.h"

static const void *kernel() { return reinterpret_cast<const void *>(whole); }
