// Containers, dynamic_cast and typeid. It is built twice, with the host's library and with the runtime's functions in
// their place, and must print the same.
#include <cstdio>
#include <list>
#include <map>
#include <random>
#include <set>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <vector>

struct A { virtual ~A() {} int a = 1; };
struct B : A { int b = 2; };
struct C : B { int c = 3; };
struct Other { virtual ~Other() {} int o = 4; };
struct Both : C, Other { int d = 5; };
struct V1 : virtual A { int v = 6; };
struct V2 : virtual A { int w = 7; };
struct Diamond : V1, V2, Other { int e = 8; };
struct Left : A { int l = 9; };
struct Right : A { int r = 10; };
struct Twice : Left, Right { int t = 11; };
struct Hidden : private A, Other { A *base() { return this; } };
struct Deep : Diamond, Both { int z = 12; };
namespace { struct Local : A {}; }

template <typename To, typename From> static void cast(const char *what, From *p) {
  To *q = dynamic_cast<To *>(p);
  printf("%s: %ld %s\n", what, q ? (long)((char *)q - (char *)dynamic_cast<void *>(p)) : -1l, typeid(*p).name());
}
template <typename From> static void casts(const char *what, From *p) {
  printf("%s\n", what);
  cast<A>(" A", p);
  cast<B>(" B", p);
  cast<C>(" C", p);
  cast<Other>(" Other", p);
  cast<Both>(" Both", p);
  cast<V1>(" V1", p);
  cast<V2>(" V2", p);
  cast<Diamond>(" Diamond", p);
  cast<Left>(" Left", p);
  cast<Twice>(" Twice", p);
  cast<Hidden>(" Hidden", p);
  cast<Deep>(" Deep", p);
  cast<Local>(" Local", p);
}

static void rtti() {
  A a; B b; C c; Other o; Both both; Diamond diamond; Twice twice; Hidden hidden; Deep deep; Local local;
  for (A *p : std::vector<A *>{&a, &b, &c, &both, &diamond, static_cast<Left *>(&twice), static_cast<Right *>(&twice),
                               hidden.base(), static_cast<Both *>(&deep), static_cast<Diamond *>(&deep), &local})
    casts("from A", p);
  for (Other *p : std::vector<Other *>{&o, &both, &diamond, &hidden, static_cast<Both *>(&deep), static_cast<Diamond *>(&deep)})
    casts("from Other", p);
  for (V1 *p : std::vector<V1 *>{&diamond, &deep})
    casts("from V1", p);
  printf("%d %d %s %s\n", typeid(a) == typeid(A), typeid(static_cast<A &>(b)) == typeid(A), typeid(int).name(), typeid(double).name());
}

template <typename M> static void printAll(const M &m) {
  for (const auto &e : m)
    printf(" %d", e);
  for (auto it = m.end(); it != m.begin();)
    printf(" %d", *--it);
  printf("\n");
}

int main() {
  rtti();
  std::mt19937 random(7);
  std::set<int> s;
  std::multimap<int, int> mm;
  for (int i = 0; i < 20000; ++i) {
    int v = random() % 300;
    if (random() % 2)
      s.insert(v);
    else
      s.erase(v);
    if (random() % 2)
      mm.emplace(v, i);
    else if (auto it = mm.find(v); it != mm.end())
      mm.erase(it);
    if (i % 1000 == 0)
      printAll(s);
    if (s.size() > 140 && random() % 50 == 0)
      s.clear();
  }
  for (auto &p : mm)
    printf(" %d:%d", p.first, p.second);
  while (!s.empty())
    s.erase(random() % 2 ? s.begin() : std::prev(s.end()));
  printf("\n%zu %d\n", s.size(), s.begin() == s.end());

  std::list<int> l, k;
  for (int i = 0; i < 100; ++i)
    (random() % 2 ? l : k).push_back(random() % 50);
  l.sort();
  k.sort();
  l.reverse();
  l.swap(k);
  l.splice(std::next(l.begin(), 2), k, std::next(k.begin()), k.end());
  l.remove(7);
  std::list<int> none;
  none.swap(l);
  printAll(none);
  printAll(l);
  none.sort();
  none.merge(k);
  printAll(none);

  std::unordered_map<std::string, int> u;
  long sum = 0;
  for (int i = 0; i < 5000; ++i)
    u[std::to_string(i * 37)] = i;
  for (int i = 0; i < 5000; i += 3)
    u.erase(std::to_string(i * 37));
  for (auto &p : u)
    sum += p.second;
  u.rehash(20000);
  printf("%zu %ld %d %d\n", u.size(), sum, u.count("37"), u.load_factor() < 0.5);
  for (size_t n : {0, 1, 7, 8, 9, 31})
    printf("%zx\n", std::hash<std::string>()(std::string(n, 'x')));
  return 0;
}
