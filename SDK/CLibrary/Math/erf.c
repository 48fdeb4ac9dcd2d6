/// The error function and its complement.
///
/// Near 0 a polynomial in x squared. Beyond, (1 + 2x) exp(x^2) erfc(x) varies little and is a polynomial in
/// (x - 3.75) / (x + 3.75) (M. M. Shepherd and J. G. Laframboise, Chebyshev approximation of
/// (1 + 2x) exp(x^2) erfc x, Mathematics of Computation 36, 1981). The coefficients were computed anew with
/// 60 digits, by interpolation at Chebyshev's points.
#include "bits.h"
#include "polynomial.h"

#include <math.h>

/// erf(x) / x - 1, for x^2 up to 0.8.
static const double erf_small[] = {
  0x1.06eba8214db69p-3, -0x1.812746b0379e3p-2, 0x1.ce2f21a04288fp-4, -0x1.b82ce3127546ap-6,
  0x1.565bcd0abeb61p-8, -0x1.c02db32e91a5ap-11, 0x1.f9a3094361e8ep-14, -0x1.f4cf95029fd29p-17,
  0x1.b9ba40c1de930p-20, -0x1.5d99775a83febp-23, 0x1.e35d65bb54d07p-27, -0x1.d5145b084537bp-31,
};

/// Around the middle of its range, for x from 0.89 to 28.
static const double erfc_scaled[] = {
  0x1.3abcef14d8a69p+0, -0x1.1cd7b9b4685dbp-3, 0x1.0344d7e458acap-6, 0x1.ebab7c6f3bb40p-5,
  -0x1.5bd1bd6d440ffp-4, 0x1.2e891f1970f94p-4, -0x1.8a28d4f02ac63p-5, 0x1.8a8042db7bfc5p-6,
  -0x1.2057e5a6e096cp-7, 0x1.eb58330b70c9fp-10, 0x1.ff8f189312efdp-14, -0x1.057e0a76892b0p-12,
  0x1.10500413ae4adp-14, 0x1.b39d6eb60995dp-17, -0x1.85502e8ab0e6ap-17, 0x1.36d6c797d718bp-21,
  0x1.a5395a50f466fp-20, -0x1.463951ad541f6p-22, -0x1.c03987a3732d6p-23, 0x1.0939702bea7b1p-24,
  0x1.ed9cf24effc8ep-26, -0x1.082c6238fa6adp-27, -0x1.b2a3fc49ca185p-29,
};

static const double middle = 0x1.d8cae763e113cp-5;

/// erfc(x) for x of at least 0.89.
static double complement(double x) {
  if (x > 28) return 0;
  double t = (x - 3.75) / (x + 3.75);
  double scaled = polynomial(t - middle, erfc_scaled, sizeof erfc_scaled / sizeof *erfc_scaled);
  // x^2 exactly: the exponential would magnify its rounding.
  double high = of_bits(bits_of(x) & ~(uint64_t)0xFFFFFFF), low = x - high;
  return exp(-high * high) * exp(-low * (x + high)) * (scaled / (1 + 2 * x));
}

static double central(double x) {
  return x + x * polynomial(x * x, erf_small, sizeof erf_small / sizeof *erf_small);
}

double erf(double x) {
  double size = fabs(x);
  if (size * size < 0.8 || is_nan(x)) return central(x);
  return copysign(size > 6 ? 1 : 1 - complement(size), x);
}

double erfc(double x) {
  double size = fabs(x);
  if (is_nan(x)) return x;
  if (size * size < 0.8) return x < 0.5 ? 1 - central(x) : 0.5 - (central(x) - 0.5);
  double rest = complement(size);
  return x < 0 ? 2 - rest : rest;
}

float erff(float x) { return (float)erf(x); }
float erfcf(float x) { return (float)erfc(x); }
