// cordon::launch in a kernel: parameters of several sizes, a kernel that launches itself, one that only the device names.
// SANITIZE: memcheck
// CASE: run
// EXPECT: parameters: 32 right
// EXPECT: recursive: 0 1 2 3 4
// EXPECT: chosen: 5 7
#include <cordon/device.h>
#include <cstdio>

struct Big {
  double a[5];
};
__global__ void child(int *out, char c, double d, Big b, short s) { out[threadIdx.x] = c + (int)d + (int)b.a[4] + s; }
__global__ void grow(int *out, int depth) {
  out[depth] = depth;
  if (depth < 4)
    cordon::launch(grow, dim3(1), dim3(1), 0, nullptr, out, depth + 1);
}
template <typename T> __global__ void put(T *out, T value) { *out = value; }

__global__ void parent(int *out, int which) {
  Big b = {{1, 2, 3, 4, 5}};
  cudaError_t e = cordon::launch(child, dim3(1), dim3(32), 0, nullptr, out, (char)1, 2.5, b, (short)-3);
  // Through a pointer that is known only here.
  void (*chosen)(int *, int) = which ? put<int> : grow;
  if (e == cudaSuccess)
    e = cordon::launch(chosen, dim3(1), dim3(1), 0, nullptr, out + 40, which);
  if (e == cudaSuccess)
    e = cordon::launch(put<float>, dim3(1), dim3(1), 0, nullptr, (float *)out + 41, 7.0f);
  out[42] = e;
}

int main() {
  int *out, right = 0;
  if (cudaMallocManaged((void **)&out, 256, cudaMemAttachGlobal))
    return 77;
  cudaError_t e = cordon::launch(parent, dim3(1), dim3(1), 0, nullptr, out, 5);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess || out[42]) {
    fprintf(stderr, "%s, %d\n", cudaGetErrorString(e), out[42]);
    return 1;
  }
  for (int i = 0; i < 32; ++i)
    right += out[i] == 5;
  printf("parameters: %d right\n", right);
  printf("chosen: %d %g\n", out[40], ((float *)out)[41]);
  e = cordon::launch(grow, dim3(1), dim3(1), 0, nullptr, out, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  printf("recursive: %d %d %d %d %d\n", out[0], out[1], out[2], out[3], out[4]);
  return e != cudaSuccess;
}
