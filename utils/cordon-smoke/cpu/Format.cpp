//===- cpu/Format.cpp - vprintf as device code calls it -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each conversion is handed to the host's snprintf with one argument read from the buffer. Variadic promotion has
// happened: integers take 4 or 8 bytes, floating-point numbers 8.
//===----------------------------------------------------------------------===//

#include "Format.h"
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace cordon::smoke::cpu {

namespace {
class Arguments {
public:
  explicit Arguments(const char *B) : Base(B) {}
  template <typename T> T next() {
    Offset = (Offset + sizeof(T) - 1) & ~(sizeof(T) - 1);
    T V = {};
    if (Base)
      std::memcpy(&V, Base + Offset, sizeof(T));
    Offset += sizeof(T);
    ++Count;
    return V;
  }
  int Count = 0;

private:
  const char *Base;
  size_t Offset = 0;
};

template <typename T> void put(std::string &Out, const std::string &Spec, T V) {
  char Small[256];
  int N = snprintf(Small, sizeof(Small), Spec.c_str(), V);
  if (N < 0)
    return;
  if (size_t(N) < sizeof(Small)) {
    Out.append(Small, N);
    return;
  }
  std::string Large(N + 1, 0);
  snprintf(&Large[0], Large.size(), Spec.c_str(), V);
  Out.append(Large, 0, N);
}
} // namespace

int formatDevice(std::string &Out, const char *Format, const char *Args) {
  Arguments A(Args);
  if (!Format)
    return -1;
  for (const char *P = Format; *P;) {
    if (*P != '%') {
      Out += *P++;
      continue;
    }
    if (P[1] == '%') {
      Out += '%';
      P += 2;
      continue;
    }
    const char *Start = P++;
    std::string Spec = "%";
    while (*P && std::strchr("-+ #0", *P))
      Spec += *P++;
    auto Number = [&] {
      if (*P == '*') {
        Spec += std::to_string(A.next<int32_t>());
        ++P;
      }
      while (*P >= '0' && *P <= '9')
        Spec += *P++;
    };
    Number();
    if (*P == '.') {
      Spec += *P++;
      Number();
    }
    bool Wide = false;
    while (*P && std::strchr("hljztq", *P)) {
      Wide |= *P != 'h'; // long is 8 bytes on device and host
      if (*P == 'h')
        Spec += 'h';
      ++P;
    }
    char C = *P;
    if (!C) {
      Out.append(Start);
      break;
    }
    ++P;
    if (std::strchr("diouxXc", C)) {
      if (Wide && C != 'c')
        put(Out, Spec + "ll" + C, A.next<long long>());
      else
        put(Out, Spec + C, A.next<int32_t>());
    } else if (std::strchr("eEfFgGaA", C)) {
      put(Out, Spec + C, A.next<double>());
    } else if (C == 's') {
      const char *S = A.next<const char *>();
      put(Out, Spec + C, S ? S : "(null)");
    } else if (C == 'p') {
      put(Out, Spec + C, A.next<void *>());
    } else {
      Out.append(Start, P - Start);
    }
  }
  return A.Count;
}

} // namespace cordon::smoke::cpu
