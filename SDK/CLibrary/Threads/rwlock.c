/// Read-write locks out of a mutex and a condition. Writers that wait keep new readers out.
#include <errno.h>
#include <pthread.h>

#include "blocking.h"
#include "runtime.h"

int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
  (void)attributes;
  *lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
  return 0;
}
int pthread_rwlock_destroy(pthread_rwlock_t *lock) { return lock->readers ? EBUSY : 0; }

int pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
  pthread_mutex_lock(&lock->mutex);
  while (lock->readers < 0 || lock->waiting_writers) pthread_cond_wait(&lock->changed, &lock->mutex);
  lock->readers++;
  webble_did_lock(lock);
  return pthread_mutex_unlock(&lock->mutex);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
  pthread_mutex_lock(&lock->mutex);
  int is_free = lock->readers >= 0 && !lock->waiting_writers;
  if (is_free) {
    lock->readers++;
    webble_did_lock(lock);
  }
  pthread_mutex_unlock(&lock->mutex);
  return is_free ? 0 : EBUSY;
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
  pthread_mutex_lock(&lock->mutex);
  lock->waiting_writers++;
  while (lock->readers) pthread_cond_wait(&lock->changed, &lock->mutex);
  lock->waiting_writers--;
  lock->readers = -1;
  webble_did_lock(lock);
  return pthread_mutex_unlock(&lock->mutex);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
  pthread_mutex_lock(&lock->mutex);
  int is_free = !lock->readers;
  if (is_free) {
    lock->readers = -1;
    webble_did_lock(lock);
  }
  pthread_mutex_unlock(&lock->mutex);
  return is_free ? 0 : EBUSY;
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
  pthread_mutex_lock(&lock->mutex);
  int status = lock->readers ? 0 : EPERM;
  if (lock->readers) webble_did_unlock(lock);
  if (lock->readers > 0) lock->readers--;
  else lock->readers = 0;
  if (!lock->readers) pthread_cond_broadcast(&lock->changed);
  pthread_mutex_unlock(&lock->mutex);
  return status;
}

int pthread_spin_init(pthread_spinlock_t *lock, int shared) {
  (void)shared;
  *lock = 0;
  return 0;
}
int pthread_spin_destroy(pthread_spinlock_t *lock) {
  (void)lock;
  return 0;
}
int pthread_spin_trylock(pthread_spinlock_t *lock) {
  if (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE)) return EBUSY;
  webble_did_lock(lock);
  webble_learn_of_growth();
  return 0;
}
int pthread_spin_lock(pthread_spinlock_t *lock) {
  webble_will_lock();
  if (pthread_spin_trylock(lock) == 0) return 0;
  do
    while (__atomic_load_n(lock, __ATOMIC_RELAXED)) webble_spin_hint();
  while (pthread_spin_trylock(lock));
  return 0;
}
int pthread_spin_unlock(pthread_spinlock_t *lock) {
  __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
  webble_did_unlock(lock);
  return 0;
}
