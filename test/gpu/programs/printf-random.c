// Random formats: every line that a kernel prints is compared with what the host's snprintf makes of it.
// BUILD: python3 {dir}/Inputs/printf_lines.py 11 600 > {out}-lines.h
// BUILD: {cordon_clang} -O1 -w -DLINES_H='"{out}-lines.h"' {src} -o {out} -lm
// CASE: run
// EXPECT: printf: 600 lines as on the host
#include <stdio.h>
#include LINES_H

#ifdef HOST_ONLY
#define PRINT(NUMBER, ...) printf(__VA_ARGS__);
int main(void) { LINES(PRINT) }
#else
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <string.h>
#include <unistd.h>

#define PRINT(NUMBER, ...) printf(__VA_ARGS__);
__global__ void lines(void) { LINES(PRINT) }

static int right, wrong;
static void compare(FILE *from, const char *expected) {
  char line[4096] = "";
  if (fgets(line, sizeof line, from) && !strcmp(line, expected)) {
    ++right;
    return;
  }
  if (wrong++ < 20)
    printf("GPU:  %sHost: %s", line[0] ? line : "(nothing)\n", expected);
}

int main(void) {
  if (cudaDeviceSetLimit(cudaLimitPrintfFifoSize, 16 << 20))
    return 77;
  FILE *output = tmpfile();
  fflush(stdout);
  int real = dup(1);
  dup2(fileno(output), 1);
  cudaLaunchKernel((void *)lines, (dim3){1, 1, 1}, (dim3){1, 1, 1}, 0, 0, 0);
  cudaError_t e = cudaDeviceSynchronize();
  fflush(stdout);
  dup2(real, 1);
  rewind(output);
  char expected[4096];
#define COMPARE(NUMBER, ...) snprintf(expected, sizeof expected, __VA_ARGS__), compare(output, expected);
  LINES(COMPARE)
  printf("printf: %d lines as on the host, %d not, %s\n", right, wrong, cudaGetErrorString(e));
  return wrong != 0;
}
#endif
