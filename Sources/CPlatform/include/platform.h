/// What the scheduler and the allocator ask of the machine below: a futex, a clock, a spin hint and
/// one thread-local pointer each. wasm32 instructions in a module, Linux system calls in native tests.
#ifndef WEBBLE_PLATFORM_H
#define WEBBLE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One slot a thread. C, because Swift has no thread-local storage in Embedded mode.
struct webble_thread_slots {
  void *worker;  ///< the scheduler's Worker that runs on this thread, or null
  void *heap;    ///< the allocator's heap of this thread, or null
};

extern _Thread_local struct webble_thread_slots webble_thread_slots;

/// The address of the calling thread's instance of a thread-local variable.
///
/// An asynchronous function may go on, after a suspension, on another thread. The compiler takes such an
/// address for a constant of the whole function: it computes it once, before a branch whose sides both
/// suspend and then need it (to free a frame, say), and keeps it in the function's frame. The task would
/// go on with the memory of whatever task runs on the thread that it has left. So the address comes from
/// an instruction of which the compiler knows nothing. The test "an async read-write lock lets many read
/// or one write, across awaits" in Tests/BetweenTasks provokes it, in release builds.
#if defined(__wasm__)
#define WEBBLE_THREAD_LOCAL(variable)                                                    \
  ({                                                                                     \
    __typeof__(variable) *address;                                                       \
    __asm__ volatile(".globaltype __tls_base, i32\n"                                     \
                     "global.get __tls_base\n"                                           \
                     "i32.const " #variable "@TLSREL\n"                                  \
                     "i32.add\n"                                                         \
                     "local.set %0"                                                      \
                     : "=r"(address));                                                   \
    address;                                                                             \
  })
#else
#define WEBBLE_THREAD_LOCAL(variable) (&(variable))
#endif

static inline void *webble_current_worker(void) {
  return WEBBLE_THREAD_LOCAL(webble_thread_slots)->worker;
}
static inline void webble_set_current_worker(void *worker) {
  WEBBLE_THREAD_LOCAL(webble_thread_slots)->worker = worker;
}
static inline void *webble_current_heap(void) {
  return WEBBLE_THREAD_LOCAL(webble_thread_slots)->heap;
}
static inline void webble_set_current_heap(void *heap) {
  WEBBLE_THREAD_LOCAL(webble_thread_slots)->heap = heap;
}

/// The calling thread's: not 0, a multiple of 4, and no other running thread's.
static inline uint32_t webble_thread_number(void) {
  return (uint32_t)(uintptr_t)WEBBLE_THREAD_LOCAL(webble_thread_slots);
}

#if defined(__wasm__)

/// Wakes at most `count` waiters of `word`; returns how many. Any thread.
static inline uint32_t webble_futex_notify(const void *word, uint32_t count) {
  return __builtin_wasm_memory_atomic_notify((int *)word, count);
}

/// Blocks while `*word == expected`, at most `timeout_ns` nanoseconds (negative: for ever). Workers
/// only: the main thread of a page may not block.
/// Returns 0 when notified, 1 when the value differed, 2 when the time ran out.
static inline int webble_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
  return __builtin_wasm_memory_atomic_wait32((int *)word, (int)expected, timeout_ns);
}

/// A hint to the processor inside a spin loop. WebAssembly has none yet.
static inline void webble_spin_hint(void) {}

/// The pages of 64 KiB that the memory has.
static inline size_t webble_memory_size(void) { return __builtin_wasm_memory_size(0); }

/// Adds pages to the memory. Returns how many there were before, or SIZE_MAX if they cannot be had.
static inline size_t webble_memory_grow(size_t pages) {
  return __builtin_wasm_memory_grow(0, pages);
}

/// Asks the event loop of this thread for a turn of `worker`, from the microtask queue.
__attribute__((import_module("webble"), import_name("schedule")))
void webble_schedule_turn(void *worker);

#else

uint32_t webble_futex_notify(const void *word, uint32_t count);
int webble_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns);
void webble_schedule_turn(void *worker);

static inline void webble_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
#endif
