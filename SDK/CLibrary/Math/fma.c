/// Fused multiply-add, rounded once: exact whole numbers of 128 bits. WebAssembly has no instruction for it.
#include "bits.h"

/// The last bit set if bits are lost.
static unsigned __int128 shift_right_sticky(unsigned __int128 value, int count) {
  if (count == 0) return value;
  if (count > 127) return value != 0;
  return value >> count | ((value << (128 - count)) != 0);
}

static int leading_zeros(unsigned __int128 value) {
  return value >> 64 ? __builtin_clzll((uint64_t)(value >> 64)) : 64 + __builtin_clzll((uint64_t)value);
}

double fma(double x, double y, double z) {
  // Infinity, NaN and 0 follow the ordinary operations, and so does an exact product's sum with 0.
  uint64_t xb = bits_of(x) & ~SIGN_BIT, yb = bits_of(y) & ~SIGN_BIT, zb = bits_of(z) & ~SIGN_BIT;
  if (xb >= INFINITE_BITS || yb >= INFINITE_BITS || xb == 0 || yb == 0) return x * y + z;
  if (zb >= INFINITE_BITS) return z;

  int x_exponent, y_exponent, exponent;
  unsigned __int128 product = take_apart(x, &x_exponent);
  product *= take_apart(y, &y_exponent);
  exponent = x_exponent + y_exponent;
  int is_negative = (bits_of(x) ^ bits_of(y)) >> 63 != 0;
  // Both terms get 126 bits: the sum has room, and what a shift loses is below what decides.
  int shift = leading_zeros(product) - 2;
  product <<= shift;
  exponent -= shift;
  if (zb) {
    int z_exponent, z_is_negative = bits_of(z) >> 63 != 0;
    unsigned __int128 term = take_apart(z, &z_exponent);
    term <<= 73;
    z_exponent -= 73;
    if (z_exponent > exponent) {
      product = shift_right_sticky(product, z_exponent - exponent);
      exponent = z_exponent;
    } else {
      term = shift_right_sticky(term, exponent - z_exponent);
    }
    if (is_negative == z_is_negative) {
      product += term;
    } else if (product >= term) {
      product -= term;
    } else {
      product = term - product;
      is_negative = z_is_negative;
    }
    if (product == 0) return 0;
  }

  // To 53 bits, or fewer where the result is subnormal.
  shift = leading_zeros(product);
  product <<= shift;
  exponent -= shift;
  int dropped = exponent + 75 < -1074 ? -1074 - exponent : 75;
  uint64_t kept = dropped > 127 ? 0 : (uint64_t)(product >> dropped);
  unsigned __int128 half = (unsigned __int128)1 << (dropped > 128 ? 127 : dropped - 1);
  unsigned __int128 rest = dropped > 127 ? product : product & (half * 2 - 1);
  if (dropped <= 128) kept += rest > half || (rest == half && (kept & 1));
  int field = exponent + dropped + 1074;
  uint64_t bits = field > 2045 ? INFINITE_BITS : ((uint64_t)field << 52) + kept;
  return of_bits((bits > INFINITE_BITS ? INFINITE_BITS : bits) | (is_negative ? SIGN_BIT : 0));
}

float fmaf(float x, float y, float z) {
  // The product is exact as `double`. The sum is rounded to odd, so that rounding it again is right.
  double product = (double)x * y, sum = product + z;
  double part = sum - product;
  double error = (product - (sum - part)) + (z - part);
  if (error != 0 && !is_nan(error) && !(bits_of(sum) & 1))
    sum = of_bits(bits_of(sum) + ((error > 0) == (sum > 0) ? 1 : (uint64_t)-1));
  return (float)sum;
}
