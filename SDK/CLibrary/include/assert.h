// No guard: NDEBUG decides anew each time the file is included, as C wants it.
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) \
  ((condition) ? (void)0 : __webble_assertion_failed(#condition, __FILE__, __LINE__, __func__))
#endif

#ifndef _WEBBLE_ASSERT_H
#define _WEBBLE_ASSERT_H
#ifdef __cplusplus
extern "C" {
#else
#define static_assert _Static_assert
#endif

/// Stops the program with a report of the condition.
__attribute__((noreturn, cold)) void __webble_assertion_failed(const char *condition, const char *file,
                                                               int line, const char *function);
#ifdef __cplusplus
}
#endif
#endif
