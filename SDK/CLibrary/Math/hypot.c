/// The length of a vector, without overflow or underflow on the way. Squares are taken apart exactly.
/// Source: T. J. Dekker, A floating-point technique for extending the available precision, 1971.
#include "bits.h"

#include <math.h>

static double square(double x, double *rest) {
  double scaled = x * 0x8000001p0;
  double high = scaled - (scaled - x), low = x - high, result = x * x;
  *rest = high * high - result + 2 * high * low + low * low;
  return result;
}

double hypot(double x, double y) {
  x = fabs(x);
  y = fabs(y);
  if (x == INFINITY || y == INFINITY) return INFINITY;
  if (x < y) {
    double other = x;
    x = y;
    y = other;
  }
  if (!(y > x * 0x1p-60)) return x + y;  // also NaN, and 0
  double scale = 1;
  if (x > 0x1p510) {
    scale = 0x1p700;
    x *= 0x1p-700;
    y *= 0x1p-700;
  } else if (y < 0x1p-450) {
    scale = 0x1p-700;
    x *= 0x1p700;
    y *= 0x1p700;
  }
  double x_rest, y_rest, x_square = square(x, &x_rest), y_square = square(y, &y_rest);
  return scale * sqrt(y_rest + x_rest + y_square + x_square);
}

/// The squares are exact as `double`.
float hypotf(float x, float y) {
  if (__builtin_isinf(x) || __builtin_isinf(y)) return INFINITY;
  return (float)sqrt((double)x * x + (double)y * y);
}
