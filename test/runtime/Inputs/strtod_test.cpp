// strtod and strtof against the host's: corner cases, then random texts of every length, numbers half way between two.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

extern "C" double rt_strtod(const char *, char **);
extern "C" float rt_strtof(const char *, char **);

static int failures;
template <typename T> static void compare(const char *s, T host, T own, const char *e1, const char *e2) {
  bool same = (host != host && own != own) || !memcmp(&host, &own, sizeof(T));
  if ((!same || e1 != e2) && ++failures < 20)
    printf("'%s': %a, not %a, %ld, not %ld\n", s, (double)own, (double)host, (long)(e2 - s), (long)(e1 - s));
}
static void check(const std::string &text) {
  const char *s = text.c_str();
  char *e1, *e2;
  double host = strtod(s, &e1), own = rt_strtod(s, &e2);
  compare(s, host, own, e1, e2);
  float hostFloat = strtof(s, &e1), ownFloat = rt_strtof(s, &e2);
  compare(s, hostFloat, ownFloat, e1, e2);
}

int main() {
  for (const char *s :
       {"0", "-0", "1", "1e", "1e+", ".5", "5.", ".", "-.", "+.e1", "inf", "-INFINITY", "infin", "nan", "nan(123)", "nan(",
        "nanx", "0x", "0x.", "0x1p", "0x1.8p3", "0x1.fffffffffffff8p0", "0x.8", "0x1p-1074", "0x1p-1075", "0x1.8p-1075",
        "0x1p1024", "1e400", "1e-400", "  12abc", "", "abc", "2.2250738585072011e-308", "4.9e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623158e308", "1.7976931348623159e308",
        "9007199254740993", "9007199254740992.9999", "1e99999999999999", "0e99999", "0.000000000e-99999", "1e-99999", "1x",
        "0x1g", "3.40282357e38", "1.17549435e-38", "1.4e-45", "0.7e-45", "1e23", "8.5e22"})
    check(s);
  std::mt19937_64 random(1);
  char b[1200];
  for (int i = 0; i < 20000; ++i) {
    uint64_t bits = random();
    double d;
    memcpy(&d, &bits, 8);
    switch (i % 5) {
    case 0:
      snprintf(b, sizeof b, "%.*e", (int)(random() % 25), d);
      break;
    case 1:
      snprintf(b, sizeof b, "%.*g", (int)(random() % 800), d);
      break;
    case 2:
      snprintf(b, sizeof b, "%.*a", (int)(random() % 20), d);
      break;
    case 3: {
      long double half = ((long double)d + nextafter(d, INFINITY)) / 2;
      snprintf(b, sizeof b, "%.1100Lg", half);
      break;
    }
    default: {
      std::string s;
      for (int j = random() % 900 + 1; j; --j)
        s += '0' + random() % 10;
      if (random() % 2)
        s.insert(random() % s.size(), ".");
      check(s + "e" + std::to_string((int)(random() % 1400) - 1000));
      continue;
    }
    }
    check(b);
  }
  printf("%d failures\n", failures);
}
