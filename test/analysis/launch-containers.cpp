// Addresses that are kept on the heap are followed to launches, at -O0 too: containers that grow, lists, members; what
// another container of the same type holds is no kernel.
// REQUIRES: host-x86_64
// RUN: clang++ --target=x86_64-unknown-linux-gnu -std=c++17 -O0 -S -emit-llvm %s -o %t.0.ll
// RUN: clang++ --target=x86_64-unknown-linux-gnu -std=c++17 -O2 -S -emit-llvm %s -o %t.2.ll
// RUN: %cordon-opt -passes="cordon-detect<format=json;level=remark>" -disable-output %t.0.ll 2>/dev/null | FileCheck %s
// RUN: %cordon-opt -passes="cordon-detect<format=json;level=remark>" -disable-output %t.2.ll 2>/dev/null | FileCheck %s
// CHECK: "kernels": [
// CHECK-NEXT: "grown",
// CHECK-NEXT: "iterated",
// CHECK-NEXT: "listed",
// CHECK-NEXT: "member"
// CHECK-NEXT: ],
extern "C" int cudaLaunchKernel(const void *, unsigned long, unsigned, unsigned long, unsigned, void **, unsigned long, void *);
typedef void (*Function)(int *);
static void launch(Function F) { cudaLaunchKernel((const void *)F, 1, 1, 1, 1, nullptr, 0, nullptr); }
extern "C" {
void grown(int *) {}
void iterated(int *) {}
void listed(int *) {}
void member(int *) {}
void called(int *P) { *P = 1; }
void called_too(int *P) { *P = 2; }
}

class Functions {
  Function *First = nullptr, *Last = nullptr, *End = nullptr;
  Function *allocate(unsigned long N) { return N ? static_cast<Function *>(::operator new(N * sizeof(Function))) : nullptr; }
  void grow() {
    unsigned long Size = Last - First;
    Function *New = allocate(2 * Size + 1), *At = New;
    for (Function *From = First; From != Last; ++From)
      *At++ = *From;
    First = New;
    Last = At;
    End = New + 2 * Size + 1;
  }

public:
  void push(const Function &F) {
    if (Last == End)
      grow();
    *Last++ = F;
  }
  Function &operator[](int I) { return *(First + I); }
  Function *begin() { return First; }
  Function *end() { return Last; }
};

void useGrown() {
  Functions Kernels, Others;
  Kernels.push(grown);
  Others.push(called);
  launch(Kernels[0]);
  int X;
  Others[0](&X);
}
void useIterated() {
  Functions Kernels;
  Kernels.push(iterated);
  for (Function F : Kernels)
    launch(F);
}
struct Node {
  Node *Next;
  Function F;
};
void useList(int N) {
  Node *Head = nullptr;
  for (int I = 0; I < N; ++I)
    Head = new Node{Head, listed};
  for (Node *At = Head; At; At = At->Next)
    launch(At->F);
}
void useMember() {
  Node *A = new Node{nullptr, member}, *B = new Node{nullptr, called_too};
  launch(A->F);
  int X;
  B->F(&X);
}
