/// What the module of this name is made of.
#ifndef _WEBBLE_WASI_PTHREAD_H
#define _WEBBLE_WASI_PTHREAD_H
#include <pthread.h>
#endif
