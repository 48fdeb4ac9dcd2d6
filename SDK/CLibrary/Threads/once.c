/// 0: not begun, 1: somebody runs it, 2: done. The store of 2 releases what the function has done.
#include <limits.h>
#include <pthread.h>

#include "blocking.h"
#include "runtime.h"

int pthread_once(pthread_once_t *once, void (*initialize)(void)) {
  for (;;) {
    unsigned state = __atomic_load_n(once, __ATOMIC_ACQUIRE);
    if (state == 2) return 0;
    if (state == 1) {
      do webble_wait(once, 1, CLOCK_REALTIME, 0);
      while (__atomic_load_n(once, __ATOMIC_ACQUIRE) == 1);
      webble_learn_of_growth();
      continue;
    }
    if (!__atomic_compare_exchange_n(once, &state, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) continue;
    webble_did_lock(once);
    initialize();
    __atomic_store_n(once, 2, __ATOMIC_RELEASE);
    webble_did_unlock(once);
    webble_futex_notify(once, UINT_MAX);
    return 0;
  }
}
