#include "platform.h"

_Thread_local struct webble_thread_slots webble_thread_slots;

#if !defined(__wasm__)
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint32_t webble_futex_notify(const void *word, uint32_t count) {
  long woken = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
  return woken < 0 ? 0 : (uint32_t)woken;
}

int webble_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
  struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  long result = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected,
                        timeout_ns < 0 ? NULL : &timeout, NULL, 0);
  if (result == 0) return 0;
  return errno == ETIMEDOUT ? 2 : 1;
}

/// Native workers take turns in a loop of their own and need not be asked.
void webble_schedule_turn(void *worker) { (void)worker; }
#endif
