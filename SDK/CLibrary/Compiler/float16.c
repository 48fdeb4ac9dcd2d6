/// `Float16` and `_Float16`: conversions from and to the wider types. Rounded to nearest, ties to even.
#include <stdint.h>

float __extendhfsf2(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 0x1F, fraction = half & 0x3FF;
  union { uint32_t bits; float value; } result;
  if (exponent == 0) {
    // Zero, or a subnormal: a small whole number of 2^-24.
    result.value = (float)fraction * 0x1p-24f;
    result.bits |= sign;
    return result.value;
  }
  if (exponent == 0x1F) exponent = 0xFF - 112;  // infinity and NaN, with its payload
  result.bits = sign | (exponent + 112) << 23 | fraction << 13;
  return result.value;
}

double __extendhfdf2(uint16_t half) { return __extendhfsf2(half); }

/// Rounds a positive number, given by its bits as `double`.
static uint16_t round_to_half(uint64_t bits) {
  int exponent = (int)(bits >> 52) - 1023;
  uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
  if (exponent == 1024) return fraction ? (uint16_t)(0x7E00 | fraction >> 42) : 0x7C00;
  if (exponent < -25) return 0;
  uint64_t significand = fraction | (uint64_t)1 << 52;
  // Bits that fall away: 42 of a normal number, more of a subnormal.
  int dropped = exponent < -14 ? 42 + (-14 - exponent) : 42;
  uint64_t kept = significand >> dropped, rest = significand & (((uint64_t)1 << dropped) - 1);
  uint64_t half = (uint64_t)1 << (dropped - 1);
  kept += rest > half || (rest == half && (kept & 1));
  // The leading bit of a normal number adds one to the exponent's field; so does a carry out of the top.
  uint64_t field = exponent < -14 ? 0 : (uint64_t)(exponent + 14) << 10;
  uint64_t result = field + kept;
  return result > 0x7C00 ? 0x7C00 : (uint16_t)result;
}

uint16_t __truncdfhf2(double value) {
  union { double value; uint64_t bits; } parts = {value};
  return round_to_half(parts.bits & ~((uint64_t)1 << 63)) | (uint16_t)(parts.bits >> 48 & 0x8000);
}

uint16_t __truncsfhf2(float value) { return __truncdfhf2(value); }
