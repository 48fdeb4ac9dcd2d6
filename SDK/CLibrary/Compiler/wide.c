/// What the compiler calls in release builds for a loop that looks for the 0 at the end of units of 32 bits.
#include <stddef.h>

size_t wcslen(const wchar_t *text) {
  size_t count = 0;
  while (text[count]) count++;
  return count;
}
