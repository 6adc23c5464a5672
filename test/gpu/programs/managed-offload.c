// Managed variables in a relocatable build, where LLVM's link registers them.
// NEEDS: clang-linker-wrapper nvlink
// BUILD: {cordon_clang} -O2 -mllvm -cordon-as=offload -c {src} -o {out}.o
// BUILD: {cordon_clang} --offload-link {device_cuda} {out}.o -o {out}
// CASE: run
// EXPECT: count 5 7 71
// EXPECT: table right
// EXPECT: through pointers right
#include "managed.c"
