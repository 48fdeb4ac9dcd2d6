#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "checks.h"

#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)
#define FORMATS(expected, ...) \
  do { \
    char text[512]; \
    int count = snprintf(text, sizeof text, __VA_ARGS__); \
    if (strcmp(text, expected) || count != (int)strlen(expected)) { \
      printf("line %d: \"%s\", not \"%s\"\n", __LINE__, text, expected); \
      return __LINE__; \
    } \
  } while (0)

int check_printf(void) {
  FORMATS("a % b", "a %% b");
  FORMATS("42|   42|00042|42   |+42| 42", "%d|%5d|%05d|%-5d|%+d|% d", 42, 42, 42, 42, 42, 42);
  FORMATS("-2147483648 -9223372036854775808", "%d %lld", INT_MIN, LLONG_MIN);
  FORMATS("ff FF 0xff 0377 377 0 0x1p", "%x %X %#x %#o %o %#x 0x1p", 255, 255, 255, 255, 255, 0);
  FORMATS("  007|+0042| |", "%5.3d|%+.4d|%1.0d|", 7, 42, 0);
  FORMATS("-1 255 -1 65535", "%hhd %hhu %hd %hu", 255, 255, 65535, 65535);
  FORMATS("4294967295 18446744073709551615", "%zu %ju", (size_t)-1, (uintmax_t)-1);
  FORMATS("abc|  abc|abc  |ab|x|(null)", "%s|%5s|%-5s|%.2s|%c|%s", "abc", "abc", "abc", "abc", 'x',
          (char *)0);
  FORMATS("     7|7    |3.14", "%*d|%-*d|%.*f", 6, 7, 5, 7, 2, 3.14159);
  FORMATS("0x10", "%p", (void *)16);
  FORMATS("1.500000 -0.000000 1e+10 1.5 100000 1e+06 0.0001 1e-05", "%f %f %g %g %g %g %g %g", 1.5, -0.0,
          1e10, 1.5, 1e5, 1e6, 1e-4, 1e-5);
  FORMATS("1.500000e+00 1.5E-300 0e+00 1e+100", "%e %.1E %.0e %.0e", 1.5, 1.5e-300, 0.0, 1e100);
  FORMATS("0 2 2 4 1000 0.2 0.3", "%.0f %.0f %.0f %.0f %.0f %.1f %.1f", 0.5, 1.5, 2.5, 3.5, 999.9, 0.25, 0.35);
  FORMATS("1.00 10.00 0.99 9.99e+01 1.00e+02", "%.2f %.2f %.2f %.2e %.2e", 0.999, 9.999, 0.994, 99.94, 99.999);
  FORMATS("0.1000000000000000055511151231257827021181583404541015625", "%.55f", 0.1);
  FORMATS("4.9406564584124654417656879286822137236505980e-324", "%.43e", 5e-324);
  FORMATS("1797693134862315708145274237317043567980705675258449965989174768031572607800285387605895586327668781"
          "7154045895351438246423432132688946418276846754670353751698604991057655128207624549009038932894407586"
          "8508455133942304583236903222948165808559332123348274797826204144723168738177180919299881250404026184"
          "124858368", "%.0f", DBL_MAX);
  FORMATS("inf -INF nan |   inf|+inf", "%f %F %g |%06f|%+f", __builtin_inf(), -__builtin_inf(), __builtin_nan(""),
          __builtin_inf(), __builtin_inf());
  FORMATS("100.000 1.00000 0.00012 1.", "%#.6g %#g %.2g %#.0f", 100.0, 1.0, 0.000123, 1.0);
  FORMATS("-01.5|+1.50 |  1e+00", "%05.1f|%-+6.2f|%7.0e", -1.5, 1.5, 1.0);
  FORMATS("0x1.8p+0 0x0p+0 -0X1.FP-3 0x0.0000000000001p-1022 0x1.80p+0 0x2p+0", "%a %a %A %a %.2a %.0a", 1.5, 0.0, -0x1.fp-3,
          0x0.0000000000001p-1022, 1.5, 1.9);
  FORMATS("123456789 1234567.1 12345.67891", "%.10g %.8g %.10g", 123456789.0, 1234567.1, 12345.67891);
  char small[4];
  CHECK(snprintf(small, sizeof small, "%s", "abcdef") == 6 && !strcmp(small, "abc"));
  CHECK(snprintf(0, 0, "%d", 12345) == 5);
  errno = 0;
  const char *wrong = "%y";
  CHECK(snprintf(small, sizeof small, wrong, 1) == -1 && errno == EINVAL);
  int target = 7;
  const char *writes = "ab%n";
  CHECK(snprintf(small, sizeof small, writes, &target) == -1 && target == 7);
  char *made;
  CHECK(asprintf(&made, "%d-%s", 5, "x") == 3 && !strcmp(made, "5-x"));
  free(made);
  CHECK(!fopen("/etc/passwd", "r") && errno == ENOENT && getchar() == EOF && write(9, "", 0) == -1);
  return 0;
}

void print_lines(void) {
  printf("one %d\n", 1);
  puts("two");
  fprintf(stderr, "error %s", "line");
  fputs("\n", stderr);
  fwrite("three\nfour", 1, 10, stdout);
  putchar('\n');
}

int check_time(void) {
  struct { time_t time; const char *text; } cases[] = {
    {0, "Thu Jan  1 00:00:00 1970 001 53 1970-W01"},
    {951782399, "Mon Feb 28 23:59:59 2000 059 09 2000-W09"},
    {951782400, "Tue Feb 29 00:00:00 2000 060 09 2000-W09"},
    {1230768000, "Thu Jan  1 00:00:00 2009 001 00 2009-W01"},
    {1262304000, "Fri Jan  1 00:00:00 2010 001 00 2009-W53"},
    {-1, "Wed Dec 31 23:59:59 1969 365 52 1970-W01"},
    {-2203891201, "Wed Feb 28 23:59:59 1900 059 08 1900-W09"},
    {4102444800, "Fri Jan  1 00:00:00 2100 001 00 2099-W53"},
    {253402300799, "Fri Dec 31 23:59:59 9999 365 52 9999-W52"},
  };
  char text[64];
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct tm fields;
    CHECK(gmtime_r(&cases[i].time, &fields) == &fields);
    CHECK(strftime(text, sizeof text, "%c %j", &fields));
    if (strncmp(text, cases[i].text, strlen(text))) return __LINE__;
    CHECK(strftime(text, sizeof text, "%G-W%V", &fields) && !strcmp(text, strrchr(cases[i].text, ' ') + 1));
    CHECK(timegm(&fields) == cases[i].time);
  }
  // Every day of eight hundred years, there and back.
  int days = 0;
  for (time_t day = -12622780800; day < 12622780800; day += 86400, days++) {
    struct tm fields;
    gmtime_r(&day, &fields);
    if (timegm(&fields) != day || fields.tm_mday < 1 || fields.tm_mday > 31) return __LINE__;
  }
  struct tm odd = {.tm_year = 126, .tm_mon = 13, .tm_mday = 0, .tm_hour = 25, .tm_sec = -1};
  CHECK(mktime(&odd) == 1801443599 && odd.tm_mon == 1 && odd.tm_mday == 1 && odd.tm_hour == 0);
  time_t far = (time_t)1 << 62;
  errno = 0;
  CHECK(!gmtime(&far) && errno == EOVERFLOW);
  CHECK(strftime(text, 3, "%Y", &odd) == 0 && strftime(text, sizeof text, "%Q", &odd) == 0);
  struct timespec a, b;
  CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && clock_gettime(CLOCK_MONOTONIC, &b) == 0);
  CHECK(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
  CHECK(clock_gettime(99, &a) == -1 && time(0) > 1700000000);
  return 0;
}

int check_errors(void) {
  CHECK(!strcmp(strerror(0), "No error") && !strcmp(strerror(EXDEV), "Cross-device link"));
  CHECK(!strcmp(strerror(ENOENT), "No such file or directory") && !strcmp(strerror(ERANGE), "Result out of range"));
  CHECK(!strcmp(strerror(-1), "Unknown error") && !strcmp(strerror(999), "Unknown error"));
  CHECK(!getenv("PATH") && system(0) == 0);
  void *none = malloc(0);
  free(none);
  // The compiler may leave out what nobody uses.
  void *volatile large = malloc((size_t)1 << 31);
  CHECK(!large);
  large = calloc(1 << 16, 1 << 16);
  CHECK(!large);
  large = reallocarray(0, 1 << 16, 1 << 16);
  CHECK(!large);
  CHECK(!aligned_alloc(3, 8) && errno == EINVAL);
  unsigned char *block = aligned_alloc(256, 512);
  CHECK(block && ((size_t)block & 255) == 0);
  free(block);
  int seen = 0;
  for (int i = 0; i < 1000; i++) seen |= 1 << arc4random_uniform(3);
  CHECK(seen == 7 && arc4random_uniform(1) == 0 && rand() <= RAND_MAX);
  return 0;
}
