#ifndef _WEBBLE_MALLOC_H
#define _WEBBLE_MALLOC_H
#include <stdlib.h>
#endif
