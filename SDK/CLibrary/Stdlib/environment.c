/// What a program on a page has not got.
#include <errno.h>
#include <locale.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime.h"

char *getenv(const char *name) {
  (void)name;
  return 0;
}
int setenv(const char *name, const char *value, int overwrites) {
  (void)name, (void)value, (void)overwrites;
  errno = ENOTSUP;
  return -1;
}
int unsetenv(const char *name) {
  (void)name;
  return 0;
}
int system(const char *command) {
  if (!command) return 0;
  errno = ENOTSUP;
  return -1;
}

int sched_yield(void) { return 0; }
pid_t getpid(void) { return 1; }
int getpagesize(void) { return 65536; }
int isatty(int descriptor) {
  (void)descriptor;
  errno = ENOTTY;
  return 0;
}

long sysconf(int name) {
  switch (name) {
  case _SC_PAGESIZE: return 65536;
  case _SC_NPROCESSORS_CONF:
  case _SC_NPROCESSORS_ONLN: return (long)webble_js_parallelism();
  }
  errno = EINVAL;
  return -1;
}

char *setlocale(int category, const char *name) {
  (void)category;
  return !name || !*name || !strcmp(name, "C") || !strcmp(name, "POSIX") ? (char *)"C" : 0;
}

struct lconv *localeconv(void) {
  static struct lconv conventions = {(char *)".", (char *)"", (char *)""};
  return &conventions;
}
