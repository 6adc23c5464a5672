// PTX for compute_75 alone: the driver compiles it for the GPU that is there.
// BUILD: {cordon_clang} -O2 -mllvm -cordon-arch=compute_75 {src} -o {out}
// CASE: run
// EXPECT: counter 64
// EXPECT: table right
#include "variables.c"
