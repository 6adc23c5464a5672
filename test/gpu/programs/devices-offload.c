// The program of devices in a relocatable build, where LLVM's link registers its variables.
// NEEDS: clang-linker-wrapper nvlink
// BUILD: {cordon_clang} -O2 -mllvm -cordon-as=offload -c {src} -o {out}.o
// BUILD: {cordon_clang} --offload-link {device_cuda} {out}.o -o {out}
// CASE: run
// EXPECT: devices [1-9][0-9]*: right
#include "devices.c"
