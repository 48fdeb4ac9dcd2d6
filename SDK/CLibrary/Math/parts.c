/// Taking numbers apart, putting them together, and their neighbours.
#include "bits.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

double frexp(double x, int *exponent) {
  *exponent = 0;
  if (x == 0 || is_nan(x) || __builtin_isinf(x)) return x;
  int power;
  uint64_t significand = take_apart(x, &power);
  *exponent = power + 53;
  return copysign(of_bits((significand & FRACTION_MASK) | (uint64_t)1022 << 52), x);
}

/// Multiplies by powers of two that are numbers themselves. Going down, the steps keep 53 bits above the
/// subnormal numbers until the last, so that the result is rounded once.
double scalbn(double x, int exponent) {
  for (int i = 0; i < 2 && exponent > 1023; i++) {
    x *= 0x1p1023;
    exponent -= 1023;
  }
  for (int i = 0; i < 2 && exponent < -1022; i++) {
    x *= 0x1p-969;
    exponent += 969;
  }
  if (exponent > 1023) exponent = 1023;
  if (exponent < -1022) exponent = -1022;
  return x * of_bits((uint64_t)(exponent + 1023) << 52);
}

static int clamp(long exponent) {
  return exponent > INT_MAX ? INT_MAX : exponent < INT_MIN ? INT_MIN : (int)exponent;
}

double ldexp(double x, int exponent) { return scalbn(x, exponent); }
double scalbln(double x, long exponent) { return scalbn(x, clamp(exponent)); }
float frexpf(float x, int *exponent) { return (float)frexp(x, exponent); }
float scalbnf(float x, int exponent) { return (float)scalbn(x, exponent); }
float ldexpf(float x, int exponent) { return (float)scalbn(x, exponent); }
float scalblnf(float x, long exponent) { return (float)scalbn(x, clamp(exponent)); }

int ilogb(double x) {
  if (x == 0) return FP_ILOGB0;
  if (is_nan(x)) return FP_ILOGBNAN;
  if (__builtin_isinf(x)) return INT_MAX;
  int exponent;
  take_apart(x, &exponent);
  return exponent + 52;
}
int ilogbf(float x) { return ilogb(x); }

double logb(double x) {
  if (x == 0) return -INFINITY;
  if (is_nan(x) || __builtin_isinf(x)) return x * x;
  return ilogb(x);
}
float logbf(float x) { return (float)logb(x); }

double modf(double x, double *whole) {
  *whole = trunc(x);
  return __builtin_isinf(x) ? copysign(0, x) : copysign(x - *whole, x);
}
float modff(float x, float *whole) {
  *whole = truncf(x);
  return __builtin_isinf(x) ? copysignf(0, x) : copysignf(x - *whole, x);
}

double nextafter(double x, double y) {
  if (is_nan(x) || is_nan(y)) return x + y;
  if (x == y) return y;
  if (x == 0) return copysign(0x1p-1074, y);
  return of_bits((x < y) == (x > 0) ? bits_of(x) + 1 : bits_of(x) - 1);
}

static float next_float(float x, double y) {
  if (x != x || is_nan(y)) return (float)(x + y);
  if (x == y) return (float)y;
  if (x == 0) return (float)copysign(0x1p-149, y);
  return float_of((x < y) == (x > 0) ? bits_of_float(x) + 1 : bits_of_float(x) - 1);
}
float nextafterf(float x, float y) { return next_float(x, y); }
float nexttowardf(float x, long double y) { return next_float(x, (double)y); }
double nexttoward(double x, long double y) { return nextafter(x, (double)y); }

double nan(const char *payload) {
  uint64_t bits = strtoull(payload, 0, 0) & (FRACTION_MASK >> 1);
  return of_bits((uint64_t)0x7FF8 << 48 | bits);
}
float nanf(const char *payload) { return float_of(0x7FC00000 | (strtoul(payload, 0, 0) & 0x3FFFFF)); }

double fdim(double x, double y) { return is_nan(x) || is_nan(y) ? x + y : x > y ? x - y : 0; }
float fdimf(float x, float y) { return x != x || y != y ? x + y : x > y ? x - y : 0; }

/// A NaN gives way to a number, and -0 is less than 0.
double fmax(double x, double y) {
  if (is_nan(x)) return y;
  if (is_nan(y)) return x;
  return x == y ? (bits_of(x) >> 63 ? y : x) : x > y ? x : y;
}
double fmin(double x, double y) {
  if (is_nan(x)) return y;
  if (is_nan(y)) return x;
  return x == y ? (bits_of(x) >> 63 ? x : y) : x < y ? x : y;
}
float fmaxf(float x, float y) { return (float)fmax(x, y); }
float fminf(float x, float y) { return (float)fmin(x, y); }
