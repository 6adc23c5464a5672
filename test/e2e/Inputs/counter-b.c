#include "counter.h"
int run_b(void) { return run(3); }
