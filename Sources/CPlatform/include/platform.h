/// What the scheduler and the allocator ask of the machine below: a futex, a clock, a spin hint and
/// one thread-local pointer each. wasm32 instructions in a module; natively calls of Linux or macOS
/// (Native, as the module CNative), and what a native pool needs besides: threads, a clock, a look at the processors.
#ifndef WEBBLE_PLATFORM_H
#define WEBBLE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether every live task is recorded, for dumps: see SDK/_Concurrency/Inspection/Inspection.swift. An option of the SDK's
/// build; without it nothing of the record is compiled.
#ifndef WEBBLE_INSPECT
#define WEBBLE_INSPECT 0
#endif
/// Whether the scheduler counts what is not free to count: see WorkerCounts.swift.
#if defined(__wasm__)
enum { WEBBLE_COUNTS_ALL = WEBBLE_INSPECT };
#else
enum { WEBBLE_COUNTS_ALL = 1 };
#endif

/// One slot a thread. C, because Swift has no thread-local storage in Embedded mode.
struct webble_thread_slots {
  void *worker;  ///< the scheduler's Worker that runs on this thread, or null
  void *heap;    ///< the allocator's heap of this thread, or null
#if !defined(__wasm__)
  uint32_t number;  ///< see webble_thread_number; 0 until it is asked for
#endif
};

#if defined(__wasm__)
#include "atomics.h"

extern _Thread_local struct webble_thread_slots webble_thread_slots;
#endif

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
#define WEBBLE_THREAD_SLOTS WEBBLE_THREAD_LOCAL(webble_thread_slots)
#else
/// For the same reason a call into another file.
struct webble_thread_slots *webble_this_threads_slots(void);
#define WEBBLE_THREAD_SLOTS webble_this_threads_slots()
#endif

static inline void *webble_current_worker(void) {
  return WEBBLE_THREAD_SLOTS->worker;
}
static inline void webble_set_current_worker(void *worker) {
  WEBBLE_THREAD_SLOTS->worker = worker;
}
static inline void *webble_current_heap(void) {
  return WEBBLE_THREAD_SLOTS->heap;
}
static inline void webble_set_current_heap(void *heap) {
  WEBBLE_THREAD_SLOTS->heap = heap;
}

#if defined(__wasm__)

/// The calling thread's: not 0, a multiple of 4, and no other running thread's.
static inline uint32_t webble_thread_number(void) {
  return (uint32_t)(uintptr_t)WEBBLE_THREAD_SLOTS;
}

/// Wakes at most `count` waiters of `word`; returns how many. Any thread.
static inline uint32_t webble_futex_notify(const void *word, uint32_t count) {
  return __builtin_wasm_memory_atomic_notify((int *)word, count);
}

/// Blocks while `*word == expected`, at most `timeout_ns` nanoseconds (negative: forever). Workers
/// only: the main thread of a page may not block.
/// Returns 0 when notified, 1 when the value differed, 2 when the time ran out.
static inline int webble_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
  return __builtin_wasm_memory_atomic_wait32((int *)word, (int)expected, timeout_ns);
}

/// 1 from the moment when some thread traps or asks for the program's end. That thread may hold any lock, and
/// never lets go of it; its message to the main thread is read by nobody as long as that one spins.
extern uint32_t webble_is_ending;

/// Leaves the module for good: throws through its frames.
__attribute__((import_module("webble"), import_name("halt"))) _Noreturn void webble_halt(void);

/// To be called in the body of every loop that waits for another thread. WebAssembly has no hint to the
/// processor; the loop is left when the program ends.
static inline void webble_spin_hint(void) {
  if (__builtin_expect(__atomic_load_n(&webble_is_ending, __ATOMIC_RELAXED) != 0, 0)) webble_halt();
}

/// The pages of 64 KiB that the memory has.
static inline size_t webble_memory_size(void) { return __builtin_wasm_memory_size(0); }

/// Adds pages to the memory. Returns how many there were before, or SIZE_MAX if they cannot be had.
static inline size_t webble_memory_grow(size_t pages) {
  return __builtin_wasm_memory_grow(0, pages);
}

/// The pages that every thread may use. `memory.size` of one thread may count pages that another one's
/// `memory.grow` has yet to clear (WebKit), and with them what was written there meanwhile.
extern size_t webble_usable_pages;
static inline size_t webble_get_usable_pages(void) {
  return __atomic_load_n(&webble_usable_pages, __ATOMIC_ACQUIRE);
}
static inline void webble_set_usable_pages(size_t pages) {
  __atomic_store_n(&webble_usable_pages, pages, __ATOMIC_RELEASE);
}

/// To be called after a loop that has waited for another thread, and after a lock is taken, before what that thread
/// has left is used.
///
/// V8 checks the bounds of atomic accesses, and of those in bulk, against a size of the memory that each
/// thread has a copy of. It asks the threads to renew it when one of them grows the memory, and each does
/// so where a function or a turn of a loop begins. A loop that takes a lock, say, begins a turn, is held up
/// by the system, and takes the lock when another thread has grown the memory, left the address of an
/// atomic word in it, and let go. Plain loads of that address succeed, since they are checked by guard pages;
/// the atomic access traps. Such a loop spends its time just there, so that the system holds it up just there.
///
/// After the wait the thread compares: the size that it would be checked against is the one that
/// `memory.size` gives; growth by nothing renews it. The number of usable pages is not older than what the
/// other thread has left, since that one has read or stored it before.
///
/// A lock that is free is one whose holder may just have let go: two workers that appended to one array in a `Mutex`
/// trapped in 28 of 260 runs with a look after waits alone, in none of 90 with one wherever a lock is taken (Node 20, two
/// processors with two busy processes besides). Other code has the same gap, of a few instructions after a function's
/// beginning, once; `PageSource.grow` waits for it.
static inline void webble_learn_of_growth(void) {
  if (__builtin_expect(__builtin_wasm_memory_size(0) < webble_get_usable_pages(), 0))
    __builtin_wasm_memory_grow(0, 0);
}

/// Asks the event loop of this thread for a turn of `worker`, from the microtask queue.
#if !WEBBLE_EXPLORES
__attribute__((import_module("webble"), import_name("schedule")))
#endif
void webble_schedule_turn(void *worker);

#else

/// As above. Counted, since the lower halves of two addresses may be equal.
uint32_t webble_thread_number(void);

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

/// The memory of a process is as large for each of its threads.
static inline void webble_learn_of_growth(void) {}

/// Nanoseconds of a clock that only goes forward.
int64_t webble_monotonic_nanoseconds(void);

/// The processors that this process may use, at least 1.
uint32_t webble_processor_count(void);

/// Starts a thread that calls `body` and is never joined. Returns 0, or an error number.
///
/// `stack_size` is in bytes. Debuggers show `name`, of which Linux keeps 15 characters.
int webble_start_thread(void (*body)(void *argument), void *argument, size_t stack_size,
                        const char *name);

/// How often this process, and those it comes from, have forked since the first call of this function
/// in the first of them. The threads of a process are not in its child.
uint32_t webble_fork_count(void);

/// Lets `enqueue` take the jobs that Swift's concurrency library would give to its global executor;
/// those for which it returns false go there all the same. NULL: all do. Any thread.
///
/// Returns whether the library has such a hook.
bool webble_set_global_enqueue(bool (*enqueue)(void *job));

/// Gives a job to the global executor. Only after `webble_set_global_enqueue` has returned true.
void webble_enqueue_globally(void *job);

#endif
#endif
