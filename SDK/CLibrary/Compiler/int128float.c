/// Conversions between 128-bit integers and floating point, rounded to nearest, ties to even.
#include "int128.h"

/// `value` as a whole number of at most 64 bits times a power of two, with the last bit set if bits were
/// lost: converting that to floating point rounds as the exact value would.
static uint64_t leading_bits(unsigned __int128 value, int *exponent) {
  uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
  *exponent = 0;
  if (high == 0) return low;
  int shift = __builtin_clzll(high);
  *exponent = 64 - shift;
  uint64_t kept = shift ? high << shift | low >> (64 - shift) : high;
  return kept | ((low << shift) != 0);
}

static double power_of_two(int exponent) {
  union { uint64_t bits; double value; } power = {(uint64_t)(exponent + 1023) << 52};
  return power.value;
}

double __floatuntidf(unsigned __int128 value) {
  int exponent;
  uint64_t bits = leading_bits(value, &exponent);
  return (double)bits * power_of_two(exponent);
}

float __floatuntisf(unsigned __int128 value) {
  int exponent;
  uint64_t bits = leading_bits(value, &exponent);
  // 2^128 is beyond `float`; the product in `double` is exact, and rounds as it becomes a `float`.
  return (float)((double)(float)bits * power_of_two(exponent));
}

double __floattidf(__int128 value) {
  double result = __floatuntidf(magnitude(value));
  return value < 0 ? -result : result;
}

float __floattisf(__int128 value) {
  float result = __floatuntisf(magnitude(value));
  return value < 0 ? -result : result;
}

unsigned __int128 __fixunsdfti(double value) {
  union { double value; uint64_t bits; } parts = {value};
  int exponent = (int)(parts.bits >> 52 & 0x7FF) - 1023;
  uint64_t significand = (parts.bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
  // What does not fit is undefined in C, and checked before by Swift: the nearest value.
  if (exponent < 0 || parts.bits >> 63) return 0;
  if (exponent >= 128) return ~(unsigned __int128)0;
  return exponent <= 52 ? significand >> (52 - exponent)
                        : (unsigned __int128)significand << (exponent - 52);
}

__int128 __fixdfti(double value) {
  unsigned __int128 limit = wide((uint64_t)1 << 63, 0);
  unsigned __int128 whole = __fixunsdfti(__builtin_fabs(value));
  if (value < 0) return (__int128)(whole > limit ? limit : -whole);
  return (__int128)(whole >= limit ? limit - 1 : whole);
}

unsigned __int128 __fixunssfti(float value) { return __fixunsdfti(value); }
__int128 __fixsfti(float value) { return __fixdfti(value); }
