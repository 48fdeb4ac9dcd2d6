/// Exact remainders of division: `fmod`, `remainder`, `remquo`. Long division, eleven bits a step.
#include "bits.h"

/// `|x| mod |y|`, exact; both finite, y not 0. The quotient's last three bits through the pointer.
static double exact_remainder(double x, double y, unsigned *quotient) {
  *quotient = 0;
  x = __builtin_fabs(x);
  y = __builtin_fabs(y);
  if (x < y) return x;
  int x_exponent, y_exponent;
  uint64_t rest = take_apart(x, &x_exponent), divisor = take_apart(y, &y_exponent);
  int steps = x_exponent - y_exponent;
  *quotient = (unsigned)(rest / divisor);
  rest %= divisor;
  while (steps > 0) {
    int count = steps > 11 ? 11 : steps;
    *quotient = *quotient << count | (unsigned)((rest << count) / divisor);
    rest = (rest << count) % divisor;
    steps -= count;
  }
  *quotient &= 7;
  if (rest == 0) return 0;
  // rest * 2^y_exponent is a number of the type, since it is a multiple of y's last bit below y.
  int shift = __builtin_clzll(rest) - 11;
  if (y_exponent - shift >= -1074)
    return of_bits(((uint64_t)(y_exponent - shift + 1074) << 52) + (rest << shift));
  return of_bits(y_exponent >= -1074 ? rest << (y_exponent + 1074) : rest >> (-1074 - y_exponent));
}

double fmod(double x, double y) {
  if (y == 0 || is_nan(y) || !(__builtin_fabs(x) < __builtin_inf())) return (x * y) / (x * y);
  if (__builtin_isinf(y)) return x;
  unsigned quotient;
  return __builtin_copysign(exact_remainder(x, y, &quotient), x);
}

float fmodf(float x, float y) { return (float)fmod(x, y); }

double remquo(double x, double y, int *quotient) {
  *quotient = 0;
  if (y == 0 || is_nan(y) || !(__builtin_fabs(x) < __builtin_inf())) return (x * y) / (x * y);
  if (__builtin_isinf(y)) return x;
  unsigned bits;
  double size = __builtin_fabs(y), rest = exact_remainder(x, y, &bits);
  // Past the middle, or there with an odd quotient, the next multiple is nearer. `size - rest` is exact.
  double other = size - rest;
  if (rest > other || (rest == other && (bits & 1))) {
    rest = -other;
    bits++;
  }
  bits &= 7;
  *quotient = (bits_of(x) ^ bits_of(y)) >> 63 ? -(int)bits : (int)bits;
  if (rest == 0) return __builtin_copysign(0, x);
  return bits_of(x) >> 63 ? -rest : rest;
}

float remquof(float x, float y, int *quotient) { return (float)remquo(x, y, quotient); }

double remainder(double x, double y) {
  int quotient;
  return remquo(x, y, &quotient);
}

float remainderf(float x, float y) { return (float)remainder(x, y); }
