#ifndef _WEBBLE_SCHED_H
#define _WEBBLE_SCHED_H
#ifdef __cplusplus
extern "C" {
#endif
/// Returns at once: threads have processors of their own.
int sched_yield(void);
#ifdef __cplusplus
}
#endif
#endif
