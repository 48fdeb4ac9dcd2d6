#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"

#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)

int check_strings(void) {
  char text[64];
  CHECK(strlen("") == 0 && strlen("a") == 1);
  for (int i = 0; i < 40; i++) {
    memset(text, 'x', 40);
    text[i] = 0;
    for (int start = 0; start <= i; start++) CHECK(strlen(text + start) == (size_t)(i - start));
  }
  CHECK(memcmp("abcdefgh1", "abcdefgh2", 9) < 0 && memcmp("\xff", "a", 1) > 0 && !memcmp("a", "b", 0));
  CHECK(memcmp("aaaaaaab", "aaaaaaba", 8) < 0);
  // The byte that is looked for, or differs, at each place of ranges that begin and end anywhere.
  for (int start = 0; start < 20; start++)
    for (int count = 0; count <= 40; count++) {
      char other[64];
      memset(text, 'x', 64);
      // Just before, just behind.
      if (start) text[start - 1] = 'y';
      text[start + count] = 'y';
      memcpy(other, text, 64);
      CHECK(!memchr(text + start, 'y', count) && strnlen(text + start, count) == (size_t)count);
      CHECK(!memcmp(text + start, other + start, count));
      for (int i = 0; i < count; i++) {
        text[start + i] = (char)0xff;
        CHECK(memchr(text + start, 0xff, count) == text + start + i);
        CHECK(memchr(text + start, 0xff, (size_t)-1) == text + start + i);
        CHECK(memcmp(text + start, other + start, count) > 0 && memcmp(other + start, text + start, count) < 0);
        CHECK(!memcmp(text + start, other + start, i));
        text[start + i] = 'x';
      }
    }
  strcpy(text, "abc");
  CHECK(!strcmp(strcat(text, "def"), "abcdef") && !strcmp(strncat(text, "ghi", 1), "abcdefg"));
  CHECK(strlcpy(text, "abcdef", 4) == 6 && !strcmp(text, "abc"));
  CHECK(strlcat(text, "xyz", 5) == 6 && !strcmp(text, "abcx"));
  memset(text, 1, 8);
  strncpy(text, "ab", 4);
  CHECK(text[2] == 0 && text[3] == 0 && text[4] == 1);
  CHECK(strcmp("a", "b") < 0 && strcmp("a\x80", "a\x7f") > 0 && strncmp("abc", "abd", 2) == 0);
  CHECK(strcasecmp("HeLLo", "hello") == 0 && strncasecmp("HELP", "hello", 3) == 0);
  CHECK(strchr("hello", 'l') - strchr("hello", 'h') == 2 && !strchr("a", 'b') && *strchr("a", 0) == 0);
  CHECK(strrchr("hello", 'l')[1] == 'o' && strpbrk("hello", "ol")[0] == 'l');
  CHECK(strspn("aabbc", "ab") == 4 && strcspn("aabbc", "c") == 4 && strcspn("abc", "") == 3);
  CHECK(!strcmp(strstr("hello world", "wor"), "world") && !strstr("aaab", "aab1") && strstr("a", ""));
  CHECK(!strcmp(strcasestr("Hello World", "WOR"), "World"));
  char words[] = "one, two,,three", *rest;
  CHECK(!strcmp(strtok_r(words, ", ", &rest), "one") && !strcmp(strtok_r(0, ", ", &rest), "two"));
  CHECK(!strcmp(strtok_r(0, ", ", &rest), "three") && !strtok_r(0, ", ", &rest));
  // Searching against the simplest way, over words of two letters.
  for (unsigned word = 0; word < 4096; word++) {
    char hay[13], part[6];
    for (int i = 0; i < 12; i++) hay[i] = word >> i & 1 ? 'a' : 'b';
    hay[12] = 0;
    for (unsigned small = 0; small < 32; small++) {
      for (int i = 0; i < 5; i++) part[i] = small >> i & 1 ? 'a' : 'b';
      part[5] = 0;
      const char *expected = 0;
      for (int at = 0; at <= 7 && !expected; at++)
        if (!strncmp(hay + at, part, 5)) expected = hay + at;
      CHECK(strstr(hay, part) == expected);
    }
  }
  char *copy = strdup("copy");
  CHECK(copy && !strcmp(copy, "copy"));
  free(copy);
  CHECK(isalpha('q') && !isalpha('1') && isspace('\v') && ispunct('~') && !isprint(127) && isxdigit('F'));
  CHECK(!isalpha(-1) && toupper('z') == 'Z' && tolower('@') == '@' && !isalnum(0xE4));
  return 0;
}

int check_numbers(void) {
  char *end;
  CHECK(strtol("  -42x", &end, 10) == -42 && *end == 'x');
  CHECK(strtol("0x1f", 0, 0) == 31 && strtol("017", 0, 0) == 15 && strtol("zz", 0, 36) == 1295);
  CHECK(strtol("0xg", &end, 16) == 0 && *end == 'x');
  CHECK(strtol("", &end, 10) == 0 && *end == 0 && strtol("+", &end, 10) == 0 && *end == '+');
  errno = 0;
  CHECK(strtol("2147483647", 0, 10) == LONG_MAX && errno == 0);
  CHECK(strtol("2147483648", 0, 10) == LONG_MAX && errno == ERANGE);
  errno = 0;
  CHECK(strtol("-2147483648", 0, 10) == LONG_MIN && errno == 0);
  CHECK(strtol("-99999999999999999999", 0, 10) == LONG_MIN && errno == ERANGE);
  errno = 0;
  CHECK(strtoul("-1", 0, 10) == ULONG_MAX && errno == 0 && strtoul("4294967296", 0, 10) == ULONG_MAX && errno);
  CHECK(strtoll("9223372036854775807", 0, 10) == LLONG_MAX && strtoull("ffffffffffffffff", 0, 16) == ULLONG_MAX);
  errno = 0;
  CHECK(strtol("1", &end, 99) == 0 && errno == EINVAL);
  errno = 0;
  CHECK(strtod("1.5e3abc", &end) == 1500 && *end == 'a' && errno == 0);
  CHECK(strtod("1e999", 0) == __builtin_inf() && errno == ERANGE);
  errno = 0;
  CHECK(strtod("1e-999", 0) == 0 && errno == ERANGE);
  CHECK(strtod("x", &end) == 0 && *end == 'x' && strtof("0x1p-3", 0) == 0.125f && strtold("2.5", 0) == 2.5L);
  CHECK(sizeof(long double) == 8 && atoi("12") == 12 && atof("-.5") == -0.5);
  CHECK(abs(-3) == 3 && llabs(LLONG_MIN + 1) == LLONG_MAX && div(-7, 2).rem == -1 && imaxdiv(7, 2).quot == 3);
  return 0;
}

static int compare_ints(const void *a, const void *b) {
  return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}
static int contradict(const void *a, const void *b) {
  (void)a, (void)b;
  return rand() % 3 - 1;
}
static int compare_first_bytes(const void *a, const void *b) {
  return *(const unsigned char *)a - *(const unsigned char *)b;
}

int check_sorting(void) {
  static int numbers[5000];
  srand(7);
  for (int kind = 0; kind < 6; kind++) {
    for (int count = 0; count <= 5000; count = count * 2 + 1 + (count > 40 ? 400 : 0)) {
      for (int i = 0; i < count; i++)
        numbers[i] = kind == 0   ? rand()
                     : kind == 1 ? i
                     : kind == 2 ? -i
                     : kind == 3 ? i % 3
                     : kind == 4 ? 1
                                 : (i & 1 ? i : -i);
      long long sum = 0, after = 0;
      for (int i = 0; i < count; i++) sum += numbers[i];
      qsort(numbers, (size_t)count, sizeof(int), compare_ints);
      for (int i = 0; i < count; i++) after += numbers[i];
      CHECK(sum == after);
      for (int i = 1; i < count; i++) CHECK(numbers[i - 1] <= numbers[i]);
    }
  }
  qsort(numbers, 5000, sizeof(int), contradict);
  char records[100 * 11];
  for (int i = 0; i < 100; i++) memset(records + i * 11, i * 37 % 100, 11);
  qsort(records, 100, 11, compare_first_bytes);
  for (int i = 0; i < 1100; i++) CHECK(records[i] == i / 11);
  int sorted[] = {1, 3, 5, 7, 9}, key = 7, none = 4;
  CHECK(bsearch(&key, sorted, 5, sizeof(int), compare_ints) == sorted + 3);
  CHECK(!bsearch(&none, sorted, 5, sizeof(int), compare_ints) && !bsearch(&key, sorted, 0, 4, compare_ints));
  return 0;
}
