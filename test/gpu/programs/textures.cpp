// Texture and surface objects: linear filtering, layers, reads of integers, writes through a surface that a
// texture reads afterwards.
// CASE: run
// EXPECT: filtered right
// EXPECT: linear memory right
// EXPECT: layers right
// EXPECT: surface right
#include "Inputs/both.h"
#include <cmath>

#ifdef __CUDA__
__device__ float sample(cudaTextureObject_t t, float x, float y) { return tex2D<float>(t, x, y); }
__device__ int fetch(cudaTextureObject_t t, int i) { return tex1Dfetch<int>(t, i); }
__device__ float2 layer(cudaTextureObject_t t, float x, float y, int l) { return tex2DLayered<float2>(t, x, y, l); }
__device__ void put(cudaSurfaceObject_t s, int x, int y, float v) { surf2Dwrite(v, s, x * 4, y); }
__device__ float get(cudaSurfaceObject_t s, int x, int y) { return surf2Dread<float>(s, x * 4, y); }
#else
// By LLVM's names: the result is a struct.
struct FourFloats {
  float x, y, z, w;
};
struct FourInts {
  int x, y, z, w;
};
extern "C" {
FourFloats tex_2d(cudaTextureObject_t, float, float) __asm__("llvm.nvvm.tex.unified.2d.v4f32.f32");
FourFloats tex_layer(cudaTextureObject_t, int, float, float) __asm__("llvm.nvvm.tex.unified.2d.array.v4f32.f32");
FourInts tex_1d(cudaTextureObject_t, int) __asm__("llvm.nvvm.tex.unified.1d.v4s32.s32");
void sust_2d(cudaSurfaceObject_t, int, int, int) __asm__("llvm.nvvm.sust.b.2d.i32.trap");
int suld_2d(cudaSurfaceObject_t, int, int) __asm__("llvm.nvvm.suld.2d.i32.trap");
}
__device__ float sample(cudaTextureObject_t t, float x, float y) { return tex_2d(t, x, y).x; }
__device__ int fetch(cudaTextureObject_t t, int i) { return tex_1d(t, i).x; }
__device__ float2 layer(cudaTextureObject_t t, float x, float y, int l) {
  FourFloats v = tex_layer(t, l, x, y);
  return {v.x, v.y};
}
__device__ void put(cudaSurfaceObject_t s, int x, int y, float v) { sust_2d(s, x * 4, y, __float_as_int(v)); }
__device__ float get(cudaSurfaceObject_t s, int x, int y) { return __int_as_float(suld_2d(s, x * 4, y)); }
#endif

const int W = 64, H = 32;

__global__ void shrink(cudaTextureObject_t t, float *out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
  out[y * W / 2 + x] = sample(t, 2 * x + 1, 2 * y + 1);
}
__global__ void gather(cudaTextureObject_t t, int *out) { out[threadIdx.x] = fetch(t, (threadIdx.x * 7) % 64); }
__global__ void stacked(cudaTextureObject_t t, float *out) {
  int l = threadIdx.x / 4, i = threadIdx.x % 4;
  float2 v = layer(t, i + 0.5f, 1.5f, l);
  out[2 * threadIdx.x] = v.x;
  out[2 * threadIdx.x + 1] = v.y;
}
__global__ void draw(cudaSurfaceObject_t s) { put(s, threadIdx.x, blockIdx.x, threadIdx.x * 100 + blockIdx.x); }
__global__ void redraw(cudaSurfaceObject_t s) {
  put(s, threadIdx.x, blockIdx.x, get(s, threadIdx.x, blockIdx.x) + 0.5f);
}

static cudaTextureObject_t texture(const cudaResourceDesc &resource, cudaTextureFilterMode filter, cudaTextureReadMode read) {
  cudaTextureObject_t t = 0;
  cudaTextureDesc how = {};
  how.addressMode[0] = how.addressMode[1] = cudaAddressModeClamp;
  how.filterMode = filter;
  how.readMode = read;
  MUST(cudaCreateTextureObject(&t, &resource, &how, nullptr));
  return t;
}

int main() {
  cudaChannelFormatDesc one = {32, 0, 0, 0, cudaChannelFormatKindFloat}, two = {32, 32, 0, 0, cudaChannelFormatKindFloat};
  static float image[H][W], back[H][W];
  for (int y = 0; y < H; ++y)
    for (int x = 0; x < W; ++x)
      image[y][x] = x * y;
  cudaArray_t array;
  MUST(cudaMallocArray(&array, &one, W, H, cudaArraySurfaceLoadStore));
  MUST(cudaMemcpy2DToArray(array, 0, 0, image, sizeof image[0], sizeof image[0], H, cudaMemcpyHostToDevice));
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeArray;
  resource.res.array.array = array;
  cudaTextureObject_t smooth = texture(resource, cudaFilterModeLinear, cudaReadModeElementType);
  float *out = managed<float>(W * H);
  MUST(launch(shrink, dim3(1, H / 2), dim3(W / 2), 0, nullptr, smooth, out));
  MUST(cudaDeviceSynchronize());
  bool right = true;
  for (int y = 0; y < H / 2; ++y)
    for (int x = 0; x < W / 2; ++x) {
      float want = (image[2 * y][2 * x] + image[2 * y][2 * x + 1] + image[2 * y + 1][2 * x] + image[2 * y + 1][2 * x + 1]) / 4;
      right = right && fabsf(out[y * W / 2 + x] - want) <= 0.01f + want / 256;
    }
  verdict("filtered", right);

  int *numbers = managed<int>(64), *gathered = managed<int>(64);
  for (int i = 0; i < 64; ++i)
    numbers[i] = -i * 1000003;
  cudaResourceDesc linear = {};
  linear.resType = cudaResourceTypeLinear;
  linear.res.linear.devPtr = numbers;
  linear.res.linear.desc = {32, 0, 0, 0, cudaChannelFormatKindSigned};
  linear.res.linear.sizeInBytes = 64 * sizeof(int);
  MUST(launch(gather, dim3(1), dim3(64), 0, nullptr, texture(linear, cudaFilterModePoint, cudaReadModeElementType), gathered));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int i = 0; i < 64; ++i)
    right = right && gathered[i] == -(i * 7 % 64) * 1000003;
  verdict("linear memory", right);

  float layers[3][4][4][2];
  for (int i = 0; i < 3 * 4 * 4 * 2; ++i)
    (&layers[0][0][0][0])[i] = i;
  cudaArray_t stack;
  MUST(cudaMalloc3DArray(&stack, &two, cudaExtent{4, 4, 3}, cudaArrayLayered));
  cudaMemcpy3DParms copy = {};
  copy.srcPtr = {layers, 4 * 2 * sizeof(float), 4, 4};
  copy.dstArray = stack;
  copy.extent = {4, 4, 3};
  copy.kind = cudaMemcpyHostToDevice;
  MUST(cudaMemcpy3D(&copy));
  resource.res.array.array = stack;
  MUST(launch(stacked, dim3(1), dim3(12), 0, nullptr, texture(resource, cudaFilterModePoint, cudaReadModeElementType), out));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int i = 0; i < 12; ++i)
    right = right && out[2 * i] == layers[i / 4][1][i % 4][0] && out[2 * i + 1] == layers[i / 4][1][i % 4][1];
  verdict("layers", right);

  cudaSurfaceObject_t surface = 0;
  resource.res.array.array = array;
  MUST(cudaCreateSurfaceObject(&surface, &resource));
  MUST(launch(draw, dim3(H), dim3(W), 0, nullptr, surface));
  MUST(launch(redraw, dim3(H), dim3(W), 0, nullptr, surface));
  MUST(launch(shrink, dim3(1, H / 2), dim3(W / 2), 0, nullptr, smooth, out));
  MUST(cudaMemcpy2DFromArray(back, sizeof back[0], array, 0, 0, sizeof back[0], H, cudaMemcpyDeviceToHost));
  MUST(cudaDeviceSynchronize());
  right = true;
  for (int y = 0; y < H; ++y)
    for (int x = 0; x < W; ++x)
      right = right && back[y][x] == x * 100 + y + 0.5f;
  for (int y = 0; y < H / 2; ++y)
    for (int x = 0; x < W / 2; ++x)
      right = right && fabsf(out[y * W / 2 + x] - (200 * x + 50 + 2 * y + 0.5f + 0.5f)) < 30;
  verdict("surface", right);
  return failures != 0;
}
