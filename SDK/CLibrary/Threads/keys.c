/// Values by thread. A key is reused only with another generation, so that a thread never sees the value that it
/// stored under a key that was deleted.
#include <errno.h>
#include <limits.h>
#include <pthread.h>

struct key { unsigned generation; };  // odd while in use
static struct key keys[PTHREAD_KEYS_MAX];
struct value { unsigned generation; void *value; };
static _Thread_local struct value values[PTHREAD_KEYS_MAX];

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
  // Workers end with their pool, without a call into C.
  (void)destructor;
  for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
    unsigned generation = __atomic_load_n(&keys[i].generation, __ATOMIC_RELAXED);
    if (!(generation & 1)
        && __atomic_compare_exchange_n(&keys[i].generation, &generation, generation + 1, 0,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
      *key = i;
      return 0;
    }
  }
  return EAGAIN;
}

static int is_valid(pthread_key_t key) {
  return key < PTHREAD_KEYS_MAX && __atomic_load_n(&keys[key].generation, __ATOMIC_ACQUIRE) & 1;
}

int pthread_key_delete(pthread_key_t key) {
  if (!is_valid(key)) return EINVAL;
  __atomic_fetch_add(&keys[key].generation, 1, __ATOMIC_RELEASE);
  return 0;
}

void *pthread_getspecific(pthread_key_t key) {
  if (!is_valid(key)) return 0;
  return values[key].generation == keys[key].generation ? values[key].value : 0;
}

int pthread_setspecific(pthread_key_t key, const void *value) {
  if (!is_valid(key)) return EINVAL;
  values[key] = (struct value){keys[key].generation, (void *)value};
  return 0;
}
