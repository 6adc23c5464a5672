// The program of runtime-api as CUDA, both sides merged into one module before optimization.
// NEEDS: clang++
// BUILD: python3 {dir}/Inputs/merge_cuda.py {out}.bc {src} {cuda_clang} --cuda-gpu-arch=sm_90 -Xclang -disable-llvm-passes
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch={arch}>,default<O2>" {out}.bc -o {out}.host.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.host.bc -o {out}.o
// BUILD: clang++ {out}.o {link} -o {out}
// CASE: run
// EXPECT: attributes right
// EXPECT: dynamic right
// EXPECT: occupancy right
// EXPECT: tables right
// EXPECT: graph right
// EXPECT: captured right
// EXPECT: cooperative right
// EXPECT: extended right
// EXPECT: symbols right
// EXPECT: names right
#include "runtime-api.cpp"
