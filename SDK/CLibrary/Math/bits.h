/// The parts of floating-point numbers.
#ifndef WEBBLE_MATH_BITS_H
#define WEBBLE_MATH_BITS_H
#include <stdint.h>

static inline uint64_t bits_of(double value) {
  union { double value; uint64_t bits; } parts = {value};
  return parts.bits;
}
static inline double of_bits(uint64_t bits) {
  union { uint64_t bits; double value; } parts = {bits};
  return parts.value;
}
static inline uint32_t bits_of_float(float value) {
  union { float value; uint32_t bits; } parts = {value};
  return parts.bits;
}
static inline float float_of(uint32_t bits) {
  union { uint32_t bits; float value; } parts = {bits};
  return parts.value;
}

/// Without sign: the bits of infinity, beyond which those of NaN are.
#define INFINITE_BITS ((uint64_t)0x7FF << 52)
#define SIGN_BIT ((uint64_t)1 << 63)
#define FRACTION_MASK (((uint64_t)1 << 52) - 1)
#define INFINITE_FLOAT_BITS ((uint32_t)0xFF << 23)
#define FLOAT_SIGN_BIT ((uint32_t)1 << 31)

static inline int is_nan(double value) { return value != value; }

/// A finite number other than 0 as `significand * 2^exponent`, the significand from 2^52 up, below 2^53.
static inline uint64_t take_apart(double value, int *exponent) {
  uint64_t bits = bits_of(value) & ~SIGN_BIT;
  if (bits >> 52) {
    *exponent = (int)(bits >> 52) - 1075;
    return (bits & FRACTION_MASK) | (uint64_t)1 << 52;
  }
  int shift = __builtin_clzll(bits) - 11;
  *exponent = -1074 - shift;
  return bits << shift;
}
#endif
