// Warp matrices and tensor copies: mma.sync on fragments loaded by ldmatrix, a tile that the GPU copies by a tensor map which
// is a kernel's parameter, with a barrier that counts bytes, and back.
// BUILD: {cordon_clang} -O2 -mllvm -cordon-arch=sm_90 {src} -o {out} -lm
// SANITIZE: memcheck
// CASE: run
// EXPECT: wmma right
// EXPECT: mma right
// EXPECT: tensor copy right
#include "Inputs/both.h"
#include <cuda.h>
#ifdef __CUDA__
#include <cuda_fp16.h>
#include <mma.h>
typedef __half Half;
#else
typedef _Float16 Half;
#endif

__device__ inline unsigned sharedAddress(void *p) {
  unsigned long long address;
  __asm__("cvta.to.shared.u64 %0, %1;" : "=l"(address) : "l"(p));
  return (unsigned)address;
}

/// D = A * B + 1 for 32 x 32 matrices of 16 x 16 tiles, a warp for each; B is by columns.
#ifdef __CUDA__
using namespace nvcuda;
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
#else
// By LLVM's names, in the host's C ABI: pairs of halves, fragments that are returned through memory.
typedef _Float16 Pair __attribute__((ext_vector_type(2)));
struct Fragment {
  Pair v[8];
};
struct Sum {
  float v[8];
};
extern "C" {
Fragment load_a(const Half *, int) __asm__("llvm.nvvm.wmma.m16n16k16.load.a.row.stride.f16.p0");
Fragment load_b(const Half *, int) __asm__("llvm.nvvm.wmma.m16n16k16.load.b.col.stride.f16.p0");
Sum multiply(Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, Pair, float, float, float, float,
             float, float, float, float) __asm__("llvm.nvvm.wmma.m16n16k16.mma.row.col.f32.f32");
void store_sum(float *, float, float, float, float, float, float, float, float,
               int) __asm__("llvm.nvvm.wmma.m16n16k16.store.d.row.stride.f32.p0");
}
__global__ void tiles(const Half *a, const Half *b, float *d) {
  int row = threadIdx.x / 32 / 2 * 16, column = threadIdx.x / 32 % 2 * 16;
  Sum s = {{1, 1, 1, 1, 1, 1, 1, 1}};
  for (int k = 0; k < 32; k += 16) {
    Fragment x = load_a(a + row * 32 + k, 32), y = load_b(b + column * 32 + k, 32);
    s = multiply(x.v[0], x.v[1], x.v[2], x.v[3], x.v[4], x.v[5], x.v[6], x.v[7], y.v[0], y.v[1], y.v[2], y.v[3], y.v[4], y.v[5], y.v[6],
                 y.v[7], s.v[0], s.v[1], s.v[2], s.v[3], s.v[4], s.v[5], s.v[6], s.v[7]);
  }
  store_sum(d + row * 32 + column, s.v[0], s.v[1], s.v[2], s.v[3], s.v[4], s.v[5], s.v[6], s.v[7], 32);
}
#endif

/// One warp: D = A * B, 16 x 16 by 16 x 8, half to float. A is by rows, B by columns (PTX ISA, "Matrix fragments for mma.m16n8k16").
__global__ void product(const Half *a, const Half *b, float *d) {
  __shared__ __align__(16) Half tile[16 * 16];
  unsigned lane = threadIdx.x;
  for (unsigned i = lane; i < 256; i += 32)
    tile[i] = a[i];
  __syncthreads();
  unsigned fa[4], fb[2], acc[4] = {0, 0, 0, 0};
  unsigned row = sharedAddress(&tile[(lane % 16) * 16 + lane / 16 * 8]);
  __asm__ volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                   : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3])
                   : "r"(row));
  memcpy(&fb[0], &b[lane / 4 * 16 + lane % 4 * 2], 4);
  memcpy(&fb[1], &b[lane / 4 * 16 + lane % 4 * 2 + 8], 4);
  __asm__ volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                   : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
                   : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[0]), "r"(fb[1]));
  for (int i = 0; i < 4; ++i)
    memcpy(&d[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2], &acc[i], 4);
}

const int W = 100, H = 40, TW = 32, TH = 16;

#ifdef __CUDA__
__device__ inline void load(void *tile, unsigned long long *barrier, const CUtensorMap *map, int x, int y) {
  __asm__ volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], [%2];"
                   :: "r"(sharedAddress(tile)), "l"(map), "r"(sharedAddress(barrier)), "r"(x), "r"(y)
                   : "memory");
}
__device__ inline void store(const CUtensorMap *map, int x, int y, void *tile) {
  __asm__ volatile("cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [%0, {%2, %3}], [%1];"
                   :: "l"(map), "r"(sharedAddress(tile)), "r"(x), "r"(y)
                   : "memory");
}
__device__ inline void finish() { __asm__ volatile("cp.async.bulk.commit_group;\n cp.async.bulk.wait_group 0;" ::: "memory"); }
#else
// The same by LLVM's names.
#define SHARED __attribute__((address_space(3)))
#define CLUSTER __attribute__((address_space(7)))
extern "C" {
void tensor_load(CLUSTER void *, SHARED void *, const void *, int, int, short, long long, bool, bool,
                 int) __asm__("llvm.nvvm.cp.async.bulk.tensor.g2s.tile.2d");
void tensor_store(SHARED void *, const void *, int, int, long long, bool) __asm__("llvm.nvvm.cp.async.bulk.tensor.s2g.tile.2d");
void tensor_commit(void) __asm__("llvm.nvvm.cp.async.bulk.commit.group");
void tensor_wait(int) __asm__("llvm.nvvm.cp.async.bulk.wait.group");
}
__device__ inline void load(void *tile, unsigned long long *barrier, const CUtensorMap *map, int x, int y) {
  tensor_load((CLUSTER void *)(SHARED void *)tile, (SHARED void *)barrier, map, x, y, 0, 0, false, false, 0);
}
__device__ inline void store(const CUtensorMap *map, int x, int y, void *tile) {
  tensor_store((SHARED void *)tile, map, x, y, 0, false);
}
__device__ inline void finish() {
  tensor_commit();
  tensor_wait(0);
}
#endif

/// Doubles a matrix, a tile for each block; what lies outside is read as zero and not written.
__global__ void twice(const __grid_constant__ CUtensorMap in, const __grid_constant__ CUtensorMap out, int *outside) {
  __shared__ __align__(128) float tile[TH][TW];
  __shared__ __align__(8) unsigned long long barrier;
  int x = blockIdx.x * TW, y = blockIdx.y * TH, column = threadIdx.x;
  if (threadIdx.x == 0) {
    __asm__ volatile("mbarrier.init.shared::cta.b64 [%0], 1;\n fence.mbarrier_init.release.cluster;" ::"r"(sharedAddress(&barrier))
                     : "memory");
    __asm__ volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(sharedAddress(&barrier)), "r"((unsigned)sizeof tile)
                     : "memory");
    load(tile, &barrier, &in, x, y);
  }
  __syncthreads();
  unsigned done = 0;
  while (!done)
    __asm__ volatile("{\n .reg .pred p;\n mbarrier.try_wait.parity.shared::cta.b64 p, [%1], 0;\n selp.u32 %0, 1, 0, p;\n}"
                     : "=r"(done)
                     : "r"(sharedAddress(&barrier))
                     : "memory");
  for (int row = 0; row < TH; ++row) {
    if ((x + column >= W || y + row >= H) && tile[row][column] == 0)
      atomicAdd(outside, 1);
    tile[row][column] *= 2;
  }
  __asm__ volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncthreads();
  if (threadIdx.x == 0) {
    store(&out, x, y, tile);
    finish();
  }
}

typedef CUresult (*Encode)(CUtensorMap *, CUtensorMapDataType, cuuint32_t, void *, const cuuint64_t *, const cuuint64_t *,
                           const cuuint32_t *, const cuuint32_t *, CUtensorMapInterleave, CUtensorMapSwizzle,
                           CUtensorMapL2promotion, CUtensorMapFloatOOBfill);

static CUtensorMap describe(float *data) {
  void *entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  MUST(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found));
  CUtensorMap map;
  cuuint64_t size[] = {W, H}, stride[] = {W * sizeof(float)};
  cuuint32_t box[] = {TW, TH}, step[] = {1, 1};
  MUST(((Encode)entry)(&map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 2, data, size, stride, box, step, CU_TENSOR_MAP_INTERLEAVE_NONE,
                       CU_TENSOR_MAP_SWIZZLE_NONE, CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE));
  return map;
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

  for (int i = 0; i < 256; ++i)
    a[i] = (Half)(float)(i * 7 % 19 - 9);
  for (int i = 0; i < 128; ++i)
    b[i] = (Half)(float)(i * 5 % 13 - 6);
  MUST(launch(product, dim3(1), dim3(32), 0, nullptr, a, b, d));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int r = 0; r < 16; ++r)
    for (int c = 0; c < 8; ++c) {
      float want = 0;
      for (int k = 0; k < 16; ++k)
        want += (float)a[r * 16 + k] * (float)b[c * 16 + k];
      right = right && d[r * 8 + c] == want;
    }
  verdict("mma", right);

  float *in = managed<float>(W * H), *out = managed<float>(W * H + 8);
  int *outside = managed<int>(1);
  for (int i = 0; i < W * H; ++i)
    in[i] = i + 1;
  for (int i = 0; i < 8; ++i)
    out[W * H + i] = -1;
  MUST(launch(twice, dim3((W + TW - 1) / TW, (H + TH - 1) / TH), dim3(TW), 0, nullptr, describe(in), describe(out), outside));
  MUST(cudaDeviceSynchronize());
  right = *outside == 4 * TW * 3 * TH - W * H;
  for (int i = 0; i < W * H; ++i)
    right = right && out[i] == 2 * (i + 1);
  for (int i = 0; i < 8; ++i)
    right = right && out[W * H + i] == -1;
  verdict("tensor copy", right);
  return failures != 0;
}
