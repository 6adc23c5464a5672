// The program of features as CUDA, with CUDA's own types, both sides merged into one module before optimization; and what
// only a language with two sides has: functions whose body differs by side.
// NEEDS: clang++ cccl
// BUILD: python3 {dir}/Inputs/merge_cuda.py {out}.bc {src} {cuda_clang} -I{cuda_include}/cccl --cuda-gpu-arch=sm_90 -Xclang -disable-llvm-passes
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_90>,default<O2>" {out}.bc -o {out}.host.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.host.bc -o {out}.o
// BUILD: clang++ {out}.o {link} -lstdc++ -o {out}
// CASE: run
// EXPECT: sides right
// EXPECT: parameters right
// EXPECT: packed right
// EXPECT: small structs right
// EXPECT: virtual right
// EXPECT: pointers right
// EXPECT: half right
// EXPECT: bfloat16 right
// EXPECT: fp8 right
// EXPECT: PTX right
#define main features
#include "features.cpp"
#undef main

template <typename T> __host__ __device__ inline T side(T host, T device) {
#ifdef __CUDA_ARCH__
  return device;
#else
  return host;
#endif
}
struct Counter {
  int n = 0;
  __host__ __device__ int next() {
#ifdef __CUDA_ARCH__
    n += 100;
#else
    n += 1;
#endif
    return side(n, -n);
  }
};
/// A table, a default argument and a lambda, each of its own on each side.
__host__ __device__ int through(int (*f)(int, int) = side<int>) { return f(10, 20); }
__global__ void sides(int *out) {
  Counter c;
  c.next();
  out[0] = c.next();
  out[1] = through();
  auto twice = [] __host__ __device__(int x) { return side(2, 20) * x; };
  out[2] = twice(3);
}

int main() {
  int *out = managed<int>(3);
  MUST(launch(sides, dim3(1), dim3(1), 0, nullptr, out));
  MUST(cudaDeviceSynchronize());
  Counter c;
  c.next();
  bool host = c.next() == 2 && through() == 10;
  verdict("sides", host && out[0] == -200 && out[1] == 20 && out[2] == 60);
  int status = features();
  return failures != 0 ? 1 : status;
}
