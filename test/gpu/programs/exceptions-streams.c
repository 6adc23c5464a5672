// Many throw at once: from every thread of a grid, and from kernels in several streams. Each time one record comes out, whole,
// and the next exception is recorded after it.
// FILES: exceptions-other.c
// BUILD: {cordon_clang} -O2 -g -mllvm -cordon-exception=exit {src} {files} -o {out} -lm
// SANITIZE: memcheck synccheck
// CASE: run
// EXPECT: all: 16384 threads threw, 0 went on, a whole record
// EXPECT: streams: 8 records in 8 rounds, 8 whole, 8192 of 8192 others went on
// EXPECT: images: two records, of both images
#include <assert.h>
#include <cordon/abi/hostrt.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__global__ void all(int *count, int *on) {
  atomicAdd(count, 1);
  assert(*count < 0);
  atomicAdd(on, 1);
}

// Of each grid one thread throws.
__global__ void one(int *on, int bad) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i == bad)
    abort();
  atomicAdd(on, 1);
}

// Says of a record whether every field belongs to the same thread.
static int isWhole(const struct cordon_exception_record *r, const char *kernel, unsigned threads, int bad) {
  int i = (int)(r->block[0] * threads + r->thread[0]);
  return !strcmp(r->kernel, kernel) && r->message[0] && r->line > 0 && strstr(r->file, "exceptions-") && (bad < 0 || i == bad);
}

void otherLaunch(int *on);

int main(void) {
  struct cordon_exception_record r;
  int *counts;
  if (cudaMallocManaged((void **)&counts, 2 * sizeof(int), cudaMemAttachGlobal))
    return 77;
  counts[0] = counts[1] = 0;
  int *count = counts, *on = counts + 1, bad;
  void *allArgs[] = {&count, &on}, *oneArgs[] = {&on, &bad};
  cudaLaunchKernel((void *)all, (dim3){64, 1, 1}, (dim3){256, 1, 1}, allArgs, 0, 0);
  cudaError_t e = cudaDeviceSynchronize();
  int kind = cordon_check(&r);
  printf("all: %d threads threw, %d went on, %s record%s\n", counts[0], counts[1],
         kind == CORDON_EXCEPTION_ASSERT && isWhole(&r, "all", 256, -1) ? "a whole" : "no", e ? cudaGetErrorString(e) : "");

  enum { STREAMS = 8, ROUNDS = 8 };
  cudaStream_t streams[STREAMS];
  int records = 0, whole = 0;
  counts[1] = 0;
  for (int s = 0; s < STREAMS; ++s)
    cudaStreamCreateWithFlags(&streams[s], cudaStreamNonBlocking);
  for (int round = 0; round < ROUNDS; ++round) {
    bad = 17 * round + 5;
    for (int s = 0; s < STREAMS; ++s)
      cudaLaunchKernel((void *)one, (dim3){2, 1, 1}, (dim3){64, 1, 1}, oneArgs, 0, streams[s]);
    e = cudaDeviceSynchronize();
    kind = cordon_check(&r);
    records += kind == CORDON_EXCEPTION_ABORT;
    whole += kind && isWhole(&r, "one", 64, bad);
    if (cordon_check(&r))
      printf("one more record in round %d\n", round);
  }
  printf("streams: %d records in %d rounds, %d whole, %d of %d others went on\n", records, ROUNDS, whole,
         counts[1] + STREAMS * ROUNDS, STREAMS * ROUNDS * 128);

  // The second image writes to the same record.
  bad = 1;
  cudaLaunchKernel((void *)one, (dim3){1, 1, 1}, (dim3){4, 1, 1}, oneArgs, 0, 0);
  cudaDeviceSynchronize();
  int first = cordon_check(&r) == CORDON_EXCEPTION_ABORT;
  otherLaunch(on);
  int second = cordon_check(&r) == CORDON_EXCEPTION_ASSERT && isWhole(&r, "other", 4, 2);
  printf("images: %s\n", first && second ? "two records, of both images" : "a record is missing");
  return 0;
}
