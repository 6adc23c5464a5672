// A CUDA program as people publish them: dynamic parallelism, virtual functions made on the device, printf and assert in
// kernels. dynamic-cuda.cpp runs it as clang's device IR that went through cordon device; dynamic-nvcc.cpp is the peer.
#include <cassert>
#include <cstdio>

struct Shape {
  __device__ virtual ~Shape() {}
  __device__ virtual float area() const = 0;
  __device__ virtual const char *name() const { return "shape"; }
};
struct Square : Shape {
  float side;
  __device__ Square(float s) : side(s) {}
  __device__ float area() const override { return side * side; }
  __device__ const char *name() const override { return "square"; }
};
struct Disk : Shape {
  float radius;
  __device__ Disk(float r) : radius(r) {}
  __device__ float area() const override { return 3.25f * radius * radius; }
};

__global__ void make(Shape **shapes, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    shapes[i] = i % 2 ? static_cast<Shape *>(new Disk(i)) : new Square(i);
}
__global__ void sum(Shape **shapes, int n, double *total) {
  int i = threadIdx.x;
  __shared__ double part[64];
  part[i] = 0;
  for (int j = i; j < n; j += 64)
    part[i] += shapes[j]->area();
  __syncthreads();
  if (i == 0) {
    for (int j = 0; j < 64; ++j)
      *total += part[j];
    printf("%d shapes, the last is a %s, %s before: %.2f %5d|%-6s|%c %x %lld\n", n, shapes[n - 1]->name(),
           shapes[n - 2]->name(), *total, 42, "ab", 'z', 255u, 1ll << 40);
  }
}

// Sorts by launching itself on both halves.
__global__ void quicksort(int *data, int left, int right, int depth) {
  if (depth > 12 || right - left < 8) {
    for (int i = left; i < right; ++i)
      for (int j = i + 1; j <= right; ++j)
        if (data[j] < data[i]) {
          int t = data[i];
          data[i] = data[j];
          data[j] = t;
        }
    return;
  }
  int pivot = data[(left + right) / 2], l = left, r = right;
  while (l <= r) {
    while (data[l] < pivot)
      ++l;
    while (data[r] > pivot)
      --r;
    if (l <= r) {
      int t = data[l];
      data[l++] = data[r];
      data[r--] = t;
    }
  }
  if (left < r) {
    cudaStream_t s;
    cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    quicksort<<<1, 1, 0, s>>>(data, left, r, depth + 1);
    cudaStreamDestroy(s);
  }
  if (l < right) {
    cudaStream_t s;
    cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    quicksort<<<1, 1, 0, s>>>(data, l, right, depth + 1);
    cudaStreamDestroy(s);
  }
}

__global__ void check(int *data, int n, int wrong) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i + 1 < n)
    assert(data[i] <= data[i + 1] + wrong);
}
__global__ void whole(Shape **shapes, int n, double *total, int *data, int m, int wrong) {
  make<<<(n + 31) / 32, 32>>>(shapes, n);
  sum<<<1, 64>>>(shapes, n, total);
  quicksort<<<1, 1>>>(data, 0, m - 1, 0);
  check<<<dim3((m + 127) / 128), dim3(128), 0, cudaStreamTailLaunch>>>(data, m, wrong);
}
