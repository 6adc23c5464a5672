// clang's device IR of a CUDA program, through cordon device, loaded by a host program as a library.
// NEEDS: clang++
// BUILD: {cuda_clang} -fgpu-rdc --cuda-device-only --cuda-gpu-arch=sm_75 -emit-llvm -c {dir}/dynamic-cuda.cu -o {out}.bc
// BUILD: cordon device {out}.bc --arch=`echo {arch} | tr : ,` --emit=fatbin -o {out}.fatbin
// BUILD: clang++ -O2 -I{cuda_include} -DIMAGE='"{out}.fatbin"' {src} {link} -o {out}
// SANITIZE: memcheck
// CASE: run
// EXPECT: 1000 shapes, the last is a shape, square before: \d+\.\d\d    42\|ab    \|z ff 1099511627776
// EXPECT: total 707\d+\.\d\d, hash \d+
// CASE: assert -2000000000
// STATUS: nonzero
// EXPECT: Assertion .data\[i\] <= data\[i \+ 1\] \+ wrong. failed
#include "dynamic-cuda.h"

__asm__(".section .rodata\nimage: .incbin " R"(")" IMAGE R"(")" "\n.byte 0\n.previous");
extern const char image[] __asm__("image");

static const void *kernel() {
  cudaLibrary_t library;
  cudaKernel_t whole = nullptr;
  cudaError_t e = cudaLibraryLoadData(&library, image, nullptr, nullptr, 0, nullptr, nullptr, 0);
  if (e == cudaSuccess)
    e = cudaLibraryGetKernel(&whole, library, "_Z5wholePP5ShapeiPdPiii");
  if (e != cudaSuccess)
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
  return reinterpret_cast<const void *>(whole);
}
