#define VALUE 100
#include "reload-lib.h"
