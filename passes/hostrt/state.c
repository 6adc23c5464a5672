/*===- hostrt/state.c - images, contexts and their state ----------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Before a launch, each image's device variable is filled, once for each CUDA context: contexts are told apart by the
 * driver's number, which is never used twice, so that a context made after cudaDeviceReset is a new one. When all is set
 * up a launch costs one comparison with what this thread saw last. Nothing happens before the first launch.
 *===------------------------------------------------------------------------*/
#define _DEFAULT_SOURCE
#include "hostrt/internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Each context that is set up gets a slot; a program that makes more contexts has no record in the later ones. */
enum { MAX_CONTEXTS = 64 };

static struct slot {
  unsigned long long id; /* the driver's number of the context */
  struct cordon_context *pages;
  struct cordon_state state;
} slots[MAX_CONTEXTS];
static atomic_uint slot_count;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cordon_image *images;
/* Counts registrations: a context whose state was set under an older number gets it again. */
static atomic_uint generation;

static __thread unsigned long long seen_context;
static __thread unsigned seen_generation;

typedef int (*context_id_fn)(void *context, unsigned long long *id);
typedef int (*current_context_fn)(void **context);
static context_id_fn context_id;               /* cuCtxGetId of CUDA 12 and newer */
static current_context_fn get_current_context; /* cuCtxGetCurrent */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *driver_function(const char *name, unsigned version) {
  void *function = 0;
  int status = 0;
  if (cudaGetDriverEntryPointByVersion &&
      cudaGetDriverEntryPointByVersion(name, &function, version, 0, &status) == 0 && status == 0)
    return function;
  return 0;
}
static void find_driver(void) {
  get_current_context = (current_context_fn)driver_function("cuCtxGetCurrent", 4000);
  if (get_current_context)
    context_id = (context_id_fn)driver_function("cuCtxGetId", 12000);
}

void __cordon_register_image(struct cordon_image *image) {
  if (image->version != CORDON_ABI_VERSION) {
    fprintf(stderr, "cordon: image '%s' was built for version %u of Cordon's host runtime, and this is version %u: its "
                    "exceptions will not be reported; build it again\n",
            image->name ? image->name : "", image->version, CORDON_ABI_VERSION);
    return;
  }
  pthread_mutex_lock(&lock);
  image->next = images;
  images = image;
  image->prepared = 0;
  atomic_fetch_add(&generation, 1);
  pthread_mutex_unlock(&lock);
}

void __cordon_unregister_image(struct cordon_image *image) {
  pthread_mutex_lock(&lock);
  for (struct cordon_image **p = &images; *p; p = &(*p)->next)
    if (*p == image) {
      *p = image->next;
      break;
    }
  pthread_mutex_unlock(&lock);
}

/* The number of the current context; 0 if there is none yet. */
static unsigned long long current_context(void) {
  unsigned long long id = 0;
  void *context = 0;
  if (context_id) /* asking for the number of no context would be an error that tools report */
    return get_current_context(&context) == 0 && context && context_id(context, &id) == 0 ? id + 1 : 0;
  /* An older driver: the primary context of a device is taken for the only one. */
  int device = 0;
  return cudaGetDevice(&device) == 0 ? (unsigned)device + 1u : 0;
}

/* Maps fresh pages into the current context. On failure the context has no record. */
static struct cordon_context *map_pages(void **device) {
  size_t size = sizeof(struct cordon_context), page = (size_t)sysconf(_SC_PAGESIZE);
  size = (size + page - 1) / page * page;
  void *pages = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return 0;
  if (cudaHostRegister(pages, size, CUDA_HOST_REGISTER_MAPPED) != 0 ||
      cudaHostGetDevicePointer(device, pages, 0) != 0) {
    munmap(pages, size);
    return 0;
  }
  return pages;
}

static struct slot *slot_for(unsigned long long id, cuda_stream stream) {
  unsigned n = atomic_load(&slot_count);
  for (unsigned i = 0; i < n; ++i)
    if (slots[i].id == id)
      return &slots[i];
  if (n == MAX_CONTEXTS)
    return 0;
  struct slot *slot = &slots[n];
  void *device = 0;
  int number = 0;
  slot->pages = map_pages(&device);
  slot->id = id;
  slot->state.version = CORDON_ABI_VERSION;
  if (slot->pages) {
    slot->state.record = (uint64_t)(uintptr_t)device + offsetof(struct cordon_context, record);
    slot->state.julia_exception_info =
        (uint64_t)(uintptr_t)device + offsetof(struct cordon_context, julia_exception_info);
  }
  slot->state.random_seed = (uint32_t)time(0) ^ ((uint32_t)getpid() << 16);
  if (cudaGetDevice(&number) == 0)
    slot->state.heap = cordon_heap_create(number, stream, &slot->state.flags);
  atomic_store(&slot_count, n + 1); /* readers take no lock */
  cordon_arm_exit_check();
  return slot;
}

/* Writes the current context's state into all images. */
static void prepare(void) {
  cuda_stream stream = 0;
  if (cudaStreamCreateWithFlags(&stream, CUDA_STREAM_NON_BLOCKING) != 0)
    return;
  unsigned long long id = current_context();
  struct slot *slot = id ? slot_for(id, stream) : 0;
  if (slot) {
    for (struct cordon_image *image = images; image; image = image->next) {
      void *variable = 0;
      if (!image->state_symbol || cudaGetSymbolAddress(&variable, image->state_symbol) != 0)
        continue;
      if (cudaMemcpyAsync(variable, &slot->state, sizeof(slot->state), CUDA_MEMCPY_HOST_TO_DEVICE, stream) == 0)
        image->prepared |= id <= 64 ? 1ull << (id - 1) : 0;
    }
    cudaStreamSynchronize(stream);
    seen_generation = atomic_load(&generation);
    seen_context = id;
  }
  cudaStreamDestroy(stream);
}

void __cordon_before_launch(void) {
  if (!atomic_load_explicit(&generation, memory_order_acquire) || !cudaGetDevice)
    return; /* no image, or no CUDA runtime */
  pthread_once(&once, find_driver);
  unsigned long long id = current_context();
  if (id && id == seen_context && seen_generation == atomic_load_explicit(&generation, memory_order_acquire))
    return;
  if (!cudaHostRegister || !cudaHostGetDevicePointer || !cudaGetSymbolAddress || !cudaMemcpyAsync ||
      !cudaStreamCreateWithFlags || !cudaStreamSynchronize || !cudaStreamDestroy)
    return;
  /* A launch may be captured into a graph: what is set up here is no part of it. */
  int mode = CUDA_CAPTURE_MODE_RELAXED;
  cuda_error before = cudaPeekAtLastError ? cudaPeekAtLastError() : 0;
  if (cudaThreadExchangeStreamCaptureMode)
    cudaThreadExchangeStreamCaptureMode(&mode);
  if (!id && cudaFree)
    cudaFree(0); /* makes the device's context current */
  pthread_mutex_lock(&lock);
  prepare();
  pthread_mutex_unlock(&lock);
  if (cudaThreadExchangeStreamCaptureMode)
    cudaThreadExchangeStreamCaptureMode(&mode);
  /* A failure here must not look like one of the launch; without a record the program runs all the same. */
  if (before == 0 && cudaGetLastError)
    cudaGetLastError();
}

struct cordon_exception_record *cordon_find_exception(void) {
  unsigned n = atomic_load(&slot_count);
  for (unsigned i = 0; i < n; ++i)
    if (slots[i].pages &&
        __atomic_load_n(&slots[i].pages->record.status, __ATOMIC_ACQUIRE) == CORDON_RECORD_FULL)
      return &slots[i].pages->record;
  return 0;
}
