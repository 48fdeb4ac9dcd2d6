/// Blocking a worker for a time.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "../Threads/blocking.h"

int nanosleep(const struct timespec *duration, struct timespec *rest) {
  if (duration->tv_sec < 0 || duration->tv_nsec < 0 || duration->tv_nsec > 999999999) {
    errno = EINVAL;
    return -1;
  }
  if (!may_block()) {
    errno = ENOTSUP;
    return -1;
  }
  if (rest) *rest = (struct timespec){0, 0};
  unsigned word = 0;
  webble_futex_wait(&word, 0, duration->tv_sec * 1000000000 + duration->tv_nsec);
  return 0;
}

int usleep(useconds_t microseconds) {
  struct timespec duration = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
  return nanosleep(&duration, 0);
}

unsigned sleep(unsigned seconds) {
  struct timespec duration = {seconds, 0};
  return nanosleep(&duration, 0) ? seconds : 0;
}
