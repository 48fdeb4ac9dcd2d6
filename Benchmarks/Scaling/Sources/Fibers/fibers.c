#include "fibers.h"

#include <setjmp.h>
#include <stdlib.h>
#include <ucontext.h>

_Thread_local void *scaling_core;

/// makecontext starts a fiber; afterwards setjmp and longjmp do, which make no system calls.
struct fiber {
  jmp_buf place;
  ucontext_t start;
  void *stack;
  int has_started;
};

enum { stack_size = 256 * 1024 };

_Bool fibers_are_sanitized(void) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
  return 1;
#endif
#endif
  return 0;
}

struct fiber *fiber_of_thread(void) {
  struct fiber *fiber = calloc(1, sizeof *fiber);
  fiber->has_started = 1;
  return fiber;
}

struct fiber *fiber_make(void (*body)(void)) {
  struct fiber *fiber = calloc(1, sizeof *fiber);
  fiber->stack = malloc(stack_size);
  getcontext(&fiber->start);
  fiber->start.uc_stack.ss_sp = fiber->stack;
  fiber->start.uc_stack.ss_size = stack_size;
  makecontext(&fiber->start, body, 0);
  return fiber;
}

void fiber_free(struct fiber *fiber) {
  free(fiber->stack);
  free(fiber);
}

void fiber_switch(struct fiber *from, struct fiber *to) {
  if (_setjmp(from->place)) return;
  if (to->has_started) _longjmp(to->place, 1);
  to->has_started = 1;
  setcontext(&to->start);
}
