/// Clocks and calendar. The only zone is UTC: `localtime` is `gmtime`.
#ifndef _WEBBLE_TIME_H
#define _WEBBLE_TIME_H
#include <stddef.h>
#include <sys/types.h>
#ifdef __cplusplus
extern "C" {
#define restrict __restrict
#endif

typedef long long clock_t;
#define CLOCKS_PER_SEC ((clock_t)1000000)
#define TIME_UTC 1
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3

struct timespec {
  time_t tv_sec;
  long tv_nsec;
};

struct tm {
  int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
  long tm_gmtoff;
  const char *tm_zone;
};

time_t time(time_t *result);
/// Microseconds since the program has begun: there is no clock of a processor's time.
clock_t clock(void);
double difftime(time_t later, time_t earlier);
int clock_gettime(clockid_t clock, struct timespec *result);
int clock_getres(clockid_t clock, struct timespec *result);
int timespec_get(struct timespec *result, int base);
/// Blocks a worker; on the main thread fails with ENOTSUP.
int nanosleep(const struct timespec *duration, struct timespec *rest);

struct tm *gmtime(const time_t *time);
struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict result);
struct tm *localtime(const time_t *time);
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result);
/// Brings the fields into their ranges.
time_t mktime(struct tm *fields);
time_t timegm(struct tm *fields);
size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict fields);
char *asctime(const struct tm *fields);
char *asctime_r(const struct tm *restrict fields, char *restrict text);
char *ctime(const time_t *time);
char *ctime_r(const time_t *time, char *text);
void tzset(void);

#ifdef __cplusplus
#undef restrict
}
#endif
#endif
