/// Sixteen bytes at a time, for loops that look for one of them.
#ifdef __wasm_simd128__
#include <stdint.h>
#include <wasm_simd128.h>

/// Where the block of sixteen aligned bytes begins that `at` is in. It lies in the memory as a whole, since that is
/// made of pages: so what of it is before or behind a text may be read, too.
static inline const unsigned char *block_of(const unsigned char *at) { return at - ((uintptr_t)at & 15); }

/// Bit i tells whether byte i of a block is that byte.
static inline unsigned matches(const unsigned char *block, int byte) {
  return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(block), wasm_i8x16_splat((int8_t)byte)));
}
#endif
