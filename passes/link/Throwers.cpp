#include "link/Link.h"
namespace cordon { void bindThrowers(llvm::Module &, const RuntimeFiles &) {} }
