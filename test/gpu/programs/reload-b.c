#define VALUE 2000
#include "reload-lib.h"
