/// Numbers from text.
#include "../Numbers/floattext.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

/// The magnitude of a whole number of at most `limit` (for negative ones, `negative_limit`), with the
/// nearest limit and ERANGE beyond.
static uint64_t parse_whole(const char *text, char **end, int base, uint64_t limit,
                            uint64_t negative_limit, int *is_negative) {
  const char *at = text, *last = text;
  while (isspace((unsigned char)*at)) at++;
  *is_negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  uint64_t value = 0;
  int is_too_large = 0;
  if (base < 0 || base == 1 || base > 36) {
    errno = EINVAL;
    if (end) *end = (char *)text;
    return 0;
  }
  if ((base == 0 || base == 16) && *at == '0' && (at[1] | 0x20) == 'x' && isxdigit((unsigned char)at[2])) {
    at += 2;
    base = 16;
  }
  if (base == 0) base = *at == '0' ? 8 : 10;
  if (*is_negative) limit = negative_limit;
  for (;; at++) {
    int digit = *at >= '0' && *at <= '9'                    ? *at - '0'
                : isalpha((unsigned char)*at) ? (*at | 0x20) - 'a' + 10
                                              : 36;
    if (digit >= base) break;
    last = at + 1;
    if (is_too_large || value > (limit - (uint64_t)digit) / (uint64_t)base || limit < (uint64_t)digit) {
      is_too_large = 1;
      continue;
    }
    value = value * (uint64_t)base + (uint64_t)digit;
  }
  if (end) *end = (char *)last;
  if (!is_too_large) return value;
  errno = ERANGE;
  return limit;
}

long long strtoll(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  uint64_t value = parse_whole(text, end, base, LLONG_MAX, (uint64_t)1 << 63, &is_negative);
  return (long long)(is_negative ? -value : value);
}

long strtol(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  uint64_t value = parse_whole(text, end, base, LONG_MAX, (uint64_t)1 << 31, &is_negative);
  return (long)(is_negative ? -value : value);
}

/// The unsigned ones take a minus sign, too, and then the value's negation, unless that is out of range.
unsigned long long strtoull(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  char *after;
  int before = errno;
  errno = 0;
  uint64_t value = parse_whole(text, &after, base, ULLONG_MAX, ULLONG_MAX, &is_negative);
  int is_too_large = errno == ERANGE;
  if (!errno) errno = before;
  if (end) *end = after;
  return is_negative && !is_too_large ? -value : value;
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  char *after;
  int before = errno;
  errno = 0;
  uint64_t value = parse_whole(text, &after, base, ULONG_MAX, ULONG_MAX, &is_negative);
  int is_too_large = errno == ERANGE;
  if (!errno) errno = before;
  if (end) *end = after;
  return (unsigned long)(is_negative && !is_too_large ? -value : value);
}

intmax_t strtoimax(const char *restrict text, char **restrict end, int base) {
  return strtoll(text, end, base);
}
uintmax_t strtoumax(const char *restrict text, char **restrict end, int base) {
  return strtoull(text, end, base);
}

int atoi(const char *text) { return (int)strtol(text, 0, 10); }
long atol(const char *text) { return strtol(text, 0, 10); }
long long atoll(const char *text) { return strtoll(text, 0, 10); }

static uint64_t parse(const char *text, char **end, const struct float_format *format) {
  const char *after;
  enum float_text_status status;
  uint64_t bits = webble_parse_float(text, format, &after, &status);
  if (status == FLOAT_TEXT_RANGE) errno = ERANGE;
  if (end) *end = (char *)after;
  return bits;
}

double strtod(const char *restrict text, char **restrict end) {
  return double_of_bits(parse(text, end, &webble_double_format));
}

float strtof(const char *restrict text, char **restrict end) {
  return float_of_bits(parse(text, end, &webble_float_format));
}

double atof(const char *text) { return strtod(text, 0); }
