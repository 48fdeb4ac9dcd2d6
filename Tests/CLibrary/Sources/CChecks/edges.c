#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"

#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)

static unsigned state = 1;

/// Contradicts itself, as comparisons of NaN do.
static int compare_by_chance(const void *left, const void *right) {
  (void)left;
  (void)right;
  state = state * 1664525 + 1013904223;
  return (int)(state >> 30) - 1;
}
static int is_always_less(const void *left, const void *right) {
  (void)left;
  (void)right;
  return -1;
}

/// Whatever a comparison says, sorting ends, stays inside the array and loses nothing.
static int check_contradictions(void) {
  enum { count = 3000 };
  static const int guard = 0x5a5a5a5a;
  int *numbers = malloc((count + 2) * sizeof(int));
  char *seen = calloc(count, 1);
  int (*const comparisons[])(const void *, const void *) = {compare_by_chance, is_always_less};
  for (int which = 0; which < 2; which++) {
    for (int used = 0; used <= count; used = used * 3 + 1) {
      numbers[0] = numbers[used + 1] = guard;
      for (int at = 0; at < used; at++) numbers[at + 1] = at;
      qsort(numbers + 1, (size_t)used, sizeof(int), comparisons[which]);
      CHECK(numbers[0] == guard && numbers[used + 1] == guard);
      memset(seen, 0, count);
      for (int at = 0; at < used; at++) {
        CHECK(numbers[at + 1] >= 0 && numbers[at + 1] < used && !seen[numbers[at + 1]]);
        seen[numbers[at + 1]] = 1;
      }
    }
  }
  free(numbers);
  free(seen);
  return 0;
}

static int check_sizes(void) {
  void *none = malloc(0), *other = malloc(0);
  CHECK(none && other && none != other);
  none = realloc(none, 10);
  CHECK(none);
  memset(none, 1, 10);
  free(none);
  free(other);
  free(NULL);
  // More than there is, and more than can be counted.
  volatile size_t most = SIZE_MAX;
  void *volatile large = malloc(most);
  CHECK(!large);
  large = calloc(most / 2 + 2, 2);
  CHECK(!large);
  large = malloc(most - 64);
  CHECK(!large);
  char *kept = malloc(8);
  strcpy(kept, "kept");
  large = realloc(kept, most);
  CHECK(!large && !strcmp(kept, "kept"));
  free(kept);
  void *aligned = NULL;
  CHECK(posix_memalign(&aligned, 256, 100) == 0 && (uintptr_t)aligned % 256 == 0);
  free(aligned);
  return 0;
}

static int check_ranges(void) {
  char *end;
  errno = 0;
  CHECK(strtod("1e309", &end) == HUGE_VAL && errno == ERANGE && !*end);
  errno = 0;
  CHECK(strtod("-1e999999999999999999999", &end) == -HUGE_VAL && errno == ERANGE);
  errno = 0;
  CHECK(strtod("1e-400", &end) == 0 && errno == ERANGE);
  errno = 0;
  CHECK(strtof("3.5e38", &end) == HUGE_VALF && errno == ERANGE);
  CHECK(strtod("0x", &end) == 0 && *end == 'x' && strtod("1e+", &end) == 1 && *end == 'e');
  CHECK(strtod(" \t.", &end) == 0 && *end == ' ');
  errno = 0;
  CHECK(strtol("2147483648", &end, 10) == LONG_MAX && errno == ERANGE && !*end);
  errno = 0;
  CHECK(strtol("-2147483649", &end, 10) == LONG_MIN && errno == ERANGE);
  errno = 0;
  CHECK(strtol("-2147483648", &end, 10) == LONG_MIN && errno == 0);
  CHECK(strtoul("-1", &end, 10) == ULONG_MAX && strtol("0x", &end, 16) == 0 && *end == 'x');
  errno = 0;
  CHECK(strtol("12", &end, 1) == 0 && errno == EINVAL);
  CHECK(strtol("zz", &end, 36) == 35 * 36 + 35 && strtol("", &end, 10) == 0);
  return 0;
}

static int check_fields(void) {
  char text[64];
  // Without an end, but for its precision.
  const char letters[3] = {'a', 'b', 'c'};
  CHECK(snprintf(text, sizeof text, "%.3s|%.*s|%.*s", letters, 2, letters, -1, "all") == 10);
  CHECK(!strcmp(text, "abc|ab|all"));
  CHECK(snprintf(text, sizeof text, "%*d|%-08d|%+ d|%+08.3f", -5, 7, 7, 7, 1.5) == 26);
  CHECK(!strcmp(text, "7    |7       |+7|+001.500"));
  CHECK(snprintf(text, 1, "%d", 5) == 1 && !*text);
  errno = 0;
  CHECK(open("none", O_RDONLY) == -1 && errno == ENOENT);
  // More than an int can count: at once, and without writing all of it.
  const char *formats[] = {"%2147483648d", "%-99999999999s", "%.2147483648d", "%.2147483647f"};
  for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
    errno = 0;
    CHECK(snprintf(text, sizeof text, formats[i], i == 1 ? (void *)"a" : (void *)1) == -1 && errno == EOVERFLOW);
  }
  return 0;
}

int check_edges(void) {
  int line = check_contradictions();
  if (!line) line = check_sizes();
  if (!line) line = check_ranges();
  return line ? line : check_fields();
}

static pthread_mutex_t elsewhere = PTHREAD_MUTEX_INITIALIZER;

int lock_elsewhere(void) { return pthread_mutex_lock(&elsewhere); }
int unlock_elsewhere(void) { return pthread_mutex_unlock(&elsewhere); }
