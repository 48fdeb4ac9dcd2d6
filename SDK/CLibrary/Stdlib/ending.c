/// The ways to end a program. Each ends all its threads.
#include <stdlib.h>
#include <unistd.h>

#include "runtime.h"

extern void webble_flush_lines(void);

__attribute__((noreturn)) static void end(int status) {
  // Hands the main thread what this one has printed; it is written before the end is reported.
  webble_flush_lines();
  webble_js_exit(status);
}

/// What `atexit` was given, last first. The lock is held for moments only.
struct handler { void (*function)(void); struct handler *next; };
static struct handler *handlers;
static unsigned lock;

static void acquire(void) {
  while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) {}
}
static void release(void) { __atomic_store_n(&lock, 0, __ATOMIC_RELEASE); }

int atexit(void (*function)(void)) {
  struct handler *handler = malloc(sizeof *handler);
  if (!handler) return -1;
  acquire();
  *handler = (struct handler){function, handlers};
  handlers = handler;
  release();
  return 0;
}

/// Each handler runs once, without the lock: it may register others, or call `exit` itself.
void exit(int status) {
  for (;;) {
    acquire();
    struct handler *handler = handlers;
    if (handler) handlers = handler->next;
    release();
    if (!handler) end(status);
    handler->function();
  }
}

int at_quick_exit(void (*function)(void)) {
  (void)function;
  return -1;
}
void quick_exit(int status) { end(status); }
void _Exit(int status) { end(status); }
void _exit(int status) { end(status); }
