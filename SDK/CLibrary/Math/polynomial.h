#ifndef WEBBLE_POLYNOMIAL_H
#define WEBBLE_POLYNOMIAL_H

/// The sum of coefficients times powers of x, by Horner's rule; the constant comes first.
static inline double polynomial(double x, const double *coefficients, int count) {
  double sum = coefficients[count - 1];
  for (int i = count - 2; i >= 0; i--) sum = sum * x + coefficients[i];
  return sum;
}
#endif
