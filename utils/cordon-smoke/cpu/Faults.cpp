//===- cpu/Faults.cpp - signals of device code ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fault in device code ends the launch, not the harness.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include <csignal>
#include <ucontext.h>

namespace cordon::smoke::cpu {

static struct sigaction OldSegv, OldBus, OldFpe, OldIll, OldUsr;

/// A push or a call into the page below the stack, or the touch of a frame that is larger than what is left.
static bool nearStackPointer(void *Address, void *Machine) {
  char *Stack = nullptr;
  auto *State = static_cast<ucontext_t *>(Machine);
#if defined(__x86_64__)
  Stack = reinterpret_cast<char *>(State->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  Stack = reinterpret_cast<char *>(State->uc_mcontext.sp);
#endif
  (void)State;
  char *Hit = static_cast<char *>(Address);
  return Stack && Hit > Stack - 65536 && Hit < Stack + 65536;
}

static void onFault(int Signal, siginfo_t *Info, void *Machine) {
  Worker *W = Worker::ofThisThread();
  if (!W || !W->Current || !W->Running) {
    // Not device code: let it happen again without us.
    signal(Signal, SIG_DFL);
    return;
  }
  Launch &L = *W->Current;
  if (Signal == SIGUSR2) {
    if (L.Failed)
      W->abandon();
    return;
  }
  char Address[32];
  snprintf(Address, sizeof(Address), "0x%llx", (unsigned long long)Info->si_addr);
  std::string At = L.where(*W->Running, W->RunningThread, ~0u);
  bool Overflow = nearStackPointer(Info->si_addr, Machine);
  if (W->RunningThread && W->RunningThread->F) {
    char *Low = W->RunningThread->F->Stack;
    char *Hit = static_cast<char *>(Info->si_addr);
    Overflow |= Hit >= Low - GuardBytes && Hit < Low;
  }
  std::string What = Signal == SIGFPE   ? "integer division by zero"
                     : Signal == SIGILL ? "undefined behaviour: code that the compiler took to be unreachable was reached"
                     : Overflow         ? "stack overflow"
                                        : std::string("illegal memory access at address ") + Address;
  L.fail(What + " in " + At + (Signal == SIGSEGV && !Overflow ? " (--check names the access)" : ""));
  W->abandon();
}

FaultGuard::FaultGuard() {
  struct sigaction A = {};
  A.sa_sigaction = onFault;
  A.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&A.sa_mask);
  sigaction(SIGSEGV, &A, &OldSegv);
  sigaction(SIGBUS, &A, &OldBus);
  sigaction(SIGFPE, &A, &OldFpe);
  sigaction(SIGILL, &A, &OldIll);
  sigaction(SIGUSR2, &A, &OldUsr);
}

FaultGuard::~FaultGuard() {
  sigaction(SIGSEGV, &OldSegv, nullptr);
  sigaction(SIGBUS, &OldBus, nullptr);
  sigaction(SIGFPE, &OldFpe, nullptr);
  sigaction(SIGILL, &OldIll, nullptr);
  sigaction(SIGUSR2, &OldUsr, nullptr);
}

} // namespace cordon::smoke::cpu
