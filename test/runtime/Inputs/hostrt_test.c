/* libcordonrt against a CUDA runtime made of host memory: two contexts, images that come late, a capture, an exception. */
#include "cordon/abi/hostrt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures, calls, registered, relaxed, streams;
static unsigned long long context = 1;
static struct cordon_state variables[2][4]; /* by image, by context: the device variables */
static char symbols[2];

int cudaGetDevice(int *device) { return *device = 0; }
static int no_context = 1; /* until the runtime is asked to make one */
int cudaFree(void *p) {
  no_context = 0;
  return p != 0;
}
int cudaGetLastError(void) { return 0; }
int cudaPeekAtLastError(void) { return 0; }
int cudaHostRegister(void *p, size_t n, unsigned flags) {
  ++calls;
  ++registered;
  return p == 0 || n < 1024 || flags != 2;
}
int cudaHostGetDevicePointer(void **device, void *host, unsigned flags) {
  *device = host;
  return flags != 0;
}
int cudaGetSymbolAddress(void **out, const void *symbol) {
  ++calls;
  *out = &variables[(char *)symbol - symbols][context];
  return 0;
}
int cudaMemcpyAsync(void *to, const void *from, size_t n, int kind, void *stream) {
  ++calls;
  if (!relaxed || !stream)
    return 1; /* it would become part of a graph that is being captured */
  memcpy(to, from, n);
  return kind != 1;
}
int cudaMemcpy(void *to, const void *from, size_t n, int kind) { return kind < 0 || memcpy(to, from, n) == 0; }
int cudaMalloc(void **p, size_t n) { return (*p = calloc(1, n)) == 0; }
int cudaMemset(void *p, int v, size_t n) { return memset(p, v, n) == 0; }
int cudaMemsetAsync(void *p, int v, size_t n, void *stream) { return !stream || memset(p, v, n) == 0; }
int cudaStreamCreateWithFlags(void **stream, unsigned flags) {
  ++streams;
  *stream = &streams;
  return flags != 1;
}
int cudaStreamSynchronize(void *stream) { return stream == 0; }
int cudaStreamDestroy(void *stream) { return --streams, stream == 0; }
int cudaThreadExchangeStreamCaptureMode(int *mode) {
  int old = relaxed ? 2 : 0;
  relaxed = *mode == 2;
  *mode = old;
  return 0;
}
static int context_id(void *which, unsigned long long *id) {
  if (no_context || !which)
    ++failures; /* a tool would report it */
  *id = context;
  return which == 0;
}
static int current_context(void **out) {
  *out = no_context ? 0 : &context;
  return 0;
}
int cudaGetDriverEntryPointByVersion(const char *name, void **out, unsigned version, unsigned long long flags,
                                     int *status) {
  *out = strcmp(name, "cuCtxGetId") ? (void *)current_context : (void *)context_id;
  *status = 0;
  return version < 4000 || flags != 0;
}

#define CHECK(X)                                                                                                        \
  do                                                                                                                    \
    if (!(X)) {                                                                                                         \
      printf("line %d: %s\n", __LINE__, #X);                                                                            \
      ++failures;                                                                                                       \
    }                                                                                                                   \
  while (0)

static void throw_in(unsigned long long id, uint32_t kind, const char *message) {
  struct cordon_exception_record *r = (void *)(uintptr_t)variables[0][id].record;
  r->kind = kind;
  r->thread[0] = 3;
  r->block[1] = 2;
  r->line = 12;
  strcpy(r->kernel, "saxpy");
  strcpy(r->file, "a.c");
  strcpy(r->message, message);
  r->status = CORDON_RECORD_FULL;
}

int main(int argc, char **argv) {
  static struct cordon_image first = {CORDON_ABI_VERSION, 0, &symbols[0], "first", 0, 0};
  static struct cordon_image second = {CORDON_ABI_VERSION, 0, &symbols[1], "second", 0, 0};
  static struct cordon_image stateless = {CORDON_ABI_VERSION, 0, 0, "stateless", 0, 0};
  static struct cordon_image newer = {CORDON_ABI_VERSION + 1, 0, &symbols[1], "newer", 0, 0};
  struct cordon_exception_record out;
  __cordon_before_launch();
  CHECK(calls == 0);
  __cordon_register_image(&newer);
  __cordon_register_image(&stateless);
  __cordon_register_image(&first);
  CHECK(calls == 0 && cordon_check(0) == 0);

  __cordon_before_launch();
  CHECK(variables[0][1].version == CORDON_ABI_VERSION && variables[0][1].record && !variables[1][1].version);
  CHECK(!relaxed && streams == 0 && registered >= 1);
  int before = calls;
  for (int i = 0; i < 1000; ++i)
    __cordon_before_launch();
  CHECK(calls == before);

  __cordon_register_image(&second); /* as dlopen does */
  __cordon_before_launch();
  CHECK(variables[1][1].record == variables[0][1].record && variables[1][1].heap == variables[0][1].heap);

  context = 2; /* after cudaDeviceReset, or another device */
  __cordon_before_launch();
  CHECK(variables[0][2].record && variables[0][2].record != variables[0][1].record);

  throw_in(2, CORDON_EXCEPTION_ASSERT, "n > 0");
  throw_in(1, CORDON_EXCEPTION_THROW, "bounds error");
  CHECK(cordon_check(&out) == CORDON_EXCEPTION_THROW && !strcmp(out.message, "bounds error"));
  char line[256];
  cordon_format_exception(&out, line, sizeof(line));
  CHECK(!strcmp(line, "cordon: exception in kernel 'saxpy', block (0,2,0), thread (3,0,0): bounds error (a.c:12)"));
  CHECK(cordon_check(&out) == CORDON_EXCEPTION_ASSERT);
  CHECK(cordon_check(&out) == 0);
  /* Two in a row: the record is free again, and empty. */
  CHECK(((struct cordon_exception_record *)(uintptr_t)variables[0][1].record)->kernel[0] == 0);
  throw_in(1, 99, "");
  memset(out.message, 'x', sizeof(out.message)); /* a corrupt record: no string ends */
  memset(out.kernel, 'y', sizeof(out.kernel));
  memset(out.file, 'z', sizeof(out.file));
  CHECK(cordon_format_exception(&out, line, sizeof(line)) > 0 && strlen(line) < sizeof(line));
  CHECK(cordon_check(&out) == 99);
  __cordon_unregister_image(&second);
  printf("%d failures\n", failures);
  if (argc > 1)
    throw_in(1, CORDON_EXCEPTION_THROW, "not asked for");
  (void)argv;
  return failures ? 2 : argc > 2 ? 7 : 0;
}
