/// The compiler's own limits.h has those of C's types, and either may be found first.
#ifndef _WEBBLE_LIMITS_H
#define _WEBBLE_LIMITS_H
#if __has_include_next(<limits.h>)
#include_next <limits.h>
#endif
#define SSIZE_MAX __INTPTR_MAX__
#define PATH_MAX 4096
#define NAME_MAX 255
#define IOV_MAX 1024
#define _POSIX_PATH_MAX 256
#define PTHREAD_KEYS_MAX 128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_STACK_MIN 16384
#endif
