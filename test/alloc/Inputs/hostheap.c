/* libcordonrt's part of the heap, on a CUDA runtime of five functions: hostheap LIMIT TOTAL [SET-BYTES SET-FLAGS]. */
#include "cordon/abi/heap.h"
#include "hostrt/internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t limit, total, asked;
cuda_error cudaMalloc(void **p, size_t n) {
  asked = n;
  if (n > total)
    return 2;
  *p = aligned_alloc(256, n);
  return *p ? 0 : 2;
}
cuda_error cudaFree(void *p) { free(p); return 0; }
cuda_error cudaGetLastError(void) { return 0; }
cuda_error cudaGetDevice(int *device) { *device = 0; return 0; }
cuda_error cudaDeviceGetLimit(size_t *value, int which) { *value = which == 2 ? limit : 0; return 0; }
cuda_error cudaMemGetInfo(size_t *unused, size_t *all) { *unused = *all = total; return 0; }
cuda_error cudaMemcpy(void *to, const void *from, size_t n, int kind) { (void)kind; memcpy(to, from, n); return 0; }
cuda_error cudaMemcpyAsync(void *to, const void *from, size_t n, int kind, cuda_stream s) { (void)s; return cudaMemcpy(to, from, n, kind); }
cuda_error cudaMemsetAsync(void *to, int v, size_t n, cuda_stream s) { (void)s; memset(to, v, n); return 0; }
cuda_error cudaStreamSynchronize(cuda_stream s) { (void)s; return 0; }

int main(int argc, char **argv) {
  struct cordon_heap_statistics st;
  uint32_t flags = 99;
  uint64_t heap;
  limit = strtoull(argv[1], 0, 0) << 20;
  total = strtoull(argv[2], 0, 0) << 20;
  if (cordon_heap_statistics(&st))
    return 1;
  if (argc > 4)
    cordon_set_heap(strtoull(argv[3], 0, 0) << 20, (uint32_t)atoi(argv[4]));
  heap = cordon_heap_create(0, 0, &flags);
  printf("MiB %llu heap %d flags %u\n", (unsigned long long)(asked >> 20), heap != 0, flags);
  if (heap) {
    struct cordon_heap *h = (struct cordon_heap *)heap;
    struct cordon_heap_slab *r = (struct cordon_heap_slab *)h->slab_records;
    if (h->magic != CORDON_HEAP_MAGIC || h->base != heap)
      return 1;
    h->frontier = 2; /* one object of 16 bytes, one span of three slabs */
    r[0].kind = 1;
    r[0].count = 4095;
    r[1].kind = CORDON_HEAP_SPAN | 3;
    if (!cordon_heap_statistics(&st))
      return 1;
    printf("live %llu in %llu bytes, spans %llu, of 16 bytes %llu\n", (unsigned long long)st.live_objects,
           (unsigned long long)st.live_bytes, (unsigned long long)st.live_spans, (unsigned long long)st.class_live[0]);
  }
  return 0;
}
