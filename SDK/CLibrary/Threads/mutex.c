/// Mutexes: a futex word of three states (U. Drepper, Futexes are tricky, 2011, section 6). Taking the lock
/// acquires what its release released. A holder that leaves the state 2 notifies one waiter, who takes the lock
/// as 2, since there may be more.
#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "blocking.h"
#include "runtime.h"

/// Longer than any short critical section: after that the main thread says what is wrong instead of hanging.
static const double spinning_milliseconds = 1000;

static void stop_spinning(void) {
  static const char text[] =
    "the main thread must not block, and a pthread mutex stayed locked for more than a second. Hold it for "
    "moments only, or call the C code from a pool's worker";
  webble_js_fatal(text, sizeof text - 1);
}

static int take(pthread_mutex_t *mutex, const struct timespec *deadline) {
  unsigned free = 0;
  if (__atomic_compare_exchange_n(&mutex->word, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return 0;
  double start = may_block() ? 0 : webble_js_now();
  while (__atomic_exchange_n(&mutex->word, 2, __ATOMIC_ACQUIRE)) {
    if (webble_wait(&mutex->word, 2, CLOCK_REALTIME, deadline)) return ETIMEDOUT;
    if (start && !deadline && webble_js_now() - start > spinning_milliseconds) stop_spinning();
  }
  return 0;
}

static int lock(pthread_mutex_t *mutex, const struct timespec *deadline) {
  // Only this thread writes its own number there, so a stale value is never taken for it.
  unsigned self = webble_thread_number();
  if (__atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) == self) {
    if (mutex->kind == PTHREAD_MUTEX_RECURSIVE) {
      if (mutex->depth == ~0u) return EAGAIN;
      mutex->depth++;
      return 0;
    }
    // It would wait forever.
    return EDEADLK;
  }
  webble_will_lock();
  int status = take(mutex, deadline);
  if (status == 0) {
    webble_did_lock(mutex);
    webble_learn_of_growth();
    __atomic_store_n(&mutex->owner, self, __ATOMIC_RELAXED);
    mutex->depth = 1;
  }
  return status;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) { return lock(mutex, NULL); }
int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *deadline) {
  return lock(mutex, deadline);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex) {
  unsigned self = webble_thread_number(), free = 0;
  if (mutex->kind == PTHREAD_MUTEX_RECURSIVE
      && __atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) == self)
    return lock(mutex, NULL);
  webble_will_lock();
  if (!__atomic_compare_exchange_n(&mutex->word, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    return EBUSY;
  webble_did_lock(mutex);
  webble_learn_of_growth();
  __atomic_store_n(&mutex->owner, self, __ATOMIC_RELAXED);
  mutex->depth = 1;
  return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  if (__atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) != webble_thread_number()) return EPERM;
  if (--mutex->depth) return 0;
  __atomic_store_n(&mutex->owner, 0, __ATOMIC_RELAXED);
  if (__atomic_exchange_n(&mutex->word, 0, __ATOMIC_RELEASE) == 2) webble_futex_notify(&mutex->word, 1);
  webble_did_unlock(mutex);
  return 0;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  *mutex = (pthread_mutex_t){0, 0, 0, attributes ? attributes->kind : PTHREAD_MUTEX_NORMAL};
  return 0;
}
int pthread_mutex_destroy(pthread_mutex_t *mutex) {
  return __atomic_load_n(&mutex->word, __ATOMIC_RELAXED) ? EBUSY : 0;
}

int pthread_mutexattr_init(pthread_mutexattr_t *attributes) {
  attributes->kind = PTHREAD_MUTEX_NORMAL;
  return 0;
}
int pthread_mutexattr_destroy(pthread_mutexattr_t *attributes) {
  (void)attributes;
  return 0;
}
int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int kind) {
  if (kind < PTHREAD_MUTEX_NORMAL || kind > PTHREAD_MUTEX_ERRORCHECK) return EINVAL;
  attributes->kind = kind;
  return 0;
}
int pthread_mutexattr_gettype(const pthread_mutexattr_t *attributes, int *kind) {
  *kind = attributes->kind;
  return 0;
}
