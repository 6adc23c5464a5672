/*===- hostrt/heap.c - the device heap's host side ----------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Makes one heap for each CUDA context, as cordon/abi/heap.h says: device memory, its metadata zeroed, the header copied in
 * front. Its size: what cordon_set_heap or CORDON_HEAP asks for, else what the program set as cudaLimitMallocHeapSize, else
 * a sixteenth of the device's memory, at most 1 GiB. Without memory for it the device runtime allocates from the driver's.
 *===------------------------------------------------------------------------*/
#include "cordon/abi/heap.h"
#include "hostrt/internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEAPS = 64, LIMIT_MALLOC_HEAP_SIZE = 2 };
static const uint64_t default_most = 1ull << 30, driver_default = 8ull << 20, least = 1ull << 20;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t wanted_bytes;
static uint32_t wanted_flags;
static int is_wanted;
/* The newest heap of each device. */
static struct {
  int device;
  uint64_t address;
} heaps[MAX_HEAPS];
static int heap_count;

void cordon_set_heap(uint64_t bytes, uint32_t flags) {
  pthread_mutex_lock(&lock);
  wanted_bytes = bytes;
  wanted_flags = flags;
  is_wanted = 1;
  pthread_mutex_unlock(&lock);
}

/* "512M", "check,2G", "stats,0": size with K, M or G, and flags before it. Returns 0 if it is none of these. */
static int parse(const char *text, uint64_t *bytes, uint32_t *flags) {
  char *end;
  unsigned long long n;
  *flags = 0;
  for (;;) {
    if (strncmp(text, "check,", 6) == 0) {
      *flags |= CORDON_STATE_CHECK_HEAP;
      text += 6;
    } else if (strncmp(text, "stats,", 6) == 0) {
      *flags |= CORDON_STATE_HEAP_STATS;
      text += 6;
    } else {
      break;
    }
  }
  if (*text < '0' || *text > '9')
    return 0;
  n = strtoull(text, &end, 10);
  switch (*end) {
  case 'G':
    n <<= 10; /* fall through */
  case 'M':
    n <<= 10; /* fall through */
  case 'K':
    n <<= 10;
    ++end;
    break;
  default:
    break;
  }
  *bytes = n;
  return *end == 0;
}

static uint64_t choose_size(uint32_t *flags, int *asked) {
  const char *text = getenv("CORDON_HEAP");
  uint64_t bytes = 0;
  size_t limit = 0, unused = 0, total = 0;
  *asked = 1;
  if (text && *text) {
    if (parse(text, &bytes, flags))
      return bytes;
    fprintf(stderr, "cordon: CORDON_HEAP=%s is not understood: it takes a size such as 512M, with 'check,' or 'stats,' in "
                    "front; the default size is used\n",
            text);
  }
  *flags = wanted_flags;
  if (is_wanted)
    return wanted_bytes;
  if (cudaDeviceGetLimit && cudaDeviceGetLimit(&limit, LIMIT_MALLOC_HEAP_SIZE) == 0 && limit > driver_default)
    return limit + limit / 32; /* a limit counts what a program gets; the heap's own records come on top */
  *asked = 0;
  if (!cudaMemGetInfo || cudaMemGetInfo(&unused, &total) != 0)
    return 0;
  bytes = total / 16;
  return bytes < default_most ? bytes : default_most;
}

uint64_t cordon_heap_create(int device, cuda_stream stream, uint32_t *flags) {
  struct cordon_heap *header = malloc(sizeof(*header));
  void *memory = 0;
  uint64_t bytes, result = 0;
  int asked = 0, i;
  pthread_mutex_lock(&lock);
  bytes = choose_size(flags, &asked);
  if (header && bytes >= least && cudaMalloc && cudaMemsetAsync) {
    uint64_t first = bytes;
    while (cudaMalloc(&memory, bytes) != 0) {
      memory = 0;
      if (cudaGetLastError)
        cudaGetLastError();
      bytes /= 2;
      if (bytes < 32 * least)
        break;
    }
    if (asked && bytes != first)
      fprintf(stderr, "cordon: no %llu MiB of device memory for the heap of device code; it has %llu MiB\n",
              (unsigned long long)(first >> 20), (unsigned long long)((memory ? bytes : 0) >> 20));
  }
  if (memory && cordon_heap_layout((uint64_t)(uintptr_t)memory, bytes, header) &&
      cudaMemsetAsync(memory, 0, header->metadata_bytes, stream) == 0 &&
      cudaMemcpyAsync(memory, header, sizeof(*header), CUDA_MEMCPY_HOST_TO_DEVICE, stream) == 0 &&
      cudaStreamSynchronize(stream) == 0) {
    result = (uint64_t)(uintptr_t)memory;
    for (i = 0; i < heap_count && heaps[i].device != device; ++i)
      ;
    if (i < MAX_HEAPS) {
      heaps[i].device = device;
      heaps[i].address = result;
      heap_count += i == heap_count;
    }
  } else if (memory) {
    cudaFree(memory);
  }
  pthread_mutex_unlock(&lock);
  free(header);
  return result;
}

int cordon_heap_statistics(struct cordon_heap_statistics *out) {
  static const struct cordon_heap_statistics zero;
  struct cordon_heap *header = malloc(sizeof(*header));
  struct cordon_heap_slab *records = 0;
  uint64_t address = 0;
  int device = 0, i, ok = 0;
  *out = zero;
  if (header && cudaGetDevice && cudaMemcpy && cudaGetDevice(&device) == 0) {
    pthread_mutex_lock(&lock);
    for (i = 0; i < heap_count; ++i)
      if (heaps[i].device == device)
        address = heaps[i].address;
    pthread_mutex_unlock(&lock);
  }
  if (address && cudaMemcpy(header, (void *)(uintptr_t)address, sizeof(*header), CUDA_MEMCPY_DEVICE_TO_HOST) == 0) {
    size_t size = header->slabs * sizeof(struct cordon_heap_slab);
    records = malloc(size);
    if (records && cudaMemcpy(records, (void *)(uintptr_t)header->slab_records, size, CUDA_MEMCPY_DEVICE_TO_HOST) == 0) {
      cordon_heap_count(header, records, out);
      ok = 1;
    }
  }
  free(records);
  free(header);
  return ok;
}
