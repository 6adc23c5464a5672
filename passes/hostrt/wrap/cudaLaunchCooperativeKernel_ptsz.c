/* See wrap.h. */
#include "hostrt/wrap/wrap.h"

CORDON_WRAP_LAUNCH(cudaLaunchCooperativeKernel_ptsz)
