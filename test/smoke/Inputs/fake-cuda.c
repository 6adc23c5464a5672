// A CUDA driver of the tests: a libcuda.so.1 whose device is the host. It knows a few kernels by name, so that what the
// harness does with results, exceptions, hangs and driver errors can be tested on a machine without a GPU. Nothing in it
// says anything about a real driver.
#include "cordon/abi/state.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int R;
enum { OK, BAD_PTX = 218, NOT_FOUND = 500, NOT_READY = 600, LAUNCH_FAILED = 719 };

struct kernel {
  const char *name;
  size_t sizes[6];
  void (*run)(unsigned n, void **p);
};

static struct cordon_state state;
static uint64_t scale_pointer;
static float factor = 1;
static int table[4] = {1, 2, 3, 4};
static R stream = OK;

static void saxpy(unsigned n, void **p) {
  float a = *(float *)p[0], *x = *(float **)p[1], *y = *(float **)p[2];
  int count = *(int *)p[3];
  for (int i = 0; i < count && i < (int)n; ++i)
    y[i] = a * x[i] + y[i];
}
static void scale(unsigned n, void **p) {
  float *x = *(float **)p[0];
  for (unsigned i = 0; i < n; ++i)
    x[i] *= factor;
  for (int i = 0; i < 4; ++i)
    table[i] *= 10;
}
static void iadd(unsigned n, void **p) {
  struct { int32_t k; uint64_t *out; uint16_t h; } *s = p[0];
  for (unsigned i = 0; i < n; ++i)
    s->out[i] = i + (uint64_t)s->k + s->h;
}
static void throws(unsigned n, void **p) {
  (void)n, (void)p;
  struct cordon_exception_record *r = (struct cordon_exception_record *)(uintptr_t)state.record;
  r->status = CORDON_RECORD_FULL;
  r->kind = CORDON_EXCEPTION_THROW;
  r->block[0] = 3;
  r->thread[0] = 7;
  r->line = 42;
  strcpy(r->message, "DomainError");
  strcpy(r->file, "k.jl");
  stream = LAUNCH_FAILED;
}
static void hangs(unsigned n, void **p) { (void)n, (void)p, stream = NOT_READY; }
static void prints(unsigned n, void **p) { (void)n, (void)p, printf("from the kernel\n"), fflush(stdout); }

static void nothing(unsigned n, void **p) { (void)n, (void)p; }

static const struct kernel kernels[] = {
    {"saxpy", {4, 8, 8, 4}, saxpy},  {"scale", {8}, scale},  {"_Z4iaddIiEv6packed", {24}, iadd}, {"throws", {0}, throws},
    {"hangs", {0}, hangs},           {"prints", {0}, prints}, {"_cordon$a$2eb", {0}, prints}, {"nothing", {8}, nothing},
    {"_Z1tIiEvv", {0}, nothing},     {"_Z1tIfEvv", {0}, nothing}, {"two", {8, 8}, nothing},
};
enum { N = sizeof(kernels) / sizeof(kernels[0]) };

#define API __attribute__((visibility("default"))) R
API cuInit(unsigned f) { return (void)f, OK; }
API cuDeviceGetCount(int *n) { return *n = 1, OK; }
API cuDeviceGet(int *d, int i) { return *d = i, OK; }
API cuDeviceGetName(char *s, int n, int d) { return (void)d, snprintf(s, n, "Test Device"), OK; }
API cuDeviceGetAttribute(int *v, int a, int d) { return (void)d, *v = a == 75 ? 9 : 0, OK; }
API cuDevicePrimaryCtxRetain(void **c, int d) { return (void)d, *c = &state, OK; }
API cuCtxSetCurrent(void *c) { return (void)c, OK; }
API cuCtxSynchronize(void) { return stream; }
API cuModuleLoadDataEx(void **m, const char *data, unsigned n, int *names, void **values) {
  if (strstr(data, "BROKEN")) {
    for (unsigned i = 0; i < n; ++i)
      if (names[i] == 5)
        strcpy(values[i], "ptxas application ptx input, line 3; fatal: Parsing error near 'BROKEN'\n");
    return BAD_PTX;
  }
  return *m = &state, strstr(data, "sm_999") ? 209 : OK;
}
API cuModuleGetFunction(const void **f, void *m, const char *name) {
  (void)m;
  for (int i = 0; i < N; ++i)
    if (!strcmp(kernels[i].name, name))
      return *f = &kernels[i], OK;
  return NOT_FOUND;
}
API cuModuleGetGlobal_v2(uint64_t *p, size_t *n, void *m, const char *name) {
  (void)m;
  if (!strcmp(name, CORDON_STATE_SYMBOL))
    return *p = (uintptr_t)&state, *n = sizeof(state), OK;
  if (!strcmp(name, "factor"))
    return *p = (uintptr_t)&factor, *n = sizeof(factor), OK;
  if (!strcmp(name, "table"))
    return *p = (uintptr_t)table, *n = sizeof(table), OK;
  if (!strcmp(name, "pointer"))
    return *p = (uintptr_t)&scale_pointer, *n = 8, OK;
  return NOT_FOUND;
}
API cuMemAlloc_v2(uint64_t *p, size_t n) { return *p = (uintptr_t)malloc(n), OK; }
API cuMemFree_v2(uint64_t p) { return free((void *)(uintptr_t)p), OK; }
API cuMemcpyHtoD_v2(uint64_t d, const void *h, size_t n) { return memcpy((void *)(uintptr_t)d, h, n), stream; }
API cuMemcpyDtoH_v2(void *h, uint64_t d, size_t n) { return memcpy(h, (void *)(uintptr_t)d, n), stream; }
API cuMemsetD8_v2(uint64_t d, unsigned char v, size_t n) { return memset((void *)(uintptr_t)d, v, n), OK; }
API cuMemHostAlloc(void **p, size_t n, unsigned f) { return (void)f, *p = malloc(n), OK; }
API cuMemHostGetDevicePointer_v2(uint64_t *d, void *h, unsigned f) { return (void)f, *d = (uintptr_t)h, OK; }
API cuStreamCreate(void **s, unsigned f) { return (void)f, *s = &stream, OK; }
API cuStreamQuery(void *s) { return (void)s, stream; }
API cuEventCreate(void **e, unsigned f) { return (void)f, *e = &stream, OK; }
API cuEventRecord(void *e, void *s) { return (void)e, (void)s, OK; }
API cuEventElapsedTime(float *ms, void *a, void *b) { return (void)a, (void)b, *ms = 0.5f, OK; }
API cuFuncGetAttribute(int *v, int a, const void *f) { return (void)a, (void)f, *v = 0, OK; }
API cuFuncSetAttribute(const void *f, int a, int v) { return (void)f, (void)a, v > 227 * 1024 ? 1 : OK; }
API cuLaunchKernel(const struct kernel *k, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *s, void **params, void **extra) {
  (void)shared, (void)s, (void)extra;
  if (bx * by * bz > 1024)
    return 1;
  k->run(gx * gy * gz * bx * by * bz, params);
  return OK;
}
API cuLaunchCooperativeKernel(const struct kernel *k, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                              unsigned bz, unsigned shared, void *s, void **params) {
  return cuLaunchKernel(k, gx, gy, gz, bx, by, bz, shared, s, params, NULL);
}
struct launch { unsigned g[3], b[3], shared; void *s; struct { int id, pad; unsigned v[16]; } *a; unsigned n; };
API cuLaunchKernelEx(const struct launch *l, const struct kernel *k, void **params, void **extra) {
  // As on a device: a cluster has to divide the grid.
  for (unsigned i = 0; i < l->n; ++i)
    if (l->a[i].id == 4 && l->g[0] % l->a[i].v[0])
      return 912;
  return cuLaunchKernel(k, l->g[0], l->g[1], l->g[2], l->b[0], l->b[1], l->b[2], l->shared, l->s, params, extra);
}
API cuModuleGetFunctionCount(unsigned *n, void *m) { return (void)m, *n = N, OK; }
API cuModuleEnumerateFunctions(const void **f, unsigned n, void *m) {
  (void)m;
  for (unsigned i = 0; i < n; ++i)
    f[i] = &kernels[i];
  return OK;
}
API cuFuncGetName(const char **name, const struct kernel *k) { return *name = k->name, OK; }
API cuFuncGetParamInfo(const struct kernel *k, size_t i, size_t *offset, size_t *size) {
  if (i >= 6 || !k->sizes[i])
    return 1;
  size_t at = 0;
  for (size_t j = 0; j <= i; ++j) {
    size_t align = k->sizes[j] >= 8 ? 8 : k->sizes[j];
    at = (at + align - 1) / align * align;
    *offset = at;
    at += k->sizes[j];
  }
  return *size = k->sizes[i], OK;
}
API cuGetErrorName(R r, const char **s) {
  *s = r == BAD_PTX ? "CUDA_ERROR_INVALID_PTX" : r == LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED"
     : r == 209 ? "CUDA_ERROR_NO_BINARY_FOR_GPU" : r == 912 ? "CUDA_ERROR_INVALID_CLUSTER_SIZE" : "CUDA_ERROR_INVALID_VALUE";
  return OK;
}
API cuGetErrorString(R r, const char **s) { return *s = r == LAUNCH_FAILED ? "unspecified launch failure" : "test error", OK; }
