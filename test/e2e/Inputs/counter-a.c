#include "counter.h"
int run_b(void);
int main(void) {
  int a = run(2), b = run_b();
  printf("%d %d\n", a, b);
  return a != 1 + 16 * 4 || b != 1 + 16 * 9;
}
