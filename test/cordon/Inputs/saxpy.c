// A kernel and its host in one file, with intrinsics by asm label, as any C compiler can name them.
typedef struct { unsigned x, y, z; } extent;
extern int cudaLaunchKernel(const void *, extent, extent, void **, unsigned long, void *);
extern int cudaMalloc(void **, unsigned long);
unsigned tid(void) __asm__("llvm.nvvm.read.ptx.sreg.tid.x");
unsigned ctaid(void) __asm__("llvm.nvvm.read.ptx.sreg.ctaid.x");
unsigned ntid(void) __asm__("llvm.nvvm.read.ptx.sreg.ntid.x");

static void saxpy(float a, const float *x, float *y, int n) {
  int i = ctaid() * ntid() + tid();
  if (i < n)
    y[i] += a * x[i];
}

int main(void) {
  float a = 2, *x = 0, *y = 0;
  int n = 1000;
  cudaMalloc((void **)&x, n * sizeof(float));
  cudaMalloc((void **)&y, n * sizeof(float));
  void *args[] = {&a, &x, &y, &n};
  extent grid = {4, 1, 1}, block = {256, 1, 1};
  return cudaLaunchKernel((const void *)saxpy, grid, block, args, 0, 0) != 0;
}
