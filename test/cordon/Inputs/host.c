#include <stdio.h>
static int square(int x) { return x * x; }
int main(int argc, char **argv) {
  printf("%d %s\n", square(argc), argv[0]);
  return 0;
}
