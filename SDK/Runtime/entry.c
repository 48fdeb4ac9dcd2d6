/// The entry points that the compiler calls and that continue at a function pointer.
///
/// Each is one decision and one call in tail position: the linked module's tail calls (or, without
/// them, the depth bound) keep the stack constant. What is decided is a step: a resume function and
/// its context, packed into an integer, because a struct result would live in memory and forbid the
/// tail call. Decisions with more to them than a comparison are made in Swift.
#include "runtime.h"

typedef WEBBLE_SWIFT void (*resume_function)(void *context,
                                             __attribute__((swift_context)) void *self);
typedef uint64_t step;

/// Step 0 means that the task is no longer this thread's.
extern step webble_decide_switch(void *context, void *resume, uintptr_t identity,
                                 uintptr_t implementation);
extern step webble_decide_future_wait(void *result, void *context, struct webble_task *task,
                                      void *resume, void *scratch);
extern step webble_decide_continuation_await(void *context);
extern step webble_decide_async_let_get(void *context, void *async_let, void *result, void *resume,
                                        void *scratch);
extern step webble_decide_async_let_finish(void *context, void *async_let, void *result,
                                           void *resume, void *scratch);
extern step webble_decide_group_next(void *result, void *context, void *group, void *resume);
extern step webble_decide_group_wait_all(void *context, void *group, void *resume);
extern void webble_complete(struct webble_task *task);
extern void webble_destroy_task(struct webble_task *task);
extern void webble_finish_deinit_job(struct webble_task *job);

_Thread_local struct webble_thread webble_thread_state;
void *webble_main_worker;
void *webble_global_pool;
struct webble_task *webble_inspected_tasks;
uint32_t webble_is_tracing, webble_is_sampling;
void (*webble_at_leave)(void *worker);

_Thread_local struct webble_thread_slots webble_thread_slots;
uint32_t webble_is_ending;
size_t webble_usable_pages;

/// For the glue: the program is about to end, by what this thread does. Returns 1 to the first that says so: its
/// message and status are the program's.
uint32_t webble_claim_end(void) {
  return __atomic_exchange_n(&webble_is_ending, 1, __ATOMIC_SEQ_CST) == 0;
}


static WEBBLE_SWIFT void destroy_task(__attribute__((swift_context)) void *task) {
  webble_destroy_task(task);
}
const void *const webble_task_metadata[2] = {0, (const void *)destroy_task};

static WEBBLE_SWIFT void return_to_run_loop(void *context,
                                            __attribute__((swift_context)) void *self) {}

static inline step step_of(void *resume, void *context) {
  return (uint64_t)(uintptr_t)resume << 32 | (uintptr_t)context;
}

/// Continues the current task here, or round the run loop if the stack has grown to its bound.
static inline step continue_here(struct webble_thread *thread, step next) {
  if (__builtin_expect(++thread->depth < WEBBLE_DEPTH_BOUND, 1)) return next;
  thread->task->resume = (void *)(uintptr_t)(next >> 32);
  thread->task->context = (void *)(uintptr_t)next;
  thread->postponed = 1;
  return step_of((void *)return_to_run_loop, 0);
}

static inline step step_or_return(struct webble_thread *thread, step next) {
  return next ? continue_here(thread, next) : step_of((void *)return_to_run_loop, 0);
}

#define TAKE(next_step)                                                           \
  step next = (next_step);                                                        \
  return ((resume_function)(uintptr_t)(next >> 32))((void *)(uintptr_t)next, 0)

WEBBLE_SWIFT void swift_task_switch(void *context, void *resume, uintptr_t identity,
                                    uintptr_t implementation) {
  struct webble_thread *thread = webble_thread();
  int already_there = identity == thread->executor.identity && (identity | thread->generic_here);
  TAKE(already_there
           ? continue_here(thread, step_of(resume, context))
           : step_or_return(thread, webble_decide_switch(context, resume, identity, implementation)));
}

WEBBLE_SWIFT void swift_task_future_wait(void *result, void *context, struct webble_task *task,
                                         void *resume, void *scratch) {
  TAKE(step_or_return(webble_thread(),
                      webble_decide_future_wait(result, context, task, resume, scratch)));
}

WEBBLE_SWIFT void swift_continuation_await(void *context) {
  TAKE(step_or_return(webble_thread(), webble_decide_continuation_await(context)));
}

extern void webble_async_let_begin(void *async_let, const void *options,
                                   const struct webble_async_function *function, void *closure);
WEBBLE_SWIFT void swift_asyncLet_begin(void *async_let, const void *options, const void *result_type,
                                       const struct webble_async_function *function, void *closure,
                                       void *result) {
  webble_async_let_begin(async_let, options, function, closure);
}

WEBBLE_SWIFT void swift_asyncLet_get(void *context, void *async_let, void *result, void *resume,
                                     void *scratch) {
  TAKE(step_or_return(webble_thread(), webble_decide_async_let_get(context, async_let, result,
                                                                   resume, scratch)));
}

WEBBLE_SWIFT void swift_asyncLet_finish(void *context, void *async_let, void *result, void *resume,
                                        void *scratch) {
  TAKE(step_or_return(webble_thread(), webble_decide_async_let_finish(context, async_let, result,
                                                                      resume, scratch)));
}

extern void webble_group_initialize(uint32_t flags, void *group, const void *options);
WEBBLE_SWIFT void swift_taskGroup_initializeWithOptions(uint32_t flags, void *group,
                                                        const void *result_type,
                                                        const void *options) {
  webble_group_initialize(flags, group, options);
}

extern void webble_group_destroy(void *group);
WEBBLE_SWIFT void swift_taskGroup_destroy(void *group) { webble_group_destroy(group); }

WEBBLE_SWIFT void swift_taskGroup_wait_next_throwing(void *result, void *context, void *group,
                                                     void *resume, void *scratch) {
  TAKE(step_or_return(webble_thread(), webble_decide_group_next(result, context, group, resume)));
}

/// Waits until the group is empty. `error` is null: errors of bodies travel in Swift.
WEBBLE_SWIFT void swift_taskGroup_waitAll(void *result, void *context, void *group, void *error,
                                          void *resume, void *scratch) {
  TAKE(step_or_return(webble_thread(), webble_decide_group_wait_all(context, group, resume)));
}

void webble_resume(struct webble_task *task) {
  struct webble_thread *thread = webble_thread();
#if WEBBLE_INSPECT
  uint32_t first_access = thread->first_access;
  thread->first_access = thread->access_count;
#endif
  do {
    thread->postponed = 0;
    thread->depth = 0;
    ((resume_function)task->resume)(task->context, 0);
  } while (thread->postponed);
#if WEBBLE_INSPECT
  webble_drop_accesses(thread, thread->first_access);
  thread->first_access = first_access;
#endif
}

typedef WEBBLE_SWIFT void (*entry_function)(void *result, void *context,
                                            __attribute__((swift_context)) void *closure);

static WEBBLE_SWIFT void start(void *context, __attribute__((swift_context)) void *self) {
  struct webble_task *task = webble_thread()->task;
  return ((entry_function)task->entry)(task->result, context, task->closure);
}

typedef WEBBLE_SWIFT void (*discarding_entry_function)(void *context,
                                                       __attribute__((swift_context)) void *closure);

static WEBBLE_SWIFT void start_discarding(void *context, __attribute__((swift_context)) void *self) {
  struct webble_task *task = webble_thread()->task;
  return ((discarding_entry_function)task->entry)(context, task->closure);
}

static WEBBLE_SWIFT void complete(void *context, __attribute__((swift_context)) void *error) {
  webble_complete(webble_thread()->task);
}

typedef WEBBLE_SWIFT void (*object_work)(void *object);

static WEBBLE_SWIFT void run_deinit(void *job, __attribute__((swift_context)) void *self) {
  struct webble_task *task = job;
  ((object_work)task->entry)(task->closure);
  webble_finish_deinit_job(task);
}

void *webble_start_function(void) { return (void *)start; }
void *webble_start_discarding_function(void) { return (void *)start_discarding; }
void *webble_completion_function(void) { return (void *)complete; }
void *webble_deinit_function(void) { return (void *)run_deinit; }

void webble_call_object_work(void *work, void *object) { ((object_work)work)(object); }

typedef WEBBLE_SWIFT void (*handler_function)(__attribute__((swift_context)) void *context);
void webble_call_handler(void *function, void *context) { ((handler_function)function)(context); }

typedef WEBBLE_SWIFT void (*escalation_handler)(uint8_t before, uint8_t after,
                                                __attribute__((swift_context)) void *context);
void webble_call_escalation_handler(void *function, void *context, uint32_t before, uint32_t after) {
  ((escalation_handler)function)(before, after, context);
}

struct pair {
  void *first, *second;
};

extern struct webble_task *webble_task_create(uint32_t flags, const void *options,
                                              const struct webble_async_function *function,
                                              void *closure);

WEBBLE_SWIFT struct pair swift_task_create(uint32_t flags, const void *options,
                                           const void *result_type,
                                           const struct webble_async_function *function,
                                           void *closure) {
  struct webble_task *task = webble_task_create(flags, options, function, closure);
  return (struct pair){task, task->context};
}

WEBBLE_SWIFT struct webble_task *swift_task_getCurrent(void) { return webble_thread()->task; }

WEBBLE_SWIFT struct webble_executor swift_task_getMainExecutor(void) {
  return (struct webble_executor){(uintptr_t)webble_main_worker, WEBBLE_MAIN};
}

extern void webble_task_cancel(struct webble_task *task);
WEBBLE_SWIFT void swift_task_cancel(struct webble_task *task) { webble_task_cancel(task); }

extern void webble_job_run(struct webble_task *job, uintptr_t identity, uintptr_t implementation);
WEBBLE_SWIFT void swift_job_run(struct webble_task *job, uintptr_t identity,
                                uintptr_t implementation) {
  webble_job_run(job, identity, implementation);
}

extern struct webble_task *webble_continuation_init(void *context, uint32_t flags);
WEBBLE_SWIFT struct webble_task *swift_continuation_init(void *context, uint32_t flags) {
  return webble_continuation_init(context, flags);
}

extern void webble_continuation_resume(struct webble_task *task);
WEBBLE_SWIFT void swift_continuation_resume(struct webble_task *task) {
  webble_continuation_resume(task);
}
WEBBLE_SWIFT void swift_continuation_throwingResume(struct webble_task *task) {
  webble_continuation_resume(task);
}

extern void webble_actor_initialize(void *actor);
extern void webble_actor_deallocate(void *actor);
WEBBLE_SWIFT void swift_defaultActor_initialize(void *actor) { webble_actor_initialize(actor); }
WEBBLE_SWIFT void swift_defaultActor_destroy(void *actor) {}
WEBBLE_SWIFT void swift_defaultActor_deallocate(void *actor) { webble_actor_deallocate(actor); }

extern void webble_deinit_on_executor(void *object, void *work, uintptr_t identity,
                                      uintptr_t implementation);
WEBBLE_SWIFT void swift_task_deinitOnExecutor(void *object, void *work, uintptr_t identity,
                                              uintptr_t implementation, uint32_t flags) {
  webble_deinit_on_executor(object, work, identity, implementation);
}

/// The main function has suspended: its thread goes back to the event loop.
WEBBLE_SWIFT _Noreturn void swift_task_asyncMainDrainQueue(void) { webble_js_unwind(); }

extern void webble_write_lines(void);

/// What the compiler calls after an asynchronous `main` has returned.
_Noreturn void exit(int status) {
  webble_write_lines();
  webble_js_main_returned(status);
  webble_js_unwind();
}

extern void *webble_add_escalation_handler(void *function, void *context);
WEBBLE_SWIFT void *swift_task_addPriorityEscalationHandler(void *function, void *context) {
  return webble_add_escalation_handler(function, context);
}

extern void *webble_add_cancellation_handler(void *function, void *context);
WEBBLE_SWIFT void *swift_task_addCancellationHandler(void *function, void *context) {
  return webble_add_cancellation_handler(function, context);
}

/// Keeps the compiler from seeing through an initializer; see MainActor.
WEBBLE_SWIFT void webble_keep_dynamic(void) {}

/// The count of objects that are never freed, and of those whose deinit runs.
#define IMMORTAL 0x7fffffffu

typedef WEBBLE_SWIFT void (*destroyer)(__attribute__((swift_context)) void *object);

static inline void destroy(struct webble_object *object, uint32_t references) {
  object->references = references | IMMORTAL;
  ((destroyer)((void *const *)object->metadata)[1])(object);
}

/// An object that is used after its memory was freed has the poison of CheckedBlocks.swift for its metadata.
static inline void check_object(const struct webble_object *object) {
#if WEBBLE_INSPECT
  if ((uintptr_t)object->metadata == 0xdddddddd) {
    static const char text[] = "an object was used after it was freed. Is a reference unowned(unsafe) or unmanaged, and "
                               "nothing else holds the object?";
    webble_js_fatal(text, sizeof text - 1);
  }
#else
  (void)object;
#endif
}

#if WEBBLE_EXPLORES
uint32_t webble_globals_under_way = 0;

/// Runs the initializer of a global variable, once: `done` is 0 before, 1 meanwhile, 2 afterwards. The compiler's own
/// lets a task that comes meanwhile spin, forever if it has been put in front of one in an initializer: there is
/// one thread. So none does.
void swift_once(uintptr_t *done, void (*initialize)(void *), void *context) {
  if (*done == 2) return;
  if (*done == 1) {
    static const char text[] = "the initializer of a global variable needs that variable";
    webble_js_fatal(text, sizeof text - 1);
  }
  *done = 1;
  webble_globals_under_way++;
  initialize(context);
  if (webble_globals_under_way) webble_globals_under_way--;
  *done = 2;
}
#endif

#if WEBBLE_INSPECT
/// Code is about to read or to modify a variable that other code might reach meanwhile. Debug builds of programs call it;
/// Embedded Swift's own does nothing.
///
/// An access that an `await` outlasts is watched for up to there: where its task goes on, possibly on another thread, it
/// is not in the list. Nor is the 33rd of a thread.
void swift_beginAccess(void *variable, void *buffer, uintptr_t flags, void *place) {
  const uintptr_t modifies = 1, is_tracked = 0x20;
  struct webble_thread *thread = webble_thread();
  for (uint32_t index = thread->first_access; index < thread->access_count; index++) {
    struct webble_access *outer = &thread->accesses[index];
    if (outer->variable == variable && (outer->is_modification | (flags & modifies))) {
      static const char text[] = "simultaneous accesses to a variable: it is read or modified while code that has called "
                                 "this modifies or reads it. Copy it before, or end that access first";
      webble_js_fatal(text, sizeof text - 1);
    }
  }
  if (!(flags & is_tracked) || thread->access_count == sizeof thread->accesses / sizeof *thread->accesses) return;
  thread->accesses[thread->access_count++] = (struct webble_access){variable, buffer, flags & modifies};
}

void swift_endAccess(void *buffer) {
  struct webble_thread *thread = webble_thread();
  for (uint32_t index = thread->access_count; index-- > thread->first_access;) {
    if (thread->accesses[index].buffer != buffer) continue;
    // Coroutines and `async let` end theirs in any order.
    for (; index + 1 < thread->access_count; index++) thread->accesses[index] = thread->accesses[index + 1];
    webble_drop_accesses(thread, thread->access_count - 1);
    return;
  }
}
#endif

/// Adds one reference. Any thread. Compiled Swift brings one along; the linker prefers this.
///
/// Tasks that capture the pool they run on would have all workers count in one word; see PoolOwner.swift.
void *swift_retain(void *pointer) {
  struct webble_object *object = pointer;
  if (!object) return object;
  struct webble_thread *thread = webble_thread();
  if (object == thread->stocked && thread->stock) {
    thread->stock--;
    return object;
  }
  check_object(object);
  uint32_t references = __atomic_load_n(&object->references, __ATOMIC_RELAXED);
  if ((references & IMMORTAL) != IMMORTAL)
    __atomic_fetch_add(&object->references, 1, __ATOMIC_RELAXED);
  return object;
}

/// Lets go of one reference. Any thread. Compiled Swift brings one along; the linker prefers this.
///
/// A thread that holds the only reference to an object has it alone: nobody else can retain or release it.
/// Then no atomic operation is needed, nor wanted: it would wait for all stores before it. The load
/// acquires what the releases of others have released.
void swift_release(void *pointer) {
  struct webble_object *object = pointer;
  if (!object) return;
  struct webble_thread *thread = webble_thread();
  if (object == thread->stocked) {
    thread->stock++;
    return;
  }
  check_object(object);
  uint32_t references = __atomic_load_n(&object->references, __ATOMIC_ACQUIRE);
  uint32_t count = references & IMMORTAL;
  if (count == 1) return destroy(object, references);
  if (count == IMMORTAL) return;
  references = __atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL);
  if ((references & IMMORTAL) == 0) destroy(object, references);
}
