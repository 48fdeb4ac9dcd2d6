/// Condition variables. A waiter reads the sequence while it holds the mutex, and sleeps only while that has not
/// changed: a signal after it has let go changes it first, so none is lost. Waiters may wake for nothing, which
/// POSIX allows. (A waiter that sleeps through exactly 2^32 signals would miss them.)
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include "blocking.h"
#include "runtime.h"

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *deadline) {
  unsigned sequence = __atomic_load_n(&condition->sequence, __ATOMIC_RELAXED), depth = mutex->depth;
  // Wholly, even if it was locked several times.
  mutex->depth = 1;
  int status = pthread_mutex_unlock(mutex);
  if (status) {
    mutex->depth = depth;
    return status;
  }
  do status = webble_wait(&condition->sequence, sequence, condition->clock, deadline);
  while (!status && !may_block()
         && __atomic_load_n(&condition->sequence, __ATOMIC_ACQUIRE) == sequence);
  pthread_mutex_lock(mutex);
  mutex->depth = depth;
  webble_learn_of_growth();
  return status;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  return pthread_cond_timedwait(condition, mutex, 0);
}

int pthread_cond_signal(pthread_cond_t *condition) {
  __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_RELEASE);
  webble_futex_notify(&condition->sequence, 1);
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
  __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_RELEASE);
  webble_futex_notify(&condition->sequence, UINT_MAX);
  return 0;
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
  *condition = (pthread_cond_t){0, attributes ? attributes->clock : CLOCK_REALTIME};
  return 0;
}
int pthread_cond_destroy(pthread_cond_t *condition) {
  (void)condition;
  return 0;
}
int pthread_condattr_init(pthread_condattr_t *attributes) {
  attributes->clock = CLOCK_REALTIME;
  return 0;
}
int pthread_condattr_destroy(pthread_condattr_t *attributes) {
  (void)attributes;
  return 0;
}
int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  attributes->clock = clock;
  return 0;
}
