#include "blocking.h"

#include <errno.h>

#include "runtime.h"

int webble_wait(unsigned *word, unsigned expected, clockid_t clock, const struct timespec *deadline) {
  long long rest = -1;
  if (deadline) {
    struct timespec now;
    clock_gettime(clock, &now);
    rest = (deadline->tv_sec - now.tv_sec) * 1000000000 + (deadline->tv_nsec - now.tv_nsec);
    if (rest <= 0) return ETIMEDOUT;
  }
  if (may_block()) return webble_futex_wait(word, expected, rest) == 2 ? ETIMEDOUT : 0;
  webble_spin_hint();
  return 0;
}
