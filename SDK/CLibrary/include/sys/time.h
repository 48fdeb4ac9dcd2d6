#ifndef _WEBBLE_SYS_TIME_H
#define _WEBBLE_SYS_TIME_H
#include <sys/types.h>
#ifdef __cplusplus
extern "C" {
#endif

struct timeval {
  time_t tv_sec;
  suseconds_t tv_usec;
};
/// The time since 1970, UTC. The second argument has to be null.
int gettimeofday(struct timeval *time, void *zone);

#ifdef __cplusplus
}
#endif
#endif
