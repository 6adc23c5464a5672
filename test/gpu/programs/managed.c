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

// The address in initializers, also of what a constructor of the program reads.
static int *const first = &count;
static struct {
  int number;
  double *last;
} places[2] = {{1, &table[63]}, {2, 0}};

static __host__ __device__ int twice(void) { return 2 * count; }

__global__ void work(void) {
  atomicAdd(&count, 1);
  table[threadIdx.x] += threadIdx.x;
  if (threadIdx.x == 0) {
    record.next = &count;
    record.name[1] = 'b';
  }
}

static int atStart;
__attribute__((constructor)) static void early(void) {
  record.name[0] = 'a';
  atStart = *first + places[0].number;
}

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
  int good = record.next == &count && *record.next == 71 && record.name[0] == 'a' && record.name[1] == 'b' && twice() == 142 && atStart == 6 &&
             first == &count && places[0].last == table + 63 && *places[0].last == 163;
  printf("through pointers %s\n", good ? "right" : "wrong");
  return wrong || !good;
}
