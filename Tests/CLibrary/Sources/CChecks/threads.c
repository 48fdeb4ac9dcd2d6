#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "checks.h"

#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)

int check_locks(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_trylock(&mutex) == EBUSY);
  CHECK(pthread_mutex_lock(&mutex) == EDEADLK && pthread_mutex_destroy(&mutex) == EBUSY);
  CHECK(pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == EPERM);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  CHECK(pthread_mutexattr_settype(&attributes, 9) == EINVAL);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_t recursive;
  pthread_mutex_init(&recursive, &attributes);
  for (int i = 0; i < 3; i++) CHECK(pthread_mutex_lock(&recursive) == 0);
  CHECK(pthread_mutex_trylock(&recursive) == 0);
  for (int i = 0; i < 4; i++) CHECK(pthread_mutex_unlock(&recursive) == 0);
  CHECK(pthread_mutex_unlock(&recursive) == EPERM);

  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  struct timespec past = {1, 0};
  pthread_mutex_lock(&mutex);
  CHECK(pthread_cond_timedwait(&condition, &mutex, &past) == ETIMEDOUT);
  CHECK(pthread_mutex_unlock(&mutex) == 0);

  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  CHECK(pthread_rwlock_rdlock(&lock) == 0 && pthread_rwlock_tryrdlock(&lock) == 0);
  CHECK(pthread_rwlock_trywrlock(&lock) == EBUSY && pthread_rwlock_unlock(&lock) == 0);
  CHECK(pthread_rwlock_unlock(&lock) == 0 && pthread_rwlock_wrlock(&lock) == 0);
  CHECK(pthread_rwlock_tryrdlock(&lock) == EBUSY && pthread_rwlock_unlock(&lock) == 0);
  CHECK(pthread_rwlock_unlock(&lock) == EPERM);

  pthread_key_t key, other;
  CHECK(pthread_key_create(&key, 0) == 0 && pthread_getspecific(key) == 0);
  CHECK(pthread_setspecific(key, &key) == 0 && pthread_getspecific(key) == &key);
  CHECK(pthread_key_delete(key) == 0 && pthread_setspecific(key, 0) == EINVAL);
  CHECK(pthread_key_create(&other, 0) == 0 && pthread_getspecific(other) == 0 && pthread_key_delete(other) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, 0, 0) == ENOTSUP && pthread_equal(pthread_self(), pthread_self()));
  return 0;
}

static pthread_mutex_t counter_lock = PTHREAD_MUTEX_INITIALIZER;
static int counter;

void add_under_lock(int count) {
  for (int i = 0; i < count; i++) {
    pthread_mutex_lock(&counter_lock);
    counter++;
    pthread_mutex_unlock(&counter_lock);
  }
}
int locked_counter(void) { return counter; }

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate = PTHREAD_COND_INITIALIZER;
static int is_open;

void wait_at_gate(void) {
  pthread_mutex_lock(&gate_lock);
  while (!is_open) pthread_cond_wait(&gate, &gate_lock);
  pthread_mutex_unlock(&gate_lock);
}
void open_gate(void) {
  pthread_mutex_lock(&gate_lock);
  is_open = 1;
  pthread_mutex_unlock(&gate_lock);
  pthread_cond_broadcast(&gate);
}

static int calls;
static void count_call(void) { __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED); }
int initialise_once(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, count_call);
  return __atomic_load_n(&calls, __ATOMIC_RELAXED);
}

void fail_assertion(int value) { assert(value == 2 && "two"); }
void leave(int status) { exit(status); }
