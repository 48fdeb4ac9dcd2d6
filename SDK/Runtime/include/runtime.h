/// The layouts and the C functions that the Swift half of the runtime (SDK/_Concurrency) builds on.
///
/// C is used here for two reasons only: thread-local storage, and calls through pointers of the
/// compiler's asynchronous functions, whose convention Swift source cannot spell.
#ifndef WEBBLE_RUNTIME_H
#define WEBBLE_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "../CPlatform/platform.h"  // the SDK bundle has the two beside each other

#define WEBBLE_SWIFT __attribute__((swiftcall))
#define WEBBLE_IMPORT(name) __attribute__((import_module("webble"), import_name(#name)))

/// Whether every live task is recorded, for dumps: see Inspection.swift, and platform.h.
enum { WEBBLE_INSPECTS = WEBBLE_INSPECT };

/// Whether schedules are explored: see Exploration.swift.
#if WEBBLE_EXPLORES
enum { WEBBLE_IS_EXPLORING = 1 };
#else
enum { WEBBLE_IS_EXPLORING = 0 };
#endif

/// `willAccess(.lock)`, `didLock` and `didUnlock` of Exploration.swift.
void webble_may_be_preempted(uint8_t access);
void webble_note_lock(uintptr_t lock, _Bool is_taken);
static inline void webble_will_lock(void) {
  if (WEBBLE_IS_EXPLORING) webble_may_be_preempted(0);
}
static inline void webble_did_lock(const void *lock) {
  if (WEBBLE_IS_EXPLORING) webble_note_lock((uintptr_t)lock, true);
}
static inline void webble_did_unlock(const void *lock) {
  if (WEBBLE_IS_EXPLORING) webble_note_lock((uintptr_t)lock, false);
}

#if WEBBLE_EXPLORES
/// Globals whose initializers are under way: see `swift_once` of entry.c. Main thread only, which is all that runs.
extern uint32_t webble_globals_under_way;
static inline uint32_t webble_global_initializers(void) { return webble_globals_under_way; }
static inline void webble_forget_global_initializers(void) { webble_globals_under_way = 0; }
#endif

struct webble_task;

/// The heap header of every Swift object.
struct webble_object {
  const void *metadata;
  uint32_t references;
};

/// A reference to an executor, as the compiler passes it: (0, 0) is the generic executor,
/// implementation 0 a default actor, otherwise a witness table or one of the marks below.
struct webble_executor {
  uintptr_t identity;
  uintptr_t implementation;
};

/// Marks in `implementation` for executors that the scheduler itself runs, so that no witness
/// call is needed. Real witness tables are addresses of static data above these values.
enum {
  WEBBLE_MAIN = 8,     ///< identity: the main thread's Worker
  WEBBLE_WORKER = 16,  ///< identity: a Worker; pinned work
  WEBBLE_POOL = 24,    ///< identity: a Pool; stealable work
  WEBBLE_GLOBAL = 32,  ///< identity: the object that stands for the global executor
};

/// The part of every asynchronous frame that the runtime knows.
struct webble_context {
  struct webble_context *parent;
  void (*resume)(void);
};

/// What a record of an asynchronous function holds (symbol suffix `Tu`).
struct webble_async_function {
  uint32_t entry;         ///< function table index
  uint32_t context_size;  ///< bytes, header included
};

/// Children in order of arrival. Guarded by the lock bit of the parent's status.
struct webble_child_list {
  struct webble_task *first, *last;
};

/// What makes a task a child. Guarded by the lock bit of the parent's status, but for `group` and
/// `parent`, which are constant.
struct webble_child_links {
  struct webble_task *parent;
  struct webble_group *group;      ///< null for a child of async let
  struct webble_task *next, *previous;
  uint32_t is_told;                ///< the parent's, or the group's, cancellation has reached it
  void *scope;                     ///< of a child of async let: see CancellationScope.swift; constant
};

/// A pool's task in the roster of one of its workers: RosterEntry of the scheduler's.
struct webble_roster_entry {
  void *next, *previous, *worker;
};

/// A lock that a task holds.
struct webble_held_lock {
  struct webble_held_lock *next;
  uintptr_t object;
};

/// What dumps tell of a task. Written by the thread that has the task in hand, read by the one that dumps, racily, but for the
/// links, which the register's lock guards.
struct webble_inspection {
  struct webble_task *next, *previous;
  struct webble_held_lock *held;  ///< the newest first
  void *worker;                   ///< on whose thread it runs, or ran last
  uint32_t state;                 ///< see TaskState
  uint32_t wait_kind;             ///< see WaitKind
  uintptr_t wait_object;          ///< an address that tells one channel, lock, … from another; or the task
  int64_t deadline;               ///< of a timer, in nanoseconds of the program's clock
  int64_t made, since;            ///< when the task was made, and when it came to its state; the same
  int64_t run_time;               ///< nanoseconds on threads so far
  uint32_t polls;                 ///< how often it was resumed
  uint32_t creator;               ///< identifier of the task that made it, or 0
  uint32_t is_listed;
  uint32_t has_unread_error;      ///< it has thrown, and nobody has had its result yet
};

/// A unit of work: a task, or a plain job (isolated deinit) that ends at `resume` + `context`.
///
/// Offsets 0, 4 and 36 belong to the compiler's contract; `next` and `info` belong to whichever
/// queue holds the job. A field without an owner in its comment is written before the job is first
/// published and read-only from then on.
///
/// A task that is spawned on another thread comes to it by cache lines of 64 bytes: what every task
/// needs comes first, what few need comes last.
struct webble_task {
  struct webble_object object;
  struct webble_task *next;            ///< the queue that holds the job
  uintptr_t info;                      ///< the scheduler
  uint32_t flags;                      ///< creation flags, see TaskFlags.swift
  uint32_t identifier;
  struct webble_executor home;         ///< executor preference; the running task itself
  void *resume;                        ///< set by what suspends the task; read by the thread that runs it
  void *context;                       ///< the same, and the compiler's continuations (offset 36); of
                                       ///< a completed child of a group: the one before it
  struct webble_executor target;       ///< serial executor to resume on; the same
  uintptr_t status;                    ///< atomic, see TaskStatus.swift
  uintptr_t future;                    ///< atomic, see TaskFuture.swift
  uintptr_t ticket;                    ///< atomic, see QueueTicket.swift
  void *closure;                       ///< the task's closure context, +1 until it completes

  void *entry;
  void *result;
  void *(*copy_result)(void *, void *, const void *);
  void (*destroy_result)(void *, const void *);
  char *stack_top;                     ///< the running task: next free byte of the current chunk
  char *stack_limit;
  void *chunk;                         ///< the newest chunk beyond the task's own memory, or null
  void *spare_chunk;                   ///< the chunk emptied last, kept for the next call, or null
  void *kept;                          ///< what keeps the home open until the task is settled, or null: PoolOwner.swift
  void *placement;                     ///< the Worker whose load counts this task, or null
  void *locals;                        ///< the running task: innermost task-local binding, +1
  void *pool;                          ///< the Pool whose work the task is, with which it goes down, or null
  struct webble_roster_entry roster;   ///< of a pool's task, once it has waited; see Abandonment.swift
  void *handlers;                      ///< of cancellation and escalation; guarded by the lock bit
                                       ///< of `status`
  struct webble_child_list children;   ///< of async let; guarded by the lock bit of `status`
  struct webble_group *groups;         ///< the innermost open group; the same
  const char *name;                    ///< owned copy, or null
  struct webble_task *awaited;         ///< whose end the task waits for, or null; see Escalation.swift

  struct webble_task *escalated;       ///< the next in an escalator's list
  struct webble_task *cancelled;       ///< the next in a canceller's list
  uint32_t told_priority;              ///< the last that an escalation told of; guarded by the lock bit
#if WEBBLE_INSPECT
  struct webble_inspection inspection;
#endif
  struct webble_child_links child;     ///< only of tasks with the flag for it; see ChildTasks.swift
};

/// A task group, in the 32 words of the parent's frame that the compiler leaves for it.
struct webble_group {
  struct webble_task *parent;
  struct webble_group *outer;         ///< the group opened before; guarded by the parent's lock bit
  struct webble_child_list children;
  uint32_t is_cancelled;              ///< 0, or one more than the reason; guarded by the parent's lock bit
  void *scope;                        ///< where it was opened: see CancellationScope.swift; constant
  uint32_t is_discarding;
  uint32_t has_lost_child;            ///< of a discarding group: a child was abandoned, whose end publishes it
  uintptr_t state;                    ///< atomic, see GroupState.swift
  uintptr_t pending;                  ///< children whose results have not been consumed; the parent
  struct webble_task *ready;          ///< completed children in order; the parent
  void *result;                       ///< where the waiting parent wants the next result
  void (*store_tag)(void *, uint32_t, uint32_t, const void *);
  void *recorder;                     ///< a ChildResultRecorder, +0, or null; constant once children run
};

_Static_assert(sizeof(struct webble_group) <= 32 * sizeof(void *), "the frame has no more room");
_Static_assert(offsetof(struct webble_task, context) == 36, "the compiler loads it from there");
_Static_assert(offsetof(struct webble_task, entry) == 64, "the first cache line has room for no more");

#if !WEBBLE_INSPECT
_Static_assert(sizeof(struct webble_task) <= ((offsetof(struct webble_task, child) + 16 + 63) & ~63),
               "a task with the smallest of frames has no room for all fields; see createTask");
#endif

/// Bytes of a task that is no child.
static inline uintptr_t webble_size_of_task(void) { return offsetof(struct webble_task, child); }

// Addresses of fields: Embedded Swift has no key paths to compute them.
static inline void *webble_task_roster(struct webble_task *task) { return &task->roster; }
static inline struct webble_task *webble_task_of_roster(void *entry) {
  return (struct webble_task *)((char *)entry - offsetof(struct webble_task, roster));
}
static inline struct webble_inspection *webble_inspection_of(struct webble_task *task) {
#if WEBBLE_INSPECT
  return &task->inspection;
#else
  return 0;
#endif
}

/// Whether a word of a task is of the runtime's own, by which no task is resumed: a link in lists of tasks, or a bound of
/// its memory.
static inline uint32_t webble_is_link_of_task(uintptr_t offset) {
#if WEBBLE_INSPECT
  const uintptr_t roster = offsetof(struct webble_task, roster), record = offsetof(struct webble_task, inspection);
  const uintptr_t memory = offsetof(struct webble_task, stack_top);
  return offset == offsetof(struct webble_task, next) || offset - roster < sizeof(struct webble_roster_entry) ||
         offset - record < sizeof(struct webble_inspection) || offset - memory < 4 * sizeof(void *) || offset == offsetof(struct webble_task, escalated) ||
         offset == offsetof(struct webble_task, cancelled);
#else
  (void)offset;
  return 0;
#endif
}

static inline uintptr_t *webble_task_status(struct webble_task *task) { return &task->status; }
static inline uint32_t webble_reference_count(struct webble_task *task) {
  return __atomic_load_n(&task->object.references, __ATOMIC_ACQUIRE);
}
static inline uintptr_t *webble_task_ticket(struct webble_task *task) { return &task->ticket; }
static inline uintptr_t *webble_group_state(struct webble_group *group) { return &group->state; }
static inline struct webble_child_list *webble_children(struct webble_task *task,
                                                        struct webble_group *group) {
  return group ? &group->children : &task->children;
}
static inline uintptr_t *webble_task_future(struct webble_task *task) { return &task->future; }

/// An access to a variable that is under way, in builds for inspection: see `swift_beginAccess` of entry.c.
struct webble_access {
  const void *variable, *buffer;  ///< the buffer is the compiler's, and tells one access from others
  uintptr_t is_modification;
};

/// What one thread is doing. A page's main thread may run several workers in turn (no isolation).
struct webble_thread {
  struct webble_task *task;          ///< the current task, or null
  struct webble_executor executor;   ///< the serial executor held, identity 0 for generic
  uint32_t generic_here;             ///< 1 if the current task's generic code may run on this thread
  uint32_t depth;                    ///< resumptions made on the current stack
  uint32_t postponed;                ///< 1 if the task asked to be resumed on a fresh stack
  uint32_t hops;                     ///< between executors, counted: see Switching.swift
  uint32_t yielding;                 ///< 1 if the coming continuation await is a Task.yield
  uintptr_t task_executor;           ///< identity of the custom task executor that runs the job, or 0
  uint32_t is_lent;                  ///< 1 while somebody else's executor is lent to the task that runs
  void *worker;                      ///< the scheduler's Worker, or null outside the runtime
  void *stocked;                     ///< the owner of a pool that the thread has references to in stock
  uint32_t stock;                    ///< how many; see PoolOwner.swift
  char *stack_base;                  ///< lowest address of the shadow stack
  uintptr_t stack_size;              ///< in bytes; 0 until the thread is set up
  void *locals;                      ///< task-local bindings made outside any task, +1
  uint32_t next_identifier;          ///< of the next task made here; at a range's end, none is left
  uint32_t random;                   ///< of randomised schedules, see Disturbance.swift
  void *javascript;                  ///< the JavaScript module's record of the thread, or null
  void (*leave_javascript)(void);    ///< ends that module's life on a worker that leaves, or null
  char *line;                        ///< text printed since the last newline
  uint32_t line_length, line_capacity;
  uint32_t is_abandoning;            ///< 1 while a task is taken down; see Abandonment.swift
  struct webble_task *abandoned;     ///< those to be taken down next
  uint32_t line_is_report;           ///< 1 if it is complete, and may be the report of a coming trap
#if WEBBLE_INSPECT
  void *trace;                       ///< the ring of its events, or null; see Trace.swift
  uint32_t heap_unsampled;           ///< bytes allocated since the last sample; see HeapProfile.swift
  void *quarantine;                  ///< blocks that it has freed lately, or null; see CheckedBlocks.swift
  struct webble_access accesses[32]; ///< the oldest first
  uint32_t access_count;
  uint32_t first_access;             ///< of the task that runs; those before are of code further up the stack
#endif
};

extern _Thread_local struct webble_thread webble_thread_state;
static inline struct webble_thread *_Nonnull webble_thread(void) {
  return WEBBLE_THREAD_LOCAL(webble_thread_state);
}

static inline void *_Nullable *_Nullable webble_trace_of(struct webble_thread *_Nonnull thread) {
#if WEBBLE_INSPECT
  return &thread->trace;
#else
  return 0;
#endif
}
static inline uint32_t *_Nullable webble_heap_unsampled_of(struct webble_thread *_Nonnull thread) {
#if WEBBLE_INSPECT
  return &thread->heap_unsampled;
#else
  return 0;
#endif
}

static inline void *_Nullable *_Nullable webble_quarantine_of(struct webble_thread *_Nonnull thread) {
#if WEBBLE_INSPECT
  return &thread->quarantine;
#else
  return 0;
#endif
}

#if WEBBLE_INSPECT
/// Forgets the newest. An address left there would keep an object from being found lost.
static inline void webble_drop_accesses(struct webble_thread *_Nonnull thread, uint32_t count_left) {
  while (thread->access_count > count_left) thread->accesses[--thread->access_count] = (struct webble_access){0};
}
#endif

/// What was on the thread's stack is gone.
static inline void webble_forget_accesses(struct webble_thread *_Nonnull thread) {
#if WEBBLE_INSPECT
  thread->first_access = 0;
  webble_drop_accesses(thread, 0);
#endif
}

/// Whether events are noted, and blocks of memory: set before `main`, if ever.
extern uint32_t webble_is_tracing, webble_is_sampling;
static inline uint32_t webble_get_tracing(void) { return webble_is_tracing; }
static inline void webble_set_tracing(uint32_t is_tracing) { webble_is_tracing = is_tracing; }
static inline uint32_t webble_get_sampling(void) { return webble_is_sampling; }
static inline void webble_set_sampling(uint32_t is_sampling) { webble_is_sampling = is_sampling; }

/// See Disturbance.swift. Negative: nothing is disturbed.
#ifndef WEBBLE_SCHEDULE_SEED
#define WEBBLE_SCHEDULE_SEED -1
#endif
enum { WEBBLE_SCHEDULE = WEBBLE_SCHEDULE_SEED };

/// Resumptions on one stack before the next goes round the run loop. Without tail calls each costs
/// stack; with them the bound is never felt.
#define WEBBLE_DEPTH_BOUND 256

/// Runs `task` on this thread from where it stopped until it suspends, completes or moves away.
/// The caller has set the thread's state; after the call the task may already be gone.
void webble_resume(struct webble_task *task);

/// The resume function of a task that has not begun: calls its entry with its closure.
void *webble_start_function(void);
/// The same for a task whose entry takes no address for a result.
void *webble_start_discarding_function(void);
/// The resume function that the outermost frame of a task returns to.
void *webble_completion_function(void);
/// The resume function of a plain job that calls `work(object)` of an isolated deinit.
void *webble_deinit_function(void);
void webble_call_handler(void *function, void *context);
void webble_call_escalation_handler(void *function, void *context, uint32_t before, uint32_t after);
/// Also destroys the result of a pool's task: see PoolTask.swift.
void webble_call_object_work(void *work, void *object);

/// Reference counting. Compiled Swift brings it along; entry.c has better ones.
void *swift_retain(void *object);
void swift_release(void *object);

static inline void webble_retain_many(void *object, uint32_t count) {
  __atomic_fetch_add(&((struct webble_object *)object)->references, count, __ATOMIC_RELAXED);
}
static inline void webble_release_many(void *object, uint32_t count) {
  if (count == 0) return;
  __atomic_fetch_sub(&((struct webble_object *)object)->references, count - 1, __ATOMIC_RELEASE);
  swift_release(object);
}

/// Metadata of task objects: no superclass, and the function that the last release calls.
extern const void *const webble_task_metadata[2];

/// The Worker of the main thread. Written once, before any other thread exists.
extern void *webble_main_worker;
static inline void *webble_get_main_worker(void) { return webble_main_worker; }
static inline void webble_set_main_worker(void *worker) { webble_main_worker = worker; }

/// The Pool that is the global executor, or null while that is the main thread.
extern void *webble_global_pool;
static inline void *webble_get_global_pool(void) {
  return __atomic_load_n(&webble_global_pool, __ATOMIC_ACQUIRE);
}
static inline void webble_set_global_pool(void *pool) {
  __atomic_store_n(&webble_global_pool, pool, __ATOMIC_RELEASE);
}
/// Ends `pool`'s time as the global executor, if it is.
static inline void webble_clear_global_pool(void *pool) {
  __atomic_compare_exchange_n(&webble_global_pool, &pool, (void *)0, 0, __ATOMIC_ACQ_REL,
                              __ATOMIC_RELAXED);
}

/// What the module Webble has to do on the thread of a worker that leaves its pool, or null. Any thread sets it,
/// always to the same.
extern void (*webble_at_leave)(void *worker);
static inline void webble_set_at_leave(void (*work)(void *worker)) {
  __atomic_store_n(&webble_at_leave, work, __ATOMIC_RELEASE);
}
static inline void webble_call_at_leave(void *worker) {
  void (*work)(void *) = __atomic_load_n(&webble_at_leave, __ATOMIC_ACQUIRE);
  if (work) work(worker);
}
static inline const void *webble_metadata_of_tasks(void) { return webble_task_metadata; }

/// The constructors of C++'s static objects, and functions with the attribute `constructor`; by the linker.
void __wasm_call_ctors(void);

/// Swift's own entry to the program, and what the glue exports.
int __main_argc_argv(int argc, char **argv);

/// The newest task of the register of Inspection.swift, guarded by its lock.
extern struct webble_task *webble_inspected_tasks;
static inline struct webble_task *webble_get_inspected_tasks(void) { return webble_inspected_tasks; }
static inline uintptr_t webble_address_of_inspected_tasks(void) { return (uintptr_t)&webble_inspected_tasks; }
static inline void webble_set_inspected_tasks(struct webble_task *task) { webble_inspected_tasks = task; }

// Given by the JavaScript glue. Strings are UTF-8 in the module's memory.

/// Milliseconds on the program's monotonic clock, the same on every thread.
#if WEBBLE_EXPLORES
/// The program's clock is the explorer's; see Exploration.swift, which has the functions without import.
double webble_js_now(void);
WEBBLE_IMPORT(now) double webble_js_real_now(void);
/// What was recorded of JavaScript's answers is given again, from the beginning.
WEBBLE_IMPORT(beginSchedule) void webble_js_begin_schedule(void);
void webble_js_random(void *bytes, uint32_t count);
WEBBLE_IMPORT(schedule) void webble_js_schedule(void *worker);
#else
WEBBLE_IMPORT(now) double webble_js_now(void);
WEBBLE_IMPORT(random) void webble_js_random(void *bytes, uint32_t count);
#endif
/// Milliseconds since 1970.
WEBBLE_IMPORT(wall) double webble_js_wall_clock(void);
/// Asks for a turn of `worker` (of this thread) in `milliseconds`; replaces the earlier request.
WEBBLE_IMPORT(timer) void webble_js_set_timer(void *worker, double milliseconds);
/// Starts a Web Worker for `worker`. Main thread only. An empty URL means the glue's own.
WEBBLE_IMPORT(start) void webble_js_start_worker(void *worker, const char *url, uint32_t url_length,
                                                 uint32_t url_is_script, uint32_t index,
                                                 void *stack, uint32_t stack_size, void *tls);
/// Prints one line: stream 1 to the console, 2 as an error. Main thread only.
WEBBLE_IMPORT(print) void webble_js_print(uint32_t stream, const char *text, uint32_t length);
/// Ends the program. Never returns: throws through the module's frames.
WEBBLE_IMPORT(exit) _Noreturn void webble_js_exit(int status);
/// Leaves the module for the event loop. Never returns: throws through the module's frames.
WEBBLE_IMPORT(unwind) _Noreturn void webble_js_unwind(void);
/// Says that the program's `main` has returned.
WEBBLE_IMPORT(mainReturned) void webble_js_main_returned(int status);
/// Reports a fatal error of this thread and stops the program. Never returns.
WEBBLE_IMPORT(fatal) _Noreturn void webble_js_fatal(const char *text, uint32_t length);
/// Logical cores as the host reports them, at least 1.
WEBBLE_IMPORT(parallelism) uint32_t webble_js_parallelism(void);
/// Bytes that the program's arguments need (each followed by a zero byte), and the copy.
WEBBLE_IMPORT(argumentsSize) uint32_t webble_js_arguments_size(void);
WEBBLE_IMPORT(argumentsCopy) void webble_js_arguments_copy(char *bytes);

/// Builds for inspection only: what a function is called, and where its code begins, by its index in the table of
/// functions; as UTF-8 of at most `capacity` bytes, with a tab between.
///
/// Returns the count of bytes, 0 if nothing is known.
WEBBLE_IMPORT(nameFunction) uint32_t webble_js_name_function(uintptr_t function, char *text, uint32_t capacity);

/// Builds for inspection only: the functions on this thread's stack, innermost first, as offsets in the module, or
/// with the sign bit as numbers of functions.
///
/// Returns how many there are, at most `limit`.
WEBBLE_IMPORT(stack) uint32_t webble_js_stack(uint32_t *frames, uint32_t limit);

/// The size of the main thread's stack, in bytes: its data follow it, up to the heap.
extern char __global_base, __heap_base;
static inline uintptr_t webble_end_of_data(void) { return (uintptr_t)&__heap_base; }
static inline uintptr_t webble_main_stack_size(void) { return (uintptr_t)&__global_base; }
/// Bytes and alignment of a thread-local block.
uint32_t webble_tls_size(void);
uint32_t webble_tls_align(void);

#endif
