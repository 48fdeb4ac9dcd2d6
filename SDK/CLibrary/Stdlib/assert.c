#include <assert.h>
#include <string.h>

#include "runtime.h"

/// Appends what fits, and keeps room for the rest.
static char *append(char *to, const char *end, const char *text) {
  while (*text && to < end) *to++ = *text++;
  return to;
}

void __webble_assertion_failed(const char *condition, const char *file, int line, const char *function) {
  char text[512], digits[12], *digit = digits + sizeof digits - 1, *at = text, *end = text + sizeof text;
  *digit = 0;
  for (unsigned rest = (unsigned)line; rest || !*digit; rest /= 10) *--digit = (char)('0' + rest % 10);
  at = append(at, end - 200, file);
  at = append(at, end, ":");
  at = append(at, end, digit);
  at = append(at, end, ": ");
  at = append(at, end - 130, function);
  at = append(at, end, ": assertion failed: ");
  at = append(at, end, condition);
  webble_js_fatal(text, (uint32_t)(at - text));
}
