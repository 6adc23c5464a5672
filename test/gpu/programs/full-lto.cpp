// A kernel that calls what another file defines: full LTO, with the plugin in ld.lld.
// NEEDS: ld.lld
// BUILD: clang++ -flto -O2 -I{root}/include -I{cuda_include} -c {src} -o {out}.a.o
// BUILD: clang++ -flto -O1 -I{root}/include -I{cuda_include} -c {dir}/../../e2e/Inputs/cross-b.cpp -o {out}.b.o
// BUILD: clang++ -flto -fuse-ld=lld {out}.a.o {out}.b.o -Wl,--load-pass-plugin={plugin} -Wl,-mllvm,-load={plugin} -Wl,-mllvm,-cordon-arch={arch} {link} -o {out}
// CASE: run
#include "../../e2e/Inputs/cross-a.cpp"
