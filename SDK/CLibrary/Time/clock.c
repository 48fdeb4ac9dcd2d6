/// Clocks.
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

static void split(double milliseconds, struct timespec *result) {
  double seconds = __builtin_floor(milliseconds / 1000);
  result->tv_sec = (time_t)seconds;
  long nanoseconds = (long)((milliseconds - seconds * 1000) * 1e6);
  result->tv_nsec = nanoseconds < 0 ? 0 : nanoseconds > 999999999 ? 999999999 : nanoseconds;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
  if (clock < CLOCK_REALTIME || clock > CLOCK_THREAD_CPUTIME_ID) {
    errno = EINVAL;
    return -1;
  }
  split(clock == CLOCK_REALTIME ? webble_js_wall_clock() : webble_js_now(), result);
  return 0;
}

int clock_getres(clockid_t clock, struct timespec *result) {
  if (result) *result = (struct timespec){0, clock == CLOCK_REALTIME ? 1000000 : 5000};
  return 0;
}

int timespec_get(struct timespec *result, int base) {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, result);
  return base;
}

time_t time(time_t *result) {
  time_t now = (time_t)__builtin_floor(webble_js_wall_clock() / 1000);
  if (result) *result = now;
  return now;
}

int gettimeofday(struct timeval *time, void *zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

clock_t clock(void) { return (clock_t)(webble_js_now() * 1000); }
double difftime(time_t later, time_t earlier) { return (double)(later - earlier); }
