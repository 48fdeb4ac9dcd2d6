/// Threads of execution that take turns on one thread of the system's. C, because Swift can
/// neither call setjmp nor declare what is local to a thread.
#ifndef SCALING_FIBERS_H
#define SCALING_FIBERS_H

#include <stdint.h>

struct fiber;

/// A fiber for the thread that calls this, as it runs.
struct fiber *fiber_of_thread(void);
/// A fiber that calls `body`, which must not return, on a stack of its own when first switched to.
struct fiber *fiber_make(void (*body)(void));
/// Frees a fiber that does not run.
void fiber_free(struct fiber *fiber);
/// Leaves `from`, the one that runs, for `to`. Returns when somebody switches back.
void fiber_switch(struct fiber *from, struct fiber *to);

/// Whether the thread sanitizer looks on, which knows nothing of fibers.
_Bool fibers_are_sanitized(void);

/// What the current thread counts with.
extern _Thread_local void *scaling_core;
static inline void *scaling_get_core(void) { return scaling_core; }
static inline void scaling_set_core(void *core) { scaling_core = core; }

/// The system's own, see Package.swift.
uint32_t system_futex_notify(const void *word, uint32_t count);
int system_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns);

#endif
