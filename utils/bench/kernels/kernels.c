/* The kernels as plain C, through Cordon. */
#include <cordon/device.h>
#include <math.h>
#include "kernels.h"
