//===- runtime-bc/strings.cpp - std::string's members, out of line --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Below C++20, and without optimization, std::string's members are calls into libstdc++. This is the one file of the
// runtime that is compiled for the host, whose code calls it: with the host's headers and the host's calling convention.
//===----------------------------------------------------------------------===//

#include <bits/functexcept.h>

extern "C" [[noreturn]] void __cordon_packed__ZSt24__throw_out_of_range_fmtPKcz(const char *format, const void *block);

// A variadic function takes its arguments as one block here; all are of one word.
namespace std {
template <typename... Words> [[noreturn]] inline void __cordon_out_of_range(const char *format, Words... words) {
  const unsigned long block[] = {(unsigned long)words...};
  __cordon_packed__ZSt24__throw_out_of_range_fmtPKcz(format, block);
}
} // namespace std
#define __throw_out_of_range_fmt __cordon_out_of_range
#include <string>

template class std::allocator<char>;
template class std::basic_string<char>;
