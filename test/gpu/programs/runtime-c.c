// The C library's functions on the device give what they give on the host: one function, run on both.
// CASE: same
// EXPECT: device and host agree on [0-9]+ bytes
// EXPECT: puts on the device
// EXPECT: 42 \|    7\|1\.50e\+00\|12345678901\|ff\|3
// EXPECT: star 3\.14
#include <complex.h>
#include <ctype.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 4096

struct out {
  char text[SIZE];
  int used;
};

__host__ __device__ static int by_value(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

#define SAY(...) o->used += snprintf(o->text + o->used, SIZE - o->used, __VA_ARGS__)

__host__ __device__ static void everything(struct out *o, const char *in, double d) {
  char buffer[64], *end;
  o->used = 0;
  strcpy(buffer, in);
  strcat(buffer, "-tail");
  SAY("%s %zu %d %d ", buffer, strlen(buffer), strcmp(buffer, in) > 0, strncmp(buffer, in, 3));
  SAY("%td %s %s ", strchr(buffer, 't') - buffer, strstr(buffer, "ai"), strrchr(buffer, '-'));
  memmove(buffer + 2, buffer, 6);
  SAY("%.8s %d %zu %zu|", buffer, memcmp(buffer, in, 2), strspn("aabbc", "ab"), strcspn("xyz,", ","));
  SAY("%ld %lu %lld %d|", strtol("  -0x1fz", &end, 0), strtoul("777", NULL, 8), atoll("123456789012"), atoi("42x"));
  SAY("%c %c %d|", toupper('q'), tolower('Q'), isalpha('7') != 0);
  SAY("%5.2f %-10.3e| %g %G %a %+d %#x %05d %%|", d, d * 1e10, d / 3, d * 1e-7, d, 5, 255, -42);
  SAY("%.*f %*d %.0f %.15g %s|", 3, d, 6, 7, 2.5, 0.1, (char *)0);
  double _Complex p = (d + 2 * I) * (3 - d * I), q = (d + 2 * I) / (3 - 4 * I);
  float _Complex r = ((float)d + 2 * I) * (3 - (float)d * I);
  SAY("%.12f %.12f %.12f %.12f %.5f|", creal(p), cimag(p), creal(q), cimag(q), (double)crealf(r));
  int *v = (int *)calloc(8, sizeof(int));
  unsigned seed = 7;
  v = (int *)realloc(v, 32 * sizeof(int));
  for (int i = 0; i < 32; ++i)
    v[i] = (i * 37 + (int)(rand_r(&seed) % 3)) % 101;
  qsort(v, 32, sizeof(int), by_value);
  int key = v[20], *found = (int *)bsearch(&key, v, 32, sizeof(int), by_value);
  SAY("%d %d", v[0], *found == key);
  for (int i = 0; i < 32; ++i)
    SAY(" %d", v[i]);
  free(v);
}

__global__ void run(struct out *o, const char *in, double d) { everything(o, in, d); }

__global__ void print(double pi, int places) {
  puts("puts on the device");
  printf("%d |%5d|%.2e|%zu|%hhx|%d\n", 42, 7, 1.5, (size_t)12345678901, 0x1ff, 3);
  printf("star %.*f\n", places, pi);
}

int main(void) {
  struct out *device, onDevice, onHost;
  char *text;
  double d = 3.14159265358979;
  cudaMalloc((void **)&device, sizeof(*device));
  cudaMalloc((void **)&text, 16);
  cudaMemcpy(text, "head", 5, cudaMemcpyHostToDevice);
  void *args[] = {&device, &text, &d};
  cudaLaunchKernel((void *)run, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, 0);
  int places = 2;
  void *more[] = {&d, &places};
  cudaLaunchKernel((void *)print, (dim3){1, 1, 1}, (dim3){1, 1, 1}, more, 0, 0);
  cudaError_t e = cudaMemcpy(&onDevice, device, sizeof(onDevice), cudaMemcpyDeviceToHost);
  if (e != cudaSuccess) {
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
    return 1;
  }
  everything(&onHost, "head", d);
  if (onDevice.used != onHost.used || memcmp(onDevice.text, onHost.text, onHost.used)) {
    printf("device: %.*s\nhost:   %.*s\n", onDevice.used, onDevice.text, onHost.used, onHost.text);
    return 1;
  }
  printf("device and host agree on %d bytes\n", onHost.used);
  return 0;
}
