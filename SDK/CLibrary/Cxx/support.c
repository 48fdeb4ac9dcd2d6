/// What compiled C++ calls, without exceptions and without type information (Itanium C++ ABI).
#include <stdint.h>

#include "../Threads/blocking.h"
#include "runtime.h"

/// Identifies the program to `__cxa_atexit`.
void *__dso_handle = 0;

/// A page has no end at which destructors of static objects could run.
int __cxa_atexit(void (*destructor)(void *), void *object, void *program) {
  (void)destructor, (void)object, (void)program;
  return 0;
}
int __cxa_thread_atexit(void (*destructor)(void *), void *object, void *program) {
  return __cxa_atexit(destructor, object, program);
}

void __cxa_pure_virtual(void) {
  static const char text[] =
    "a pure virtual function was called: from a constructor, or on an object that is gone?";
  webble_js_fatal(text, sizeof text - 1);
}
void __cxa_deleted_virtual(void) {
  static const char text[] = "a deleted virtual function was called";
  webble_js_fatal(text, sizeof text - 1);
}
void __cxa_throw_bad_array_new_length(void) {
  static const char text[] = "new[] was asked for a negative or too large count";
  webble_js_fatal(text, sizeof text - 1);
}

/// A static local variable's guard, of 32 bits on this target. The compiler reads the lowest bit before it calls:
/// whether the variable is initialised. Storing that releases what the initialiser did.
enum { FREE = 0, DONE = 1, RUNNING = 0x100, AWAITED = 0x300 };

/// 1 if the caller is to initialise the variable.
int __cxa_guard_acquire(unsigned *guard) {
  for (;;) {
    unsigned state = FREE;
    if (__atomic_compare_exchange_n(guard, &state, RUNNING, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) return 1;
    if (state == DONE) return 0;
    if (state == RUNNING
        && !__atomic_compare_exchange_n(guard, &state, AWAITED, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      continue;
    do webble_wait(guard, AWAITED, CLOCK_REALTIME, 0);
    while (__atomic_load_n(guard, __ATOMIC_ACQUIRE) == AWAITED);
    webble_learn_of_growth();
  }
}

static void leave(unsigned *guard, unsigned state) {
  if (__atomic_exchange_n(guard, state, __ATOMIC_RELEASE) == AWAITED)
    webble_futex_notify(guard, UINT32_MAX);
}
void __cxa_guard_abort(unsigned *guard) { leave(guard, FREE); }
void __cxa_guard_release(unsigned *guard) { leave(guard, DONE); }
