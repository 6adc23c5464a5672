// --check-heap tells what is alive at the end; with leaks that is a failure. --list names each variable's space.
// RUN: %device-cc %s -o %t.bc
// RUN: %cpu %t.bc --check-heap --kernel=leaks --block=4 | FileCheck --check-prefix=TOLD %s
// TOLD: {{^}}heap: 3 live objects of 48 bytes
// RUN: not %cpu %t.bc --check-heap=leaks --kernel=leaks --block=4 | FileCheck --check-prefix=LEAKS %s
// LEAKS: FAILED: heap: 3 live objects of 48 bytes
// LEAKS: 0 passed, 1 failed
// RUN: %cpu %t.bc --check-heap=leaks --kernel=tidy --block=4 | FileCheck --check-prefix=TIDY %s
// TIDY: heap: 0 live objects of 0 bytes
// RUN: not %cpu %t.bc --check-heap=holes --kernel=tidy 2>&1 | FileCheck --check-prefix=WRONG %s
// WRONG: error: no check 'holes'; known is leaks
// RUN: cordon-smoke --list %t.bc | FileCheck --check-prefix=LIST %s
// LIST: variable fixed: 16 bytes, constant
// LIST: variable kept: 32 bytes, global
#include "Inputs/device.h"
void *malloc(u64);
void free(void *);
__attribute__((address_space(4))) int fixed[4];
void *kept[4];
KERNEL void leaks(void) {
  kept[TID] = malloc(16 + fixed[TID]);
  if (TID == 2)
    free(kept[TID]);
}
KERNEL void tidy(void) {
  kept[TID] = malloc(16);
  free(kept[TID]);
}
