// The kernels that running speed is measured on, in one source for nvcc, clang CUDA and Cordon, C and C++: memory-bound,
// libdevice math, shared-memory tiles, atomics, shuffles and votes, branches, integer, half, register-heavy.
#pragma once

#define INDEX (blockIdx.x * blockDim.x + threadIdx.x)
#if defined(__cplusplus)
#define KERNEL extern "C" __global__ void
#else
#define KERNEL __global__ void
#endif

KERNEL copy(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = a[i];
}
KERNEL triad(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = a[i] + 3.0f * c[i];
}
KERNEL stride(const float *a, float *b, const float *c, int n) {
  for (int i = INDEX; i < n; i += gridDim.x * blockDim.x)
    b[i] = a[i] * c[i] + 1.0f;
}
KERNEL stencil(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= 2 && i < n - 2)
    b[i] = 0.1f * a[i - 2] + 0.2f * a[i - 1] + 0.4f * a[i] + 0.2f * a[i + 1] + 0.1f * a[i + 2];
}
KERNEL gather(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = a[(i * 7919u) % (unsigned)n];
}
KERNEL exponential(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = expf(-a[i]) * logf(1.0f + a[i]);
}
KERNEL trigonometry(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = sinf(a[i] * 10.0f) * cosf(c[i] * 10.0f);
}
KERNEL power(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = powf(a[i] + 0.5f, c[i]);
}
KERNEL doubles(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    b[i] = (float)(exp((double)a[i]) + sqrt((double)c[i]) / (1.0 + a[i]));
}
KERNEL blackScholes(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  float S = 10 + a[i] * 90, X = 1 + c[i] * 99, T = 0.25f + a[i] * 9, R = 0.02f, V = 0.3f;
  float sq = sqrtf(T), d1 = (logf(S / X) + (R + 0.5f * V * V) * T) / (V * sq), d2 = d1 - V * sq;
  float n1 = 0.5f * erfcf(-d1 * 0.70710678f), n2 = 0.5f * erfcf(-d2 * 0.70710678f);
  b[i] = S * n1 - X * expf(-R * T) * n2;
}
KERNEL matmul(const float *a, float *b, const float *c, int n) {
  // 512 x 512, tiles of 16 x 16 in one-dimensional blocks of 256.
  __shared__ float ta[16][16];
  __shared__ float tb[16][16];
  const int w = 512;
  int tx = threadIdx.x % 16, ty = threadIdx.x / 16;
  int row = (blockIdx.x / (w / 16)) * 16 + ty, col = (blockIdx.x % (w / 16)) * 16 + tx;
  float sum = 0;
  for (int k = 0; k < w; k += 16) {
    ta[ty][tx] = a[row * w + k + tx];
    tb[ty][tx] = c[(k + ty) * w + col];
    __syncthreads();
    for (int j = 0; j < 16; ++j)
      sum += ta[ty][j] * tb[j][tx];
    __syncthreads();
  }
  b[row * w + col] = sum;
}
KERNEL transpose(const float *a, float *b, const float *c, int n) {
  __shared__ float tile[32][33];
  const int w = 4096;
  int tx = threadIdx.x % 32, ty = threadIdx.x / 32, bx = blockIdx.x % (w / 32), by = blockIdx.x / (w / 32);
  for (int j = 0; j < 32; j += 8)
    tile[ty + j][tx] = a[(by * 32 + ty + j) * w + bx * 32 + tx];
  __syncthreads();
  for (int j = 0; j < 32; j += 8)
    b[(bx * 32 + ty + j) * w + by * 32 + tx] = tile[tx][ty + j];
}
KERNEL blockReduce(const float *a, float *b, const float *c, int n) {
  __shared__ float tile[256];
  int t = threadIdx.x;
  float v = 0;
  for (int i = INDEX; i < n; i += gridDim.x * blockDim.x)
    v += a[i];
  tile[t] = v;
  __syncthreads();
  for (int d = 128; d; d /= 2) {
    if (t < d)
      tile[t] += tile[t + d];
    __syncthreads();
  }
  if (t == 0)
    b[blockIdx.x] = tile[0];
}
KERNEL warpReduce(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  float v = i < n ? a[i] : 0;
  for (int d = 16; d; d /= 2)
    v += __shfl_xor_sync(0xffffffffu, v, d);
  if (i < n && threadIdx.x % 32 == 0)
    b[i / 32] = v;
}
KERNEL warpScan(const float *a, float *b, const float *c, int n) {
  int i = INDEX, lane = threadIdx.x % 32;
  float v = i < n ? a[i] : 0;
  for (int d = 1; d < 32; d *= 2) {
    float u = __shfl_up_sync(0xffffffffu, v, d);
    if (lane >= d)
      v += u;
  }
  if (i < n)
    b[i] = v;
}
KERNEL votes(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  unsigned sum = 0;
  float v = i < n ? a[i] : 0;
  for (int k = 0; k < 64; ++k)
    sum += __popc(__ballot_sync(0xffffffffu, v > k * 0.015f));
  if (i < n)
    b[i] = sum;
}
KERNEL histogram(const float *a, float *b, const float *c, int n) {
  __shared__ unsigned bins[256];
  bins[threadIdx.x] = 0;
  __syncthreads();
  for (int i = INDEX; i < n; i += gridDim.x * blockDim.x)
    atomicAdd(&bins[(unsigned)(a[i] * 255.0f)], 1u);
  __syncthreads();
  atomicAdd((unsigned *)b + threadIdx.x, bins[threadIdx.x]);
}
KERNEL globalAtomics(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    atomicAdd((unsigned *)b + (i * 37u) % 65536u, 1u);
}
KERNEL mandelbrot(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  float cr = -2 + 3 * (i % 4096) / 4096.0f, ci = -1 + 2 * (i / 4096) / 4096.0f, zr = 0, zi = 0;
  int k = 0;
  while (k < 200 && zr * zr + zi * zi < 4) {
    float t = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = t;
    ++k;
  }
  b[i] = k;
}
KERNEL branches(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  float v = a[i];
  switch ((int)(v * 8)) {
  case 0: v = v * 2; break;
  case 1: v = v + c[i]; break;
  case 2: v = sqrtf(v); break;
  case 3: v = 1 / v; break;
  case 4: v = v * v * v; break;
  case 5: v = v - c[i]; break;
  default: v = -v;
  }
  b[i] = v;
}
KERNEL hashing(const float *a, float *b, const float *c, int n) {
  unsigned i = INDEX, h = i;
  for (int k = 0; k < 64; ++k) {
    h ^= h >> 16;
    h *= 0x7feb352du;
    h ^= h >> 15;
    h *= 0x846ca68bu;
    h ^= (h << 7) | (h >> 25);
  }
  if (i < (unsigned)n)
    b[i] = (float)(h >> 8);
}
KERNEL division(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  unsigned long long v = (unsigned long long)i * 6364136223846793005ull + 1, s = 0;
  for (int k = 1; k < 16; ++k)
    s += v / (unsigned)(i % 97 + k) + v % (unsigned)(k + 3);
  b[i] = (float)(s & 0xffff);
}
KERNEL registers(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  float r[32];
  for (int k = 0; k < 32; ++k)
    r[k] = a[(i + k) % n];
  for (int round = 0; round < 16; ++round)
    for (int k = 0; k < 32; ++k)
      r[k] = r[k] * r[(k + 7) % 32] + r[(k + 13) % 32];
  float s = 0;
  for (int k = 0; k < 32; ++k)
    s += r[k];
  b[i] = s;
}
KERNEL nbody(const float *a, float *b, const float *c, int n) {
  __shared__ float xs[256];
  __shared__ float ys[256];
  int i = INDEX;
  float x = a[i], y = c[i], fx = 0, fy = 0;
  for (int base = 0; base < 8192; base += 256) {
    xs[threadIdx.x] = a[base + threadIdx.x];
    ys[threadIdx.x] = c[base + threadIdx.x];
    __syncthreads();
    for (int j = 0; j < 256; ++j) {
      float dx = xs[j] - x, dy = ys[j] - y, inv = 1.0f / sqrtf(dx * dx + dy * dy + 0.01f);
      float s = inv * inv * inv;
      fx += dx * s;
      fy += dy * s;
    }
    __syncthreads();
  }
  b[i] = fx + fy;
}
KERNEL montecarlo(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  unsigned s = i * 747796405u + 2891336453u;
  int hits = 0;
  for (int k = 0; k < 256; ++k) {
    s = s * 1664525u + 1013904223u;
    float x = (s >> 8) * (1.0f / 16777216.0f);
    s = s * 1664525u + 1013904223u;
    float y = (s >> 8) * (1.0f / 16777216.0f);
    hits += x * x + y * y < 1;
  }
  if (i < n)
    b[i] = hits;
}
KERNEL bitonic(const float *a, float *b, const float *c, int n) {
  __shared__ float tile[256];
  int t = threadIdx.x;
  tile[t] = a[INDEX];
  __syncthreads();
  for (int k = 2; k <= 256; k *= 2)
    for (int j = k / 2; j; j /= 2) {
      int o = t ^ j;
      if (o > t && ((t & k) == 0) == (tile[t] > tile[o])) {
        float s = tile[t];
        tile[t] = tile[o];
        tile[o] = s;
      }
      __syncthreads();
    }
  b[INDEX] = tile[t];
}

// Two floats as a pair of halves; floats travel as words, since host compilers give "f" a meaning of their own.
static __device__ inline unsigned halves(float low, float high) {
  unsigned pair;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "r"(__float_as_int(high)), "r"(__float_as_int(low)));
  return pair;
}
// Braces are PTX's own for nvcc; in x86 assembly they name dialects unless they are escaped.
#if defined(__CUDACC__)
#define GROUP(REGISTERS) "{" REGISTERS "}"
#else
#define GROUP(REGISTERS) "%{" REGISTERS "%}"
#endif
KERNEL tensorCores(const float *a, float *b, const float *c, int n) {
  // 512 x 512: each warp 16 rows and 8 columns, a tile of 16 x 16 and one of 16 x 8 at a time.
  const int w = 512;
  int warp = INDEX / 32, lane = threadIdx.x % 32, row = warp / (w / 8) * 16 + lane / 4, col = warp % (w / 8) * 8;
  unsigned d0 = 0, d1 = 0, d2 = 0, d3 = 0;
  for (int k = lane % 4 * 2; k < w; k += 16) {
    const float *p = a + row * w + k, *q = c + k * w + col + lane / 4;
    unsigned a0 = halves(p[0], p[1]), a1 = halves(p[8 * w], p[8 * w + 1]);
    unsigned a2 = halves(p[8], p[9]), a3 = halves(p[8 * w + 8], p[8 * w + 9]);
    unsigned b0 = halves(q[0], q[w]), b1 = halves(q[8 * w], q[9 * w]);
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 " GROUP("%0,%1,%2,%3") ", " GROUP("%4,%5,%6,%7")
                 ", " GROUP("%8,%9") ", " GROUP("%0,%1,%2,%3") ";"
                 : "+r"(d0), "+r"(d1), "+r"(d2), "+r"(d3)
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
  }
  float *out = b + row * w + col + lane % 4 * 2;
  out[0] = __int_as_float(d0);
  out[1] = __int_as_float(d1);
  out[8 * w] = __int_as_float(d2);
  out[8 * w + 1] = __int_as_float(d3);
}
KERNEL halfs(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  unsigned x = halves(a[i], c[i]), y = halves(c[i], a[i]), z = halves(0.25f, 0.125f), s = z;
  for (int k = 0; k < 64; ++k) {
    asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(s) : "r"(s), "r"(x), "r"(z));
    asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(s) : "r"(s), "r"(y), "r"(z));
  }
  b[i] = (float)(s & 0x7fff);
}
KERNEL floatAtomics(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    atomicAdd(b + (i * 37u) % 65536u, (float)(i % 8));
}
KERNEL voteSearch(const float *a, float *b, const float *c, int n) {
  // Lanes that agree with each lane in turn, for as many turns as the warp's first value says.
  int i = INDEX;
  unsigned v = i < n ? (unsigned)(a[i] * 64.0f) : 0, turns = __shfl_sync(0xffffffffu, v, 0), count = 0;
  for (unsigned k = 0; k < turns; ++k)
    count += __popc(__ballot_sync(0xffffffffu, v > k)) & 7;
  if (i < n)
    b[i] = count;
}
typedef struct Quad {
  unsigned w[8];
} __attribute__((aligned(16))) Quad;
KERNEL structs(const float *a, float *b, const float *c, int n) {
  int i = INDEX;
  if (i < n)
    ((Quad *)b)[i] = ((const Quad *)a)[i];
}
KERNEL polygon(const float *a, float *b, const float *c, int n) {
  // Which points lie in a polygon of 64 corners: a branch for each edge.
  int i = INDEX;
  if (i >= n)
    return;
  float x = a[i], y = a[(i + 7919) % n];
  int inside = 0;
  for (int k = 0, j = 63; k < 64; j = k++) {
    float xk = c[k], yk = c[k + 64], xj = c[j], yj = c[j + 64];
    if ((yk > y) != (yj > y) && x < (xj - xk) * (y - yk) / (yj - yk) + xk)
      inside = !inside;
  }
  b[i] = inside;
}
typedef struct Pair {
  float x, y;
} __attribute__((aligned(8))) Pair;
KERNEL corners(const float *a, float *b, const float *c, int n) {
  // Eight points of each thread and a polygon of 256 corners; a guard for each point before and behind the loop.
  int i = blockIdx.x * 2048 + threadIdx.x, inside[8];
  const Pair *points = (const Pair *)a, *corner = (const Pair *)c;
  Pair at[8];
  for (int k = 0; k < 8; ++k) {
    inside[k] = 0;
    at[k].x = at[k].y = 0;
    if (i + k * 256 < n)
      at[k] = points[i + k * 256];
  }
  Pair from = corner[255];
  for (int j = 0; j < 256; ++j) {
    Pair to = corner[j];
    float slope = (from.x - to.x) / (from.y - to.y);
    for (int k = 0; k < 8; ++k)
      if ((to.y > at[k].y) != (from.y > at[k].y) && at[k].x < slope * (at[k].y - to.y) + to.x)
        inside[k] = !inside[k];
    from = to;
  }
  for (int k = 0; k < 8; ++k)
    if (i + k * 256 < n)
      b[i + k * 256] = inside[k];
}
typedef struct Words {
  unsigned w[4];
} __attribute__((aligned(16))) Words;
KERNEL wideCopies(const float *a, float *b, const float *c, int n) {
  // Rows of 16-bit elements through shared memory, 16 bytes at a time.
  __shared__ unsigned short tile[64][40];
  int t = threadIdx.x, row = t / 4, column = t % 4 * 8, at = blockIdx.x * 256 + t;
  *(Words *)&tile[row][column] = ((const Words *)a)[at];
  __syncthreads();
  ((Words *)b)[at] = *(const Words *)&tile[63 - row][column];
}
KERNEL countBits(const float *a, float *b, const float *c, int n) {
  // One by one, as long as there are any, and all of a word.
  int i = INDEX;
  if (i >= n)
    return;
  unsigned x = ((const unsigned *)a)[i], y = ((const unsigned *)c)[i];
  int set = 0, all = 0;
  for (; x; ++set)
    x &= x - 1;
  for (int k = 0; k < 32; ++k, y >>= 1)
    all += y & 1;
  b[i] = set + 64 * all;
}
KERNEL forces(const float *a, float *b, const float *c, int n) {
  // As many partners as the number of points says; a root, a division and a polynomial for each.
  int i = INDEX, partners = n / 32;
  float x = a[i], y = c[i], fx = 0, fy = 0;
  for (int j = 0; j < partners; ++j) {
    float dx = a[j] - x, dy = c[j] - y, r = dx * dx + dy * dy, f = r + 0.05f;
    f = (r < 0.5f) * (1.0f / (f * sqrtf(f)) - (0.27f + r * (-0.075f + r * (0.0115f + r * -0.001f))));
    fx += f * dx;
    fy += f * dy;
  }
  b[i] = fx + fy;
}
KERNEL window(const float *a, float *b, const float *c, int n) {
  // A filter of nine taps, each from the tile where it lies there, else from memory.
  __shared__ float tile[256];
  int i = INDEX, t = threadIdx.x;
  tile[t] = a[i];
  __syncthreads();
  float sum = 0;
  for (int k = 0; k < 9; ++k) {
    int at = i + k - 4, here = t + k - 4;
    if (at >= 0 && at < n)
      sum += (here >= 0 && here < 256 ? tile[here] : a[at]) * c[k];
  }
  b[i] = sum;
}
