/// The Gregorian calendar, for any year that an `int` holds. Years are counted from March, so that the day that
/// leap years add is their last (E. G. Richards, Mapping Time, 1998).
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

static long long floor_div(long long a, long long b) { return a / b - (a % b < 0); }

/// Days since 1970 of a year and of a month counted from 0.
static long long days_of(long long year, int month) {
  if (month < 2) year--;
  long long from_march = (month + 10) % 12;
  return 365 * year + floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400)
         + (153 * from_march + 2) / 5 - 719468;
}

struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict result) {
  long long days = floor_div(*time, 86400), seconds = *time - days * 86400;
  // A first guess of the year is right or one too late.
  long long year = 1970 + floor_div(days * 400 + 200, 146097);
  while (days_of(year, 0) > days) year--;
  while (days_of(year + 1, 0) <= days) year++;
  if (year - 1900 > INT_MAX || year - 1900 < INT_MIN) {
    errno = EOVERFLOW;
    return 0;
  }
  int month = 11;
  while (days_of(year, month) > days) month--;
  *result = (struct tm){
    .tm_sec = (int)(seconds % 60),
    .tm_min = (int)(seconds / 60 % 60),
    .tm_hour = (int)(seconds / 3600),
    .tm_mday = (int)(days - days_of(year, month)) + 1,
    .tm_mon = month,
    .tm_year = (int)(year - 1900),
    .tm_wday = (int)((days % 7 + 11) % 7),
    .tm_yday = (int)(days - days_of(year, 0)),
    .tm_zone = "UTC",
  };
  return result;
}

static _Thread_local struct tm last;
struct tm *gmtime(const time_t *time) { return gmtime_r(time, &last); }
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result) {
  return gmtime_r(time, result);
}
struct tm *localtime(const time_t *time) { return gmtime_r(time, &last); }

time_t timegm(struct tm *fields) {
  long long year = fields->tm_year + 1900LL + floor_div(fields->tm_mon, 12);
  int month = (int)(fields->tm_mon - floor_div(fields->tm_mon, 12) * 12);
  long long days = days_of(year, month) + fields->tm_mday - 1LL;
  time_t time = days * 86400 + fields->tm_hour * 3600LL + fields->tm_min * 60LL + fields->tm_sec;
  return gmtime_r(&time, fields) ? time : -1;
}
time_t mktime(struct tm *fields) { return timegm(fields); }
void tzset(void) {}

char *asctime_r(const struct tm *restrict fields, char *restrict text) {
  return strftime(text, 26, "%a %b %e %H:%M:%S %Y\n", fields) ? text : 0;
}
static _Thread_local char last_text[26];
char *asctime(const struct tm *fields) { return asctime_r(fields, last_text); }
char *ctime_r(const time_t *time, char *text) {
  struct tm fields;
  return gmtime_r(time, &fields) ? asctime_r(&fields, text) : 0;
}
char *ctime(const time_t *time) { return ctime_r(time, last_text); }
