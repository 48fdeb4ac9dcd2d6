#ifndef _WEBBLE_MEMORY_H
#define _WEBBLE_MEMORY_H
#include <string.h>
#endif
