/// Blocks of bytes. What copies and fills is an instruction of WebAssembly.
#include <stdint.h>
#include <string.h>

#include "sixteen.h"

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  return __builtin_memcpy(to, from, count);
}

void *memmove(void *to, const void *from, size_t count) {
  return __builtin_memmove(to, from, count);
}

void *memset(void *to, int byte, size_t count) { return __builtin_memset(to, byte, count); }

void *mempcpy(void *restrict to, const void *restrict from, size_t count) {
  return (char *)__builtin_memcpy(to, from, count) + count;
}

int memcmp(const void *left, const void *right, size_t count) {
  const unsigned char *a = left, *b = right;
#ifdef __wasm_simd128__
  for (; count >= 16; a += 16, b += 16, count -= 16) {
    unsigned differing = wasm_i8x16_bitmask(wasm_i8x16_ne(wasm_v128_load(a), wasm_v128_load(b)));
    if (differing) {
      int i = __builtin_ctz(differing);
      return a[i] - b[i];
    }
  }
#endif
  for (; count >= 8; a += 8, b += 8, count -= 8) {
    uint64_t x, y;
    __builtin_memcpy(&x, a, 8);
    __builtin_memcpy(&y, b, 8);
    if (x != y) {
      x = __builtin_bswap64(x);
      y = __builtin_bswap64(y);
      return x < y ? -1 : 1;
    }
  }
  for (size_t i = 0; i < count; i++)
    if (a[i] != b[i]) return a[i] - b[i];
  return 0;
}

int bcmp(const void *left, const void *right, size_t count) { return memcmp(left, right, count); }

void *memchr(const void *bytes, int byte, size_t count) {
  const unsigned char *at = bytes;
#ifdef __wasm_simd128__
  if (count == 0) return 0;
  const unsigned char *block = block_of(at);
  // What comes before the first byte does not count.
  unsigned found = matches(block, byte) & ~0u << (at - block);
  for (;; found = matches(block, byte)) {
    if (found) {
      const unsigned char *place = block + __builtin_ctz(found);
      return (size_t)(place - at) < count ? (void *)place : 0;
    }
    block += 16;
    if ((size_t)(block - at) >= count) return 0;
  }
#else
  for (size_t i = 0; i < count; i++)
    if (at[i] == (unsigned char)byte) return (void *)(at + i);
  return 0;
#endif
}

void *memrchr(const void *bytes, int byte, size_t count) {
  const unsigned char *at = bytes;
  while (count--)
    if (at[count] == (unsigned char)byte) return (void *)(at + count);
  return 0;
}

void *memccpy(void *restrict to, const void *restrict from, int byte, size_t count) {
  const char *end = memchr(from, byte, count);
  size_t length = end ? (size_t)(end - (const char *)from) + 1 : count;
  memcpy(to, from, length);
  return end ? (char *)to + length : 0;
}

void explicit_bzero(void *to, size_t count) {
  memset(to, 0, count);
  __asm__ volatile("" : : "r"(to) : "memory");
}

void bzero(void *to, size_t count) { memset(to, 0, count); }
void bcopy(const void *from, void *to, size_t count) { memmove(to, from, count); }
