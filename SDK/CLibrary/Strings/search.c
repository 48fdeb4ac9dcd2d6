/// Finding one text in another, in linear time. Source: M. Crochemore and D. Perrin, Two-way string-matching,
/// Journal of the ACM 38 (3), 1991.
#include <stdint.h>
#include <string.h>

/// The start of the greatest suffix of `part`, in the order of bytes or in its reverse, and its period.
static size_t greatest_suffix(const unsigned char *part, size_t count, int is_reversed, size_t *period) {
  size_t start = 0, candidate = 1, offset = 0, length = 1;
  while (candidate + offset < count) {
    unsigned char a = part[candidate + offset], b = part[start + offset];
    if (a == b) {
      if (++offset == length) {
        candidate += length;
        offset = 0;
      }
    } else if ((a < b) != is_reversed) {
      candidate += offset + 1;
      offset = 0;
      length = candidate - start;
    } else {
      start = candidate++;
      offset = 0;
      length = 1;
    }
  }
  *period = length;
  return start;
}

static void *find(const unsigned char *text, size_t count, const unsigned char *part,
                  size_t part_count) {
  size_t period, other_period;
  size_t middle = greatest_suffix(part, part_count, 0, &period);
  size_t other = greatest_suffix(part, part_count, 1, &other_period);
  if (other > middle) middle = other, period = other_period;
  // Where the left half repeats at the period, matched bytes are remembered from one try to the next.
  int is_periodic = middle + period <= part_count && memcmp(part, part + period, middle) == 0;
  size_t memory = 0;
  if (!is_periodic)
    period = (middle > part_count - middle ? middle : part_count - middle) + 1;
  for (size_t at = 0; at + part_count <= count;) {
    size_t right = middle > memory ? middle : memory;
    while (right < part_count && part[right] == text[at + right]) right++;
    if (right < part_count) {
      at += right - middle + 1;
      memory = 0;
      continue;
    }
    size_t left = middle;
    while (left > memory && part[left - 1] == text[at + left - 1]) left--;
    if (left <= memory) return (void *)(text + at);
    at += period;
    memory = is_periodic ? part_count - period : 0;
  }
  return 0;
}

void *memmem(const void *bytes, size_t count, const void *part, size_t part_count) {
  if (part_count == 0) return (void *)bytes;
  if (part_count > count) return 0;
  // Most searches end at the first byte.
  const unsigned char *start = memchr(bytes, *(const unsigned char *)part, count);
  if (!start || part_count == 1) return (void *)start;
  return find(start, count - (size_t)(start - (const unsigned char *)bytes), part, part_count);
}

char *strstr(const char *text, const char *part) {
  return memmem(text, strlen(text), part, strlen(part));
}
