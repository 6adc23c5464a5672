// The classic patterns of device code, each checked on the host: scan, bitonic sort, compaction, histogram, last-block
// reduction, recursion, tables of functions, dynamic shared memory, transposition, votes and matches, math.
// CASE: run
// EXPECT: scan right
// EXPECT: sort right
// EXPECT: compact right
// EXPECT: histogram right
// EXPECT: reduce right
// EXPECT: recursion right
// EXPECT: table right
// EXPECT: dynamic right
// EXPECT: transpose right
// EXPECT: match right
// EXPECT: math right
// EXPECT: 11 of 11 right
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 1 << 14, B = 256 };

// Inclusive scan of each block by Hillis and Steele.
__global__ void scan(const int *in, int *out) {
  __shared__ int tile[2][B];
  int t = threadIdx.x, i = blockIdx.x * B + t, from = 0;
  tile[0][t] = in[i];
  __syncthreads();
  for (int d = 1; d < B; d *= 2) {
    tile[!from][t] = tile[from][t] + (t >= d ? tile[from][t - d] : 0);
    from = !from;
    __syncthreads();
  }
  out[i] = tile[from][t];
}

__global__ void bitonicSort(int *data) {
  __shared__ int tile[B];
  int t = threadIdx.x;
  tile[t] = data[blockIdx.x * B + t];
  __syncthreads();
  for (int k = 2; k <= B; k *= 2)
    for (int j = k / 2; j; j /= 2) {
      int other = t ^ j;
      if (other > t && ((t & k) == 0) == (tile[t] > tile[other])) {
        int swap = tile[t];
        tile[t] = tile[other];
        tile[other] = swap;
      }
      __syncthreads();
    }
  data[blockIdx.x * B + t] = tile[t];
}

// Stream compaction, one atomic for each warp.
__global__ void compact(const int *in, int *out, int *count, int n) {
  int i = blockIdx.x * B + threadIdx.x, lane = threadIdx.x % 32, base = 0;
  int keep = i < n && in[i] % 3 == 0;
  unsigned votes = __ballot_sync(0xffffffffu, keep);
  if (lane == 0)
    base = atomicAdd(count, __popc(votes));
  base = __shfl_sync(0xffffffffu, base, 0);
  if (keep)
    out[base + __popc(votes & ((1u << lane) - 1))] = in[i];
}

__global__ void histogram(const int *in, unsigned *bins, int n) {
  __shared__ unsigned local[64];
  for (int b = threadIdx.x; b < 64; b += blockDim.x)
    local[b] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    atomicAdd(&local[in[i] & 63], 1u);
  __syncthreads();
  for (int b = threadIdx.x; b < 64; b += blockDim.x)
    atomicAdd(&bins[b], local[b]);
}

__device__ unsigned blocksDone;

// The last block to finish adds up what the others left: fences and a ticket.
__global__ void reduce(const int *in, int *partial, int *result) {
  __shared__ int tile[B];
  static __shared__ int last;
  int t = threadIdx.x;
  tile[t] = in[blockIdx.x * B + t];
  __syncthreads();
  for (int d = B / 2; d; d /= 2) {
    if (t < d)
      tile[t] += tile[t + d];
    __syncthreads();
  }
  if (t == 0) {
    *(volatile int *)&partial[blockIdx.x] = tile[0];
    __threadfence();
    last = atomicInc(&blocksDone, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (last && t == 0) {
    int sum = 0;
    for (unsigned b = 0; b < gridDim.x; ++b)
      sum += *(volatile int *)&partial[b];
    *result = sum;
  }
}

static __device__ __attribute__((noinline)) int ackermann(int m, int n) {
  if (m == 0)
    return n + 1;
  if (n == 0)
    return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}
__global__ void recursion(int *out) { out[threadIdx.x] = ackermann(2, threadIdx.x % 4); }

static __device__ int twice(int x) { return 2 * x; }
static __device__ int squared(int x) { return x * x; }
static __device__ int negated(int x) { return -x; }
typedef int function(int);
static function *const functions[3] = {twice, squared, negated};
__global__ void table(int *out) { out[threadIdx.x] = functions[threadIdx.x % 3](threadIdx.x); }

__global__ void dynamic(int *data) {
  CORDON_DYNAMIC_SHARED(int, tile);
  tile[threadIdx.x] = data[threadIdx.x];
  __syncthreads();
  data[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

__global__ void transpose(const float *in, float *out, int w) {
  __shared__ float tile[16][17];
  int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 16 + threadIdx.y;
  tile[threadIdx.y][threadIdx.x] = in[y * w + x];
  __syncthreads();
  out[(blockIdx.x * 16 + threadIdx.y) * w + blockIdx.y * 16 + threadIdx.x] = tile[threadIdx.x][threadIdx.y];
}

__global__ void matches(unsigned *out) {
  unsigned t = threadIdx.x;
  out[t] = __match_any_sync(0xffffffffu, t / 5);
  if (t & 1)
    out[t] += __any_sync(__activemask(), t == 31);
}

__global__ void math(double *d, float *f) {
  int i = threadIdx.x;
  double x = 0.1 + i * 0.25;
  d[i] = sin(x) + exp(-x) * pow(x, 1.5) + atan2(x, 2.0) + fmod(x * 7, 3.0) + cbrt(x) + lgamma(x + 1);
  f[i] = sinf((float)x) + expf((float)-x) + powf((float)x, 1.5f) + tanhf((float)x) + log1pf((float)x);
}

static void *device(size_t bytes) {
  void *p = 0;
  if (cudaMalloc(&p, bytes)) {
    fprintf(stderr, "cudaMalloc: %s\n", cudaGetErrorString(cudaGetLastError()));
    exit(3);
  }
  cudaMemset(p, 0, bytes);
  return p;
}
static void up(void *to, const void *from, size_t n) { cudaMemcpy(to, from, n, cudaMemcpyHostToDevice); }
static void down(void *to, const void *from, size_t n) { cudaMemcpy(to, from, n, cudaMemcpyDeviceToHost); }
static void run(void *kernel, dim3 grid, dim3 block, void **args, size_t shared) {
  cudaError_t e = cudaLaunchKernel(kernel, grid, block, args, shared, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess) {
    fprintf(stderr, "launch: %s\n", cudaGetErrorString(e));
    exit(3);
  }
}
static int rightCount;
static void verdict(const char *name, int wrong) {
  printf("%s %s\n", name, wrong ? "WRONG" : "right");
  rightCount += !wrong;
}
static int compareInts(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int in[N], out[N], expected[N];

int main(void) {
  int *a = device(sizeof in), *b = device(sizeof in), *c = device(sizeof in), n = N - 7, wrong = 0;
  for (int i = 0; i < N; ++i)
    in[i] = (i * 7919) % 10007;
  dim3 blocks = {N / B, 1, 1}, threads = {B, 1, 1}, one = {1, 1, 1};

  up(a, in, sizeof in);
  run((void *)scan, blocks, threads, (void *[]){&a, &b}, 0);
  down(out, b, sizeof out);
  for (int i = 0, sum = 0; i < N; ++i) {
    sum = i % B ? sum + in[i] : in[i];
    wrong |= out[i] != sum;
  }
  verdict("scan", wrong);

  run((void *)bitonicSort, blocks, threads, (void *[]){&a}, 0);
  down(out, a, sizeof out);
  for (int i = 0; i < N; ++i)
    expected[i] = in[i];
  wrong = 0;
  for (int i = 0; i < N; i += B)
    qsort(expected + i, B, sizeof(int), compareInts);
  for (int i = 0; i < N; ++i)
    wrong |= out[i] != expected[i];
  verdict("sort", wrong);

  int count = 0, want = 0;
  up(a, in, sizeof in);
  run((void *)compact, blocks, threads, (void *[]){&a, &b, &c, &n}, 0);
  down(&count, c, sizeof count);
  down(out, b, sizeof out);
  for (int i = 0; i < n; ++i)
    if (in[i] % 3 == 0)
      expected[want++] = in[i];
  wrong = count != want;
  if (!wrong) {
    qsort(expected, want, sizeof(int), compareInts);
    qsort(out, want, sizeof(int), compareInts);
    for (int i = 0; i < want; ++i)
      wrong |= out[i] != expected[i];
  }
  verdict("compact", wrong);

  unsigned bins[64], wantBins[64] = {0}, *dbins = device(sizeof bins);
  run((void *)histogram, (dim3){13, 1, 1}, threads, (void *[]){&a, &dbins, &n}, 0);
  down(bins, dbins, sizeof bins);
  for (int i = 0; i < n; ++i)
    wantBins[in[i] & 63]++;
  wrong = 0;
  for (int i = 0; i < 64; ++i)
    wrong |= bins[i] != wantBins[i];
  verdict("histogram", wrong);

  int sum = 0, result[2];
  for (int i = 0; i < N; ++i)
    sum += in[i];
  for (int round = 0; round < 2; ++round) {
    run((void *)reduce, blocks, threads, (void *[]){&a, &b, &c}, 0);
    down(&result[round], c, sizeof(int));
  }
  verdict("reduce", result[0] != sum || result[1] != sum);

  run((void *)recursion, one, (dim3){32, 1, 1}, (void *[]){&b}, 0);
  down(out, b, 32 * sizeof(int));
  wrong = 0;
  for (int i = 0; i < 32; ++i)
    wrong |= out[i] != 2 * (i % 4) + 3;
  verdict("recursion", wrong);

  run((void *)table, one, (dim3){96, 1, 1}, (void *[]){&b}, 0);
  down(out, b, 96 * sizeof(int));
  wrong = 0;
  for (int i = 0; i < 96; ++i)
    wrong |= out[i] != (i % 3 == 0 ? 2 * i : i % 3 == 1 ? i * i : -i);
  verdict("table", wrong);

  up(a, in, sizeof in);
  run((void *)dynamic, one, (dim3){128, 1, 1}, (void *[]){&a}, 128 * sizeof(int));
  down(out, a, 128 * sizeof(int));
  wrong = 0;
  for (int i = 0; i < 128; ++i)
    wrong |= out[i] != in[127 - i];
  verdict("dynamic", wrong);

  enum { W = 64 };
  float m[W * W], mt[W * W], *dm = device(sizeof m), *dt = device(sizeof m);
  int w = W;
  for (int i = 0; i < W * W; ++i)
    m[i] = i;
  up(dm, m, sizeof m);
  run((void *)transpose, (dim3){W / 16, W / 16, 1}, (dim3){16, 16, 1}, (void *[]){&dm, &dt, &w}, 0);
  down(mt, dt, sizeof mt);
  wrong = 0;
  for (int i = 0; i < W * W; ++i)
    wrong |= mt[i] != m[i % W * W + i / W];
  verdict("transpose", wrong);

  run((void *)matches, one, (dim3){32, 1, 1}, (void *[]){&b}, 0);
  down(out, b, 32 * sizeof(int));
  wrong = 0;
  for (unsigned i = 0; i < 32; ++i) {
    unsigned mask = 0;
    for (unsigned j = 0; j < 32; ++j)
      mask |= (unsigned)(j / 5 == i / 5) << j;
    wrong |= (unsigned)out[i] != mask + (i & 1);
  }
  verdict("match", wrong);

  double d[32], *dd = device(sizeof d);
  float f[32], *df = device(sizeof f);
  run((void *)math, one, (dim3){32, 1, 1}, (void *[]){&dd, &df}, 0);
  down(d, dd, sizeof d);
  down(f, df, sizeof f);
  wrong = 0;
  for (int i = 0; i < 32; ++i) {
    double x = 0.1 + i * 0.25;
    double wantD = sin(x) + exp(-x) * pow(x, 1.5) + atan2(x, 2.0) + fmod(x * 7, 3.0) + cbrt(x) + lgamma(x + 1);
    float wantF = sinf((float)x) + expf((float)-x) + powf((float)x, 1.5f) + tanhf((float)x) + log1pf((float)x);
    wrong |= fabs(d[i] - wantD) > 1e-12 * fabs(wantD) || fabsf(f[i] - wantF) > 2e-6f * fabsf(wantF);
  }
  verdict("math", wrong);
  printf("%d of 11 right\n", rightCount);
  return rightCount != 11;
}
