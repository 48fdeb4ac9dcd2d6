/// 128-bit integers: what the compiler calls for `__int128`, `Int128` and `UInt128`. No function here may
/// use an operator that the compiler turns into a call of the same function, so all work by halves.
#include "int128.h"

__int128 __multi3(__int128 a, __int128 b) {
  uint64_t al = (uint64_t)a, bl = (uint64_t)b;
  uint64_t a0 = (uint32_t)al, a1 = al >> 32, b0 = (uint32_t)bl, b1 = bl >> 32;
  uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32);
  uint64_t cross = a0 * b1 + (uint32_t)middle;
  uint64_t high = a1 * b1 + (middle >> 32) + (cross >> 32);
  high += (uint64_t)(a >> 64) * bl + (uint64_t)(b >> 64) * al;
  return (__int128)wide(high, cross << 32 | (uint32_t)low);
}

__int128 __ashlti3(__int128 value, int count) {
  uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
  if (count & 64) return (__int128)wide(low << (count & 63), 0);
  if (count == 0) return value;
  return (__int128)wide(high << count | low >> (64 - count), low << count);
}

unsigned __int128 __lshrti3(unsigned __int128 value, int count) {
  uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
  if (count & 64) return high >> (count & 63);
  if (count == 0) return value;
  return wide(high >> count, low >> count | high << (64 - count));
}

__int128 __ashrti3(__int128 value, int count) {
  int64_t high = (int64_t)(value >> 64);
  uint64_t low = (uint64_t)value;
  if (count & 64) return high >> (count & 63);
  if (count == 0) return value;
  return (__int128)wide((uint64_t)(high >> count), low >> count | (uint64_t)high << (64 - count));
}

/// Sets `*overflow` if the product does not fit.
__int128 __muloti4(__int128 a, __int128 b, int *overflow) {
  int negative = (a < 0) != (b < 0);
  unsigned __int128 x = magnitude(a), y = magnitude(b);
  uint64_t xh = (uint64_t)(x >> 64), xl = (uint64_t)x, yh = (uint64_t)(y >> 64), yl = (uint64_t)y;
  unsigned __int128 low = (unsigned __int128)xl * yl;
  // At most one of the two cross products is not 0 if the product fits.
  unsigned __int128 cross = xh ? (unsigned __int128)xh * yl : (unsigned __int128)yh * xl;
  unsigned __int128 sum = cross + (low >> 64);
  unsigned __int128 product = wide((uint64_t)sum, (uint64_t)low);
  unsigned __int128 limit = wide((uint64_t)1 << 63, 0) - !negative;
  *overflow = (xh && yh) || sum >> 64 || product > limit;
  return (__int128)(negative ? -product : product);
}
