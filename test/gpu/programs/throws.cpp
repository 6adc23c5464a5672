// What C++ throws on the device reaches the host: type, text, thread, line; and what does not throw runs on.
// CASE: fine
// EXPECT: sum 4950, area 12.0, guarded 1
// CASE: text text
// STATUS: nonzero
// EXPECT: kernel 'work\(.*thread \(3,0,0\): std::runtime_error: too big
// CASE: at at
// STATUS: nonzero
// EXPECT: std::out_of_range: vector::_M_range_check: __n \(which is 100\) >= this->size\(\) \(which is 100\)
// CASE: int int
// STATUS: nonzero
// EXPECT: exception.*thread \(3,0,0\).*int
// CASE: pure pure
// STATUS: nonzero
// EXPECT: pure virtual function called
// CASE: memory memory
// STATUS: nonzero
// EXPECT: bad_alloc
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

#include <cuda_runtime_api.h>

#include <cordon/device.h>

enum Fault { Fine, Text, At, Int, Pure, Memory };

struct Shape {
  float Side;
  __host__ __device__ explicit Shape(float S) : Side(S) {}
  __host__ __device__ virtual float area() const = 0;
  __host__ __device__ float twice() const { return 2 * area(); }
};
struct Square : Shape {
  using Shape::Shape;
  __host__ __device__ float area() const override { return Side * Side; }
};
struct Result {
  int Sum, Guarded;
  float Area;
};

static __device__ int guarded() {
  static int Count = [] { return 1; }();
  return Count;
}

// What a call of a pure virtual function calls.
extern "C" __device__ void __cxa_pure_virtual();

__global__ void work(Result *R, int What) {
  int I = threadIdx.x;
  std::vector<int> V;
  for (int K = 0; K < 100; ++K)
    V.push_back(K);
  int Sum = 0;
  for (int X : V)
    Sum += X;
  if (I == 3) {
    if (What == Text)
      throw std::runtime_error("too big");
    if (What == At)
      Sum = V.at(What * 50);
    if (What == Int)
      throw 5;
    if (What == Pure)
      __cxa_pure_virtual();
    if (What == Memory)
      Sum = *new (std::align_val_t(64)) int[size_t(1) << 50];
    Shape *S = new Square(2);
    R->Area = S->twice() + S->area();
    delete static_cast<Square *>(S);
    R->Sum = Sum;
    R->Guarded = guarded();
  }
}

int main(int Argc, char **Argv) {
  const char *Names[] = {"fine", "text", "at", "int", "pure", "memory"};
  int What = 0;
  for (int I = 0; Argc > 1 && I < 6; ++I)
    if (!strcmp(Argv[1], Names[I]))
      What = I;
  Result *Device, R = {};
  cudaMalloc((void **)&Device, sizeof(R));
  void *Args[] = {&Device, &What};
  cudaLaunchKernel((void *)work, dim3{1, 1, 1}, dim3{8, 1, 1}, Args, 0, nullptr);
  cudaError_t E = cudaMemcpy(&R, Device, sizeof(R), cudaMemcpyDeviceToHost);
  if (E == cudaSuccess)
    printf("sum %d, area %.1f, guarded %d\n", R.Sum, R.Area, R.Guarded);
  else
    printf("%s\n", cudaGetErrorString(E));
}
