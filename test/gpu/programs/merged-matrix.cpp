// The program of matrix as CUDA, both sides merged into one module before optimization.
// NEEDS: clang++ cccl
// BUILD: python3 {dir}/Inputs/merge_cuda.py {out}.bc {src} {cuda_clang} -I{cuda_include}/cccl --cuda-gpu-arch=sm_90 -Xclang -disable-llvm-passes
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_90>,default<O2>" {out}.bc -o {out}.host.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.host.bc -o {out}.o
// BUILD: clang++ {out}.o {link} -lstdc++ -o {out}
// SANITIZE: memcheck
// CASE: run
// EXPECT: wmma right
// EXPECT: mma right
// EXPECT: tensor copy right
#include "matrix.cpp"
