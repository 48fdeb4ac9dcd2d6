/// The gamma function and its logarithm.
///
/// Between 2 and 3 (1.5 and 3 for the logarithm) a polynomial that is exact at the whole numbers; from there
/// by the recurrence to 10; beyond, Stirling's series (P. J. Davis in M. Abramowitz and I. A. Stegun,
/// Handbook of Mathematical Functions, 1964, 6.1.40); below 0 by reflection (6.1.17). The coefficients were
/// computed with 60 digits, by interpolation at Chebyshev's points.
#include "bits.h"
#include "polynomial.h"

#include <math.h>

#define COUNT(array) ((int)(sizeof array / sizeof *array))

/// ((gamma(x) - 1) / (x - 2) - 1) / (x - 3), around 2.5.
static const double gamma_middle[] = {
  0x1.5d82c95c26380p-1, 0x1.0b53d072c7b66p-2, 0x1.cc0f821506c7ap-4, 0x1.d73f5e1e19b4ep-6,
  0x1.5ad9300e81e2ep-7, 0x1.a56875391d2b8p-10, 0x1.93d8e8b1a086dp-11, 0x1.34655baf30470p-21,
  0x1.092363cf69d12p-14, -0x1.c3f56b46de396p-17, 0x1.f9b2b00219704p-18, -0x1.667ecefcf29dap-19,
  0x1.2eabb5c3dc727p-20, -0x1.dc2d3402ac4dbp-22, 0x1.79c180a87b172p-23, -0x1.2dc9cbded31f2p-24,
  0x1.26e1a00c3375fp-25, -0x1.d7eb44a5377c4p-27,
};

/// log(gamma(x)) / ((x - 1) (x - 2)), around 2.25.
static const double logarithm_middle[] = {
  0x1.992dfc9539d9bp-2, -0x1.5fc498795de96p-4, 0x1.9dff298b209a7p-6, -0x1.155963451c75cp-7,
  0x1.8e9b025b97f70p-9, -0x1.2b1a505b72984p-10, 0x1.ce0fe413cb19cp-12, -0x1.6c4b7acbd8132p-13,
  0x1.23998697bd229p-14, -0x1.d84449a977ea3p-16, 0x1.81f1803afc606p-17, -0x1.3dbaa14d32cd9p-18,
  0x1.072aab4d8139cp-19, -0x1.b644350f9b747p-21, 0x1.6e733f4c2d10ap-22, -0x1.3272e9eea9d46p-23,
  0x1.020683d4ae869p-24, -0x1.c55946e521ba6p-26, 0x1.80024cbc927b4p-27, -0x1.dc9d149f42e1dp-29,
  0x1.9448c9cac5d36p-30, -0x1.a552286c19468p-30, 0x1.684ade10051f9p-31,
};

/// Of Stirling's series, in powers of 1 / x^2.
static const double stirling[] = {
  0x1.5555555555555p-4, -0x1.6c16c16c16c17p-9, 0x1.a01a01a01a01ap-11, -0x1.3813813813814p-11,
  0x1.b951e2b18ff23p-11, -0x1.f6ab0d9993c7dp-10, 0x1.a41a41a41a41ap-8, -0x1.e4286cb0f5398p-6,
  0x1.6fe96381e0680p-3,
};

static const double half_log_two_pi = 0.91893853320467274178;

static double sine_of_pi_times(double x) {
  x = fmod(fabs(x), 2);
  double sign = 1;
  if (x >= 1) x -= 1, sign = -1;
  if (x > 0.5) x = 1 - x;
  return sign * (x > 0.25 ? cos(M_PI * (0.5 - x)) : sin(M_PI * x));
}

/// gamma(x) for x > 0 as the product of two numbers of which neither overflows before the result is four
/// times as long as the type's numbers.
static double split_gamma(double x, double *other) {
  *other = 1;
  // Of whole numbers, the recurrence is exact for longer.
  if (x < 10 || (x < 24 && x == floor(x))) {
    double product = 1;
    while (x >= 3) product *= x -= 1;
    double divisor = 1;
    for (; x < 2; x += 1) divisor *= x;
    double value = 1 + (x - 2) * (1 + (x - 3) * polynomial(x - 2.5, gamma_middle, COUNT(gamma_middle)));
    return value * product / divisor;
  }
  double power = pow(x, 0.5 * x - 0.25);
  double series = exp(polynomial(1 / (x * x), stirling, COUNT(stirling)) / x);
  *other = power;
  return power * exp(-x) * (2.50662827463100050242 * series);
}

double tgamma(double x) {
  if (is_nan(x) || x == INFINITY) return x;
  if (x == 0) return 1 / x;
  if (x < 0) {
    if (x == floor(x)) return NAN;
    if (x < -186) return fmod(floor(x), 2) == 0 ? 0.0 : -0.0;
    if (x > -0x1p-54) return 1 / x;
    double other, first = split_gamma(-x, &other);
    double sine = -sine_of_pi_times(x);
    // gamma(x) gamma(-x) = -pi / (x sin(pi x))
    return M_PI / (-x * sine) / first / other;
  }
  if (x > 172) return INFINITY;
  double other, first = split_gamma(x, &other);
  return first * other;
}

double lgamma_r(double x, int *sign) {
  *sign = 1;
  if (is_nan(x)) return x;
  if (__builtin_isinf(x)) return INFINITY;
  if (x == 0) {
    *sign = bits_of(x) >> 63 ? -1 : 1;
    return INFINITY;
  }
  if (x < 0) {
    if (x == floor(x)) return INFINITY;
    double sine = -sine_of_pi_times(x);
    int ignored;
    // gamma(x) gamma(-x) = -pi / (x sin(pi x))
    *sign = sine > 0 ? 1 : -1;
    if (x > -0x1p-54) {
      *sign = -1;
      return -log(-x);
    }
    return log(M_PI / fabs(x * sine)) - lgamma_r(-x, &ignored);
  }
  if (x < 0x1p-54) return -log(x);
  if (x < 0.5) {
    double value = polynomial(x + 2 - 2.25, logarithm_middle, COUNT(logarithm_middle));
    return x * (x + 1) * value - log1p(x) - log(x);
  }
  if (x < 1.5) {
    double value = polynomial(x + 1 - 2.25, logarithm_middle, COUNT(logarithm_middle));
    return (x - 1) * x * value - log(x);
  }
  if (x < 10) {
    double product = 1;
    while (x >= 3) product *= x -= 1;
    double value = (x - 1) * (x - 2) * polynomial(x - 2.25, logarithm_middle, COUNT(logarithm_middle));
    return product == 1 ? value : value + log(product);
  }
  double series = x > 0x1p60 ? 0 : polynomial(1 / (x * x), stirling, COUNT(stirling)) / x;
  return (x - 0.5) * (log(x) - 1) + (half_log_two_pi - 0.5) + series;
}

static _Thread_local int last_sign;
int *__signgam_location(void) { return &last_sign; }

double lgamma(double x) { return lgamma_r(x, &last_sign); }
float tgammaf(float x) { return (float)tgamma(x); }
float lgammaf(float x) { return (float)lgamma(x); }
float lgammaf_r(float x, int *sign) { return (float)lgamma_r(x, sign); }
