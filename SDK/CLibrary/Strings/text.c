/// Texts that end with a zero byte.
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sixteen.h"

size_t strlen(const char *text) {
#ifdef __wasm_simd128__
  const unsigned char *start = (const unsigned char *)text, *block = block_of(start);
  unsigned found = matches(block, 0) & ~0u << (start - block);
  while (!found) found = matches(block += 16, 0);
  return (size_t)(block + __builtin_ctz(found) - start);
#else
  const char *end = text;
  while ((uintptr_t)end & 3) {
    if (!*end) return (size_t)(end - text);
    end++;
  }
  // Four bytes at a time: an aligned word never crosses the end of the memory. The test is exact for the
  // lowest zero byte, and the loop behind it finds that.
  for (;; end += 4) {
    uint32_t word;
    __builtin_memcpy(&word, end, 4);
    if ((word - 0x01010101) & ~word & 0x80808080) break;
  }
  while (*end) end++;
  return (size_t)(end - text);
#endif
}

size_t strnlen(const char *text, size_t limit) {
  const char *end = memchr(text, 0, limit);
  return end ? (size_t)(end - text) : limit;
}

char *stpcpy(char *restrict to, const char *restrict from) {
  size_t length = strlen(from);
  memcpy(to, from, length + 1);
  return to + length;
}

char *strcpy(char *restrict to, const char *restrict from) {
  stpcpy(to, from);
  return to;
}

char *stpncpy(char *restrict to, const char *restrict from, size_t count) {
  size_t length = strnlen(from, count);
  memcpy(to, from, length);
  memset(to + length, 0, count - length);
  return to + length;
}

char *strncpy(char *restrict to, const char *restrict from, size_t count) {
  stpncpy(to, from, count);
  return to;
}

char *strcat(char *restrict to, const char *restrict from) {
  strcpy(to + strlen(to), from);
  return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t count) {
  size_t start = strlen(to), length = strnlen(from, count);
  memcpy(to + start, from, length);
  to[start + length] = 0;
  return to;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size) {
  size_t length = strlen(from);
  if (size) {
    size_t copied = length < size ? length : size - 1;
    memcpy(to, from, copied);
    to[copied] = 0;
  }
  return length;
}

size_t strlcat(char *restrict to, const char *restrict from, size_t size) {
  size_t start = strnlen(to, size);
  if (start == size) return size + strlen(from);
  return start + strlcpy(to + start, from, size - start);
}

int strcmp(const char *left, const char *right) {
  while (*left && *left == *right) left++, right++;
  return (unsigned char)*left - (unsigned char)*right;
}

int strncmp(const char *left, const char *right, size_t count) {
  for (; count; left++, right++, count--)
    if (*left != *right || !*left) return (unsigned char)*left - (unsigned char)*right;
  return 0;
}

int strcasecmp(const char *left, const char *right) { return strncasecmp(left, right, SIZE_MAX); }

int strncasecmp(const char *left, const char *right, size_t count) {
  for (; count; left++, right++, count--) {
    int difference = tolower((unsigned char)*left) - tolower((unsigned char)*right);
    if (difference || !*left) return difference;
  }
  return 0;
}

int strcoll(const char *left, const char *right) { return strcmp(left, right); }

size_t strxfrm(char *restrict to, const char *restrict from, size_t count) {
  return strlcpy(to, from, count);
}

char *strchrnul(const char *text, int character) {
  while (*text && *text != (char)character) text++;
  return (char *)text;
}

char *strchr(const char *text, int character) {
  char *found = strchrnul(text, character);
  return *found == (char)character ? found : 0;
}

char *strrchr(const char *text, int character) {
  return memrchr(text, character, strlen(text) + 1);
}

char *strcasestr(const char *text, const char *part) {
  size_t length = strlen(part);
  for (;; text++) {
    if (strncasecmp(text, part, length) == 0) return (char *)text;
    if (!*text) return 0;
  }
}

/// A bit for each byte that `characters` has.
struct byte_set { uint32_t words[8]; };

static struct byte_set set_of(const char *characters) {
  struct byte_set set = {{0}};
  for (; *characters; characters++)
    set.words[(unsigned char)*characters / 32] |= (uint32_t)1 << (unsigned char)*characters % 32;
  return set;
}

static int contains(const struct byte_set *set, char character) {
  return set->words[(unsigned char)character / 32] >> (unsigned char)character % 32 & 1;
}

size_t strspn(const char *text, const char *characters) {
  struct byte_set set = set_of(characters);
  const char *end = text;
  while (contains(&set, *end)) end++;
  return (size_t)(end - text);
}

size_t strcspn(const char *text, const char *characters) {
  struct byte_set set = set_of(characters);
  const char *end = text;
  while (*end && !contains(&set, *end)) end++;
  return (size_t)(end - text);
}

char *strpbrk(const char *text, const char *characters) {
  text += strcspn(text, characters);
  return *text ? (char *)text : 0;
}

char *strsep(char **text, const char *separators) {
  char *start = *text;
  if (!start) return 0;
  char *end = start + strcspn(start, separators);
  *text = *end ? end + 1 : 0;
  *end = 0;
  return start;
}

char *strtok_r(char *restrict text, const char *restrict separators, char **restrict rest) {
  if (!text) text = *rest;
  if (text) text += strspn(text, separators);
  if (!text || !*text) {
    *rest = 0;
    return 0;
  }
  *rest = text;
  return strsep(rest, separators);
}

char *strtok(char *restrict text, const char *restrict separators) {
  static _Thread_local char *rest;
  return strtok_r(text, separators, &rest);
}

char *strndup(const char *text, size_t count) {
  size_t length = strnlen(text, count);
  char *copy = malloc(length + 1);
  if (!copy) return 0;
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

char *strdup(const char *text) { return strndup(text, SIZE_MAX - 1); }
