// A kernel that calls what another file defines: relocatable objects, joined by stock clang --offload-link.
// NEEDS: clang-linker-wrapper nvlink
// BUILD: {cordon_clang} -O2 -mllvm -cordon-as=offload -c {src} -o {out}.a.o
// BUILD: {cordon_clang} -O0 -mllvm -cordon-as=offload -c {dir}/../../e2e/Inputs/cross-b.cpp -o {out}.b.o
// BUILD: {cordon_clang} --offload-link {device_cuda} {out}.a.o {out}.b.o -lstdc++ -o {out}
// CASE: run
#include "../../e2e/Inputs/cross-a.cpp"
