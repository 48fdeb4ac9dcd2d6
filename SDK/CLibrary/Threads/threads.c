/// Threads are the pools'.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "runtime.h"

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument) {
  (void)thread, (void)attributes, (void)start, (void)argument;
  static unsigned was_said;
  if (!__atomic_exchange_n(&was_said, 1, __ATOMIC_RELAXED))
    fputs("pthread_create: C code cannot start threads here. Make a ThreadPool in Swift, and call the C code "
          "from its workers\n", stderr);
  return ENOTSUP;
}
int pthread_join(pthread_t thread, void **result) {
  (void)thread, (void)result;
  return ESRCH;
}
int pthread_detach(pthread_t thread) {
  (void)thread;
  return ESRCH;
}
pthread_t pthread_self(void) { return webble_thread_number(); }
int pthread_equal(pthread_t left, pthread_t right) { return left == right; }
int pthread_attr_init(pthread_attr_t *attributes) {
  attributes->unused = 0;
  return 0;
}
int pthread_attr_destroy(pthread_attr_t *attributes) {
  (void)attributes;
  return 0;
}
int pthread_attr_setdetachstate(pthread_attr_t *attributes, int state) {
  (void)attributes, (void)state;
  return 0;
}
int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size) {
  (void)attributes, (void)size;
  return 0;
}
