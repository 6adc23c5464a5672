// The program of matrix as CUDA, both sides merged into one module before optimization, with CUDA's wmma as well.
// NEEDS: clang++
// BUILD: python3 {dir}/Inputs/merge_cuda.py {out}.bc {src} {cuda_clang} --cuda-gpu-arch=sm_90 -Xclang -disable-llvm-passes
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_90>,default<O2>" {out}.bc -o {out}.host.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.host.bc -o {out}.o
// BUILD: clang++ {out}.o {link} -lstdc++ -o {out}
// SANITIZE: memcheck
// CASE: run
// EXPECT: wmma right
// EXPECT: mma right
// EXPECT: tensor copy right
#define main others
#include "matrix.cpp"
#undef main
#include <mma.h>

using namespace nvcuda;

/// D = A * B + 1 for 32 x 32 matrices of 16 x 16 tiles, a warp for each.
__global__ void tiles(const Half *a, const Half *b, float *d) {
  int row = threadIdx.x / 32 / 2 * 16, column = threadIdx.x / 32 % 2 * 16;
  wmma::fragment<wmma::matrix_a, 16, 16, 16, Half, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 16, 16, 16, Half, wmma::col_major> fb;
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
  wmma::fill_fragment(sum, 1.0f);
  for (int k = 0; k < 32; k += 16) {
    wmma::load_matrix_sync(fa, a + row * 32 + k, 32);
    wmma::load_matrix_sync(fb, b + column * 32 + k, 32);
    wmma::mma_sync(sum, fa, fb, sum);
  }
  wmma::store_matrix_sync(d + row * 32 + column, sum, 32, wmma::mem_row_major);
}

int main() {
  Half *a = managed<Half>(1024), *b = managed<Half>(1024);
  float *d = managed<float>(1024);
  for (int i = 0; i < 1024; ++i) {
    a[i] = (Half)(float)(i * 7 % 19 - 9);
    b[i] = (Half)(float)(i * 5 % 13 - 6);
  }
  MUST(launch(tiles, dim3(1), dim3(128), 0, nullptr, a, b, d));
  MUST(cudaDeviceSynchronize());
  bool right = true;
  for (int r = 0; r < 32; ++r)
    for (int c = 0; c < 32; ++c) {
      float want = 1;
      for (int k = 0; k < 32; ++k)
        want += (float)a[r * 32 + k] * (float)b[c * 32 + k];
      right = right && d[r * 32 + c] == want;
    }
  verdict("wmma", right);
  int status = others();
  return failures != 0 ? 1 : status;
}
