// Cooperative groups as CUDA's headers write them, both sides merged into one module before optimization: the whole grid,
// tiles of a warp, threads that happen to be together, clusters.
// NEEDS: clang++ cccl
// BUILD: python3 {dir}/Inputs/merge_cuda.py {out}.bc {src} {cuda_clang} -I{cuda_include}/cccl --cuda-gpu-arch=sm_90 -Xclang -disable-llvm-passes
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_90>,default<O2>" {out}.bc -o {out}.host.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.host.bc -o {out}.o
// BUILD: clang++ {out}.o {link} -lstdc++ -o {out}
// SANITIZE: memcheck
// CASE: run
// EXPECT: grid right
// EXPECT: tiles right
// EXPECT: coalesced right
// EXPECT: cluster right
#include "Inputs/both.h"
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>

namespace cg = cooperative_groups;

/// Each round reads what all blocks wrote in the one before.
__global__ void rounds(int *a, int *b, int n, int count) {
  cg::grid_group grid = cg::this_grid();
  for (int r = 0; r < count; ++r) {
    for (unsigned i = grid.thread_rank(); i < n; i += grid.size())
      b[i] = a[(i + 1) % n] + 1;
    grid.sync();
    int *t = a;
    a = b;
    b = t;
  }
}

__global__ void tiles(const int *in, int *out) {
  cg::thread_block block = cg::this_thread_block();
  auto tile = cg::tiled_partition<8>(block);
  int sum = cg::reduce(tile, in[block.thread_rank()], cg::plus<int>());
  int above = tile.shfl_down(in[block.thread_rank()], 1);
  out[block.thread_rank()] = sum * 100 + (tile.thread_rank() < 7 ? above : 0);
}

__global__ void together(const int *in, int *out) {
  int i = threadIdx.x;
  out[i] = -1;
  if (in[i] % 3 == 0) {
    cg::coalesced_group active = cg::coalesced_threads();
    out[i] = active.size() * 100 + active.thread_rank();
  }
}

/// CUDA's header hides clusters from clang: what it would call, in PTX. The launch says how large a cluster is.
__device__ void clusterBarrier() { asm volatile("barrier.cluster.arrive.aligned;\n barrier.cluster.wait.aligned;" ::: "memory"); }
__global__ void neighbours(int *out) {
  __shared__ int mine;
  if (threadIdx.x == 0)
    mine = blockIdx.x * 10;
  clusterBarrier();
  unsigned rank, blocks, at = __cvta_generic_to_shared(&mine);
  int other;
  asm volatile("mov.u32 %0, %%cluster_ctarank;\n mov.u32 %1, %%cluster_nctarank;" : "=r"(rank), "=r"(blocks));
  asm volatile("{\n .reg .u32 there;\n mapa.shared::cluster.u32 there, %1, %2;\n ld.shared::cluster.u32 %0, [there];\n}"
               : "=r"(other)
               : "r"(at), "r"(rank ^ 1)
               : "memory");
  if (threadIdx.x == 0)
    out[blockIdx.x] = other + blocks;
  clusterBarrier();
}

int main() {
  int n = 10000, count = 20, blocks = 0, sms = 0;
  int *a = managed<int>(n), *b = managed<int>(n);
  for (int i = 0; i < n; ++i)
    a[i] = i;
  MUST(cudaDeviceGetAttribute(&sms, cudaDevAttrMultiProcessorCount, 0));
  MUST(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, rounds, 128, 0));
  void *args[] = {&a, &b, &n, &count};
  MUST(cudaLaunchCooperativeKernel((const void *)rounds, dim3(sms * (blocks > 2 ? 2 : blocks)), dim3(128), args, 0, nullptr));
  MUST(cudaDeviceSynchronize());
  bool right = true;
  for (int i = 0; i < n; ++i)
    right = right && a[i] == (i + count) % n + count;
  verdict("grid", right);

  for (int i = 0; i < 64; ++i)
    a[i] = i * i;
  MUST(launch(tiles, dim3(1), dim3(64), 0, nullptr, a, b));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int i = 0; i < 64; ++i) {
    int sum = 0;
    for (int j = i / 8 * 8; j < i / 8 * 8 + 8; ++j)
      sum += a[j];
    right = right && b[i] == sum * 100 + (i % 8 < 7 ? a[i + 1] : 0);
  }
  verdict("tiles", right);

  MUST(launch(together, dim3(1), dim3(32), 0, nullptr, a, b));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int i = 0; i < 32; ++i)
    right = right && b[i] == (i % 3 ? -1 : 1100 + i / 3);
  verdict("coalesced", right);

  cudaLaunchConfig_t config = {};
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim = {2, 1, 1};
  config.gridDim = dim3(8);
  config.blockDim = dim3(32);
  config.attrs = &attribute;
  config.numAttrs = 1;
  void *clustered[] = {&b};
  MUST(cudaLaunchKernelExC(&config, (const void *)neighbours, clustered));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int i = 0; i < 8; ++i)
    right = right && b[i] == (i ^ 1) * 10 + 2;
  verdict("cluster", right);
  return failures != 0;
}
