/// The cube root. Our own: the engines' differ, and some miss whole roots. A guess by the exponent, Halley's
/// iterations, and a last step of Newton's from a value whose square is exact, which leaves an error below 0.7
/// units in the last place (after W. Kahan, Computing a real cube root, 1991).
#include "bits.h"

#include <math.h>

double cbrt(double x) {
  if (x == 0 || is_nan(x) || __builtin_isinf(x)) return x;
  int exponent;
  uint64_t significand = take_apart(x, &exponent);
  // x = value * 8^third, value from 1 up, below 8.
  exponent += 52;
  int third = exponent >= 0 ? exponent / 3 : (exponent - 2) / 3;
  double value =
    of_bits((significand & FRACTION_MASK) | (uint64_t)(1023 + exponent - 3 * third) << 52);
  // Within 6 percent; each of Halley's steps has three times as many digits as the one before.
  double root = 0.76 + value * (0.275 - value * 0.0148);
  for (int i = 0; i < 3; i++) {
    double cube = root * root * root;
    root *= (cube + 2 * value) / (2 * cube + value);
  }
  root = of_bits((bits_of(root) + 0x4000000) & ~(uint64_t)0x7FFFFFF);
  double quotient = value / (root * root);
  root += root * ((quotient - root) / (2 * root + quotient));
  return copysign(of_bits(bits_of(root) + ((uint64_t)(int64_t)third << 52)), x);
}

float cbrtf(float x) { return (float)cbrt(x); }
