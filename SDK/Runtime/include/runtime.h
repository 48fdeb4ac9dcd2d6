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
  void *resume;                        ///< whoever suspends the task; read by the thread that runs it
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
  void *kept;                          ///< the home's owner, +1 until the task is settled, or null
  void *placement;                     ///< the Worker whose load counts this task, or null
  void *locals;                        ///< the running task: innermost task-local binding, +1
  void *handlers;                      ///< of cancellation and escalation; guarded by the lock bit
                                       ///< of `status`
  struct webble_child_list children;   ///< of async let; guarded by the lock bit of `status`
  struct webble_group *groups;         ///< the innermost open group; the same
  const char *name;                    ///< owned copy, or null
  struct webble_task *awaited;         ///< whose end the task waits for, or null; see Escalation.swift

  struct webble_task *escalated;       ///< the next in an escalator's list
  struct webble_task *cancelled;       ///< the next in a canceller's list
  uint32_t told_priority;              ///< the last that an escalation told of; guarded by the lock bit
  struct webble_child_links child;     ///< only of tasks with the flag for it; see ChildTasks.swift
};

/// A task group, in the 32 words of the parent's frame that the compiler leaves for it.
struct webble_group {
  struct webble_task *parent;
  struct webble_group *outer;         ///< the group opened before; guarded by the parent's lock bit
  struct webble_child_list children;
  uint32_t is_cancelled;              ///< guarded by the parent's lock bit
  uint32_t is_discarding;
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

/// Bytes of a task that is no child.
static inline uintptr_t webble_size_of_task(void) { return offsetof(struct webble_task, child); }

// Addresses of the atomic fields: Embedded Swift has no key paths to compute them.
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

/// What one thread is doing. A page's main thread may run several workers in turn (no isolation).
struct webble_thread {
  struct webble_task *task;          ///< the current task, or null
  struct webble_executor executor;   ///< the serial executor held, identity 0 for generic
  uint32_t generic_here;             ///< 1 if the current task's generic code may run on this thread
  uint32_t depth;                    ///< resumptions made on the current stack
  uint32_t postponed;                ///< 1 if the task asked to be resumed on a fresh stack
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
  uint32_t line_is_report;           ///< 1 if it is complete, and may be the report of a coming trap
};

extern _Thread_local struct webble_thread webble_thread_state;
static inline struct webble_thread *webble_thread(void) {
  return WEBBLE_THREAD_LOCAL(webble_thread_state);
}

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
static inline const void *webble_metadata_of_tasks(void) { return webble_task_metadata; }

/// Swift's own entry to the program, and what the glue exports.
int __main_argc_argv(int argc, char **argv);

// Given by the JavaScript glue. Strings are UTF-8 in the module's memory.

/// Milliseconds on the program's monotonic clock, the same on every thread.
WEBBLE_IMPORT(now) double webble_js_now(void);
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
WEBBLE_IMPORT(random) void webble_js_random(void *bytes, uint32_t count);
/// Logical cores as the host reports them, at least 1.
WEBBLE_IMPORT(parallelism) uint32_t webble_js_parallelism(void);
/// Bytes that the program's arguments need (each followed by a zero byte), and the copy.
WEBBLE_IMPORT(argumentsSize) uint32_t webble_js_arguments_size(void);
WEBBLE_IMPORT(argumentsCopy) void webble_js_arguments_copy(char *bytes);

/// The size of the main thread's stack, in bytes: its data follow it.
extern char __global_base;
static inline uintptr_t webble_main_stack_size(void) { return (uintptr_t)&__global_base; }
static inline uint32_t webble_tls_size(void) { return __builtin_wasm_tls_size(); }
static inline uint32_t webble_tls_align(void) { return __builtin_wasm_tls_align(); }

#endif
