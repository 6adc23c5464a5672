// Containers, strings, dynamic_cast, typeid and strtod do on the GPU what they do on the host: the same function runs on
// both, without optimization and below C++20, where most of libstdc++ is called and not inlined.
// BUILD: {cordon_clang} -std=c++17 -O0 {src} -o {out} -lm
// CASE: run
// EXPECT: containers: 64 threads agree with the host
#ifndef HOST_ONLY
#include <cordon/device.h>
#endif
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <vector>

struct Shape {
  virtual ~Shape() {}
  virtual double area() const = 0;
};
struct Named {
  std::string name;
  virtual ~Named() {}
};
struct Square : Shape {
  double side;
  explicit Square(double s) : side(s) {}
  double area() const override { return side * side; }
};
struct Tagged : Square, virtual Named {
  explicit Tagged(double s) : Square(s) { name = "tagged"; }
};

static unsigned long fold(unsigned long hash, unsigned long v) { return (hash ^ v) * 1099511628211ul; }
static unsigned long fold(unsigned long hash, const std::string &s) {
  for (char c : s)
    hash = fold(hash, (unsigned long)c);
  return fold(hash, s.size());
}

static unsigned long strings(unsigned seed) {
  std::string s = "number " + std::to_string(seed * 1234567u), t = s.substr(3, 9);
  s += t;
  s.insert(2, "xyz").replace(1, 3, "replaced by something longer than what fits");
  t.append(seed % 40, 'q').erase(2, 2);
  t.resize(t.size() + 3, '-');
  unsigned long hash = fold(fold(14695981039346656037ul, s), t);
  hash = fold(fold(hash, s.find("by")), s.rfind('m'));
  hash = fold(fold(hash, t.find_first_of("q-")), t.find_last_not_of("-q"));
  hash = fold(fold(hash, s.compare(t) < 0), s < t);
  hash = fold(hash, std::stoi(std::to_string(seed + 17)));
  char text[64];
  snprintf(text, sizeof text, "%.17g %5d|%-8s|%#x", seed / 7.0, (int)seed, "ab", seed);
  double back = std::strtod(text, nullptr);
  return fold(fold(hash, text), back == seed / 7.0);
}

static unsigned long maps(unsigned seed) {
  std::map<int, std::string> names;
  std::set<int> numbers;
  std::multimap<int, int> many;
  std::unordered_map<std::string, int> table;
  unsigned r = seed * 2654435761u + 1;
  for (int i = 0; i < 60; ++i) {
    r = r * 1664525u + 1013904223u;
    int v = r >> 24;
    names[v % 20] = std::to_string(i);
    if (i % 3)
      numbers.insert(v);
    else if (!numbers.empty())
      numbers.erase(numbers.begin());
    many.emplace(v % 5, i);
    ++table[std::to_string(v % 30)];
    if (i % 7 == 0)
      table.erase(std::to_string(v % 10));
  }
  names.erase(names.begin());
  unsigned long hash = 1, sum = 0;
  for (auto it = names.rbegin(); it != names.rend(); ++it)
    hash = fold(fold(hash, it->first), it->second);
  for (int n : numbers)
    hash = fold(hash, n);
  for (auto &p : many)
    hash = fold(hash, p.first * 100 + p.second);
  for (auto &p : table) // its order is the library's own affair
    sum += fold(p.second, p.first);
  return fold(fold(hash, sum), names.count(7) + numbers.size() + many.count(3));
}

static unsigned long others(unsigned seed) {
  std::list<int> l;
  std::vector<int> v(20);
  std::iota(v.begin(), v.end(), (int)seed);
  std::reverse(v.begin() + 3, v.end());
  std::sort(v.begin(), v.end(), [](int a, int b) { return a % 7 < b % 7 || (a % 7 == b % 7 && a < b); });
  for (int i : v)
    (i % 2 ? l.push_back(i) : l.push_front(i));
  l.sort();
  l.reverse();
  l.remove(4);
  unsigned long hash = 2;
  for (int i : l)
    hash = fold(hash, i);
  std::function<int(int)> add = [&](int x) { return x + v[3]; };
  auto shared = std::make_shared<std::vector<int>>(3, add(2));
  std::weak_ptr<std::vector<int>> weak = shared;
  std::optional<int> o = weak.lock() ? std::optional<int>(weak.lock()->at(1)) : std::nullopt;
  hash = fold(hash, o.value_or(-1) + shared.use_count());

  std::unique_ptr<Shape> shape(seed % 2 ? (Shape *)new Tagged(seed) : new Square(2));
  hash = fold(hash, (unsigned long)shape->area());
  if (auto *named = dynamic_cast<Named *>(shape.get())) {
    hash = fold(hash, named->name);
    hash = fold(hash, dynamic_cast<Square *>(named) == shape.get());
  }
  Shape &any = *shape;
  hash = fold(hash, typeid(any) == typeid(Tagged));
  hash = fold(hash, std::string(typeid(any).name()));
  div_t q = div((int)seed - 30, 7);
  return fold(hash, q.quot * 10 + q.rem);
}

static unsigned long all(unsigned seed) { return strings(seed) ^ maps(seed) * 3 ^ others(seed) * 5; }

#ifdef HOST_ONLY // prints what the harness prints after a launch
int main() {
  printf("arg0[0..64) =");
  for (int i = 0; i < 64; ++i)
    printf(" %lu", all(i));
  printf("\n");
}
#else
__global__ void work(unsigned long *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = all(i);
}

int main() {
  enum { N = 64 };
  unsigned long *out;
  int right = 0, n = N;
  if (cudaMallocManaged((void **)&out, N * sizeof *out, cudaMemAttachGlobal))
    return 77;
  cudaDeviceSetLimit(cudaLimitStackSize, 64 << 10); // ptxas cannot know how deep indirect calls go
  cudaError_t e = cordon::launch(work, dim3(2), dim3(32), 0, nullptr, out, n);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess) {
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
    return 1;
  }
  for (int i = 0; i < N; ++i)
    if (out[i] == all(i))
      ++right;
    else
      fprintf(stderr, "thread %d: %lx, not %lx\n", i, out[i], all(i));
  printf("containers: %d threads agree with the host\n", right);
  return right != N;
}
#endif
