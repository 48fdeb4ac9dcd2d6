#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "checks.h"

#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)

static int check_scanned_numbers(void) {
  int a = 0, b = 0, c = 0;
  CHECK(sscanf(" 12,-7 +3", "%d,%d%d", &a, &b, &c) == 3 && a == 12 && b == -7 && c == 3);
  CHECK(sscanf("0x1f 077 9", "%i%i%i", &a, &b, &c) == 3 && a == 31 && b == 63 && c == 9);
  unsigned hexadecimal = 0, octal = 0;
  CHECK(sscanf("FFfe 17", "%x %o", &hexadecimal, &octal) == 2 && hexadecimal == 0xfffe && octal == 15);
  long long wide = 0;
  unsigned char narrow = 0;
  short half = 0;
  size_t size = 0;
  CHECK(sscanf("-9223372036854775808 255 -3 7", "%lld%hhu%hd%zu", &wide, &narrow, &half, &size) == 4);
  CHECK(wide == LLONG_MIN && narrow == 255 && half == -3 && size == 7);
  unsigned long long most = 0;
  CHECK(sscanf("99999999999999999999999", "%llu", &most) == 1 && most == ULLONG_MAX);
  // A field's width ends a number.
  CHECK(sscanf("12345", "%2d%3d", &a, &b) == 2 && a == 12 && b == 345);
  CHECK(sscanf("-1", "%1d", &a) == 0);
  double x = 0;
  float y = 0;
  CHECK(sscanf("1.5e3 -.25", "%lf%f", &x, &y) == 2 && x == 1500 && y == -0.25f);
  CHECK(sscanf("inf nan 0x1.8p1", "%lf%f%lf", &x, &y, &x) == 3 && isnan(y) && x == 3);
  CHECK(sscanf("3.14159", "%4lf%d", &x, &a) == 2 && x == 3.14 && a == 159);
  CHECK(sscanf("1e400", "%lf", &x) == 1 && isinf(x));
  // A number that is broken off is none.
  CHECK(sscanf("1e+", "%lf", &x) == 0 && sscanf("0x", "%i", &a) == 0 && sscanf("-", "%d", &a) == 0);
  CHECK(sscanf("", "%d", &a) == EOF && sscanf("  ", "%d", &a) == EOF && sscanf("x", "%d", &a) == 0);
  return 0;
}

static int check_scanned_texts(void) {
  char word[16], rest[32];
  int count = -1, number = 0;
  CHECK(sscanf("  hello world", "%s %3s%n", word, rest, &count) == 2);
  CHECK(!strcmp(word, "hello") && !strcmp(rest, "wor") && count == 11);
  CHECK(sscanf("key = value # note", "%15[^= ] = %31[^#]", word, rest) == 2);
  CHECK(!strcmp(word, "key") && !strcmp(rest, "value "));
  CHECK(sscanf("]a-b", "%[]a-]", word) == 1 && !strcmp(word, "]a-"));
  strcpy(word, "old");
  CHECK(sscanf("xyz", "%[0-9]", word) == 0 && !strcmp(word, "old"));
  char letters[3] = {0};
  CHECK(sscanf(" ab", "%c%c", letters, letters + 1) == 2 && letters[0] == ' ' && letters[1] == 'a');
  CHECK(sscanf("abcd", "%3c", letters) == 1 && !memcmp(letters, "abc", 3));
  CHECK(sscanf("7 skipped 8", "%*d %*s %d", &number) == 1 && number == 8);
  CHECK(sscanf("50% off", "%d%% off%n", &number, &count) == 1 && number == 50 && count == 7);
  CHECK(sscanf("12:30", "%d.%d", &number, &count) == 1 && number == 12);
  void *address = 0;
  CHECK(sscanf("0x1234", "%p", &address) == 1 && (uintptr_t)address == 0x1234);
  errno = 0;
  const char *wrong = "%y", *open = "%[abc";
  CHECK(sscanf("a", wrong, word) == 0 && errno == EINVAL && sscanf("a", open, word) == 0);
  CHECK(scanf("%d", &number) == EOF && fscanf(stdin, "%d", &number) == EOF);
  return 0;
}

int check_scanning(void) {
  int line = check_scanned_numbers();
  return line ? line : check_scanned_texts();
}
