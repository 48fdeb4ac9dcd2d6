#pragma once
#ifdef __cplusplus
extern "C" {
#endif
/// 0, or the line of the first check that failed.
int check_cxx(void);
/// How often the static local's constructor has run.
int static_local_count(void);
#ifdef __cplusplus
}
#endif
