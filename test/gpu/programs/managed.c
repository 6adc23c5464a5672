// Managed variables: both sides read and write the same one, before the first launch, from a constructor, through pointers.
// CASE: run
// EXPECT: count 5 7 71
// EXPECT: table right
// EXPECT: through pointers right
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>

__managed__ int count = 5;
static __managed__ double table[64];
__managed__ struct {
  int *next;
  char name[8];
} record;

static __host__ __device__ int twice(void) { return 2 * count; }

__global__ void work(void) {
  atomicAdd(&count, 1);
  table[threadIdx.x] += threadIdx.x;
  if (threadIdx.x == 0) {
    record.next = &count;
    record.name[1] = 'b';
  }
}

__attribute__((constructor)) static void early(void) { record.name[0] = 'a'; }

int main(void) {
  int before = count;
  count += 2;
  int between = count;
  for (int i = 0; i < 64; ++i)
    table[i] = 100;
  if (cudaLaunchKernel((void *)work, (dim3){1, 1, 1}, (dim3){64, 1, 1}, 0, 0, 0) || cudaDeviceSynchronize()) {
    fprintf(stderr, "%s\n", cudaGetErrorString(cudaGetLastError()));
    return 1;
  }
  printf("count %d %d %d\n", before, between, count);
  int wrong = 0;
  for (int i = 0; i < 64; ++i)
    wrong += table[i] != 100 + i;
  printf("table %s\n", wrong ? "wrong" : "right");
  int good = record.next == &count && *record.next == 71 && record.name[0] == 'a' && record.name[1] == 'b' && twice() == 142;
  printf("through pointers %s\n", good ? "right" : "wrong");
  return wrong || !good;
}
