/* See wrap.h. */
#include "hostrt/wrap/wrap.h"

CORDON_WRAP_GRAPH(cudaGraphLaunch)
