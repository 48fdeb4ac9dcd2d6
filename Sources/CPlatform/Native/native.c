// What the machine gives on Linux and macOS. In C, since the two spell it differently, and for the
// calling convention of the hook.
#if !defined(__wasm__)
#define _GNU_SOURCE
#include "platform.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// At a fixed distance from the thread's own address, so that no function has to look for it.
#if defined(__linux__)
__attribute__((tls_model("initial-exec")))
#endif
static _Thread_local struct webble_thread_slots slots;

struct webble_thread_slots *webble_this_threads_slots(void) { return &slots; }

uint32_t webble_thread_number(void) {
  static _Atomic uint32_t last;
  if (slots.number == 0) slots.number = atomic_fetch_add(&last, 4) + 4;
  return slots.number;
}

/// Native workers take turns in a loop of their own and need not be asked.
void webble_schedule_turn(void *worker) { (void)worker; }

// The futex

#if defined(__APPLE__)
// What macOS has had since 11, long before `os_sync_wait_on_address` (14.4), which is made of it.
extern int __ulock_wait2(uint32_t operation, void *address, uint64_t value, uint64_t timeout_ns,
                         uint64_t value2);
extern int __ulock_wake(uint32_t operation, void *address, uint64_t wake_value);
enum { compare_and_wait = 1, wake_all = 0x100, no_errno = 0x1000000 };

uint32_t webble_futex_notify(const void *word, uint32_t count) {
  // One call wakes one or all; it does not say how many there were.
  if (count == UINT32_MAX) {
    return __ulock_wake(compare_and_wait | wake_all | no_errno, (void *)word, 0) >= 0;
  }
  uint32_t woken = 0;
  while (woken < count && __ulock_wake(compare_and_wait | no_errno, (void *)word, 0) >= 0) woken++;
  return woken;
}

int webble_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
  // 0 stands for no limit there.
  uint64_t limit = timeout_ns < 0 ? 0 : timeout_ns == 0 ? 1 : (uint64_t)timeout_ns;
  int result = __ulock_wait2(compare_and_wait | no_errno, (void *)word, expected, limit, 0);
  if (result >= 0) return 0;
  return result == -ETIMEDOUT ? 2 : 1;
}
#else
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>

uint32_t webble_futex_notify(const void *word, uint32_t count) {
  int limit = count > INT32_MAX ? INT32_MAX : (int)count;
  long woken = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, limit, NULL, NULL, 0);
  return woken < 0 ? 0 : (uint32_t)woken;
}

int webble_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
  struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  long result = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected,
                        timeout_ns < 0 ? NULL : &timeout, NULL, 0);
  if (result == 0) return 0;
  return errno == ETIMEDOUT ? 2 : 1;
}
#endif

int64_t webble_monotonic_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * (int64_t)1000000000 + time.tv_nsec;
}

uint32_t webble_processor_count(void) {
#if defined(__linux__)
  // What `taskset` and containers leave of the processors. Machines with more than 1,024 of them need a
  // larger set, which the call refuses to fill.
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return (uint32_t)CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : (uint32_t)count;
}

// Threads

struct start {
  void (*body)(void *argument);
  void *argument;
  char name[16];
};

static void *run(void *pointer) {
  struct start start = *(struct start *)pointer;
  free(pointer);
#if defined(__APPLE__)
  pthread_setname_np(start.name);
#else
  pthread_setname_np(pthread_self(), start.name);
#endif
  start.body(start.argument);
  return NULL;
}

int webble_start_thread(void (*body)(void *argument), void *argument, size_t stack_size,
                        const char *name) {
  struct start *start = malloc(sizeof *start);
  if (!start) return ENOMEM;
  start->body = body;
  start->argument = argument;
  strncpy(start->name, name, sizeof start->name - 1);
  start->name[sizeof start->name - 1] = 0;

  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (!error) {
    error = pthread_attr_setstacksize(&attributes, stack_size);
    if (!error) error = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    if (!error) error = pthread_create(&thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
  }
  if (error) free(start);
  return error;
}

static _Atomic uint32_t fork_count;

static void count_fork(void) { atomic_fetch_add(&fork_count, 1); }

static void watch_forks(void) { pthread_atfork(NULL, NULL, count_fork); }

uint32_t webble_fork_count(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_forks);
  return atomic_load(&fork_count);
}

/// `webble run` forwards each line when it is written, and the last before a crash, too. A pipe would get
/// them thousands of bytes at a time.
__attribute__((constructor)) static void write_lines_at_once(void) {
  if (getenv("WEBBLE_WRITE_LINES")) setvbuf(stdout, NULL, _IOLBF, 0);
}

// The global executor

typedef __attribute__((swiftcall)) void (*original_enqueue)(void *job);

static _Atomic(bool (*)(void *)) global_enqueue;

static __attribute__((swiftcall)) void hook(void *job, original_enqueue original) {
  bool (*enqueue)(void *) = atomic_load_explicit(&global_enqueue, memory_order_acquire);
  if (!enqueue || !enqueue(job)) original(job);
}

/// Of Swift's concurrency library. Weak, so that one without it is no reason not to link.
extern void *swift_task_enqueueGlobal_hook __attribute__((weak));

bool webble_set_global_enqueue(bool (*enqueue)(void *job)) {
  if (!&swift_task_enqueueGlobal_hook) return false;
  atomic_store_explicit(&global_enqueue, enqueue, memory_order_release);
  if (enqueue) __atomic_store_n(&swift_task_enqueueGlobal_hook, (void *)hook, __ATOMIC_RELEASE);
  return true;
}

extern __attribute__((swiftcall)) void swift_task_enqueueGlobal(void *job) __attribute__((weak));

void webble_enqueue_globally(void *job) { swift_task_enqueueGlobal(job); }
#endif
