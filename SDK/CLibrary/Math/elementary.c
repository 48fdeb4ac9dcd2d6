/// Elementary functions: the engine's own, which cost no bytes and which engines compile calls of into direct
/// ones. C and JavaScript agree on every special value but those of `pow`.
#include <math.h>

#define IMPORTED(name)                                                                              \
  __attribute__((import_module("Math"), import_name(#name))) extern double engine_##name(double x); \
  double name(double x) { return engine_##name(x); }                                                \
  float name##f(float x) { return (float)engine_##name(x); }

IMPORTED(sin)
IMPORTED(cos)
IMPORTED(tan)
IMPORTED(asin)
IMPORTED(acos)
IMPORTED(atan)
IMPORTED(sinh)
IMPORTED(cosh)
IMPORTED(tanh)
IMPORTED(asinh)
IMPORTED(acosh)
IMPORTED(atanh)
IMPORTED(exp)
IMPORTED(expm1)
IMPORTED(log)
IMPORTED(log1p)
IMPORTED(log2)
IMPORTED(log10)

__attribute__((import_module("Math"), import_name("atan2"))) extern double engine_atan2(double y, double x);
double atan2(double y, double x) { return engine_atan2(y, x); }
float atan2f(float y, float x) { return (float)engine_atan2(y, x); }

__attribute__((import_module("Math"), import_name("pow"))) extern double engine_pow(double x, double y);

/// C has 1 where the base is 1, or is -1 and the exponent infinite; JavaScript has NaN.
double pow(double x, double y) {
  if (x == 1 || (x == -1 && __builtin_isinf(y))) return 1;
  return engine_pow(x, y);
}
float powf(float x, float y) { return (float)pow(x, y); }
double exp2(double x) { return engine_pow(2, x); }
float exp2f(float x) { return (float)engine_pow(2, x); }
double exp10(double x) { return engine_pow(10, x); }
float exp10f(float x) { return (float)engine_pow(10, x); }

void sincos(double x, double *sine, double *cosine) {
  *sine = engine_sin(x);
  *cosine = engine_cos(x);
}
void sincosf(float x, float *sine, float *cosine) {
  *sine = (float)engine_sin(x);
  *cosine = (float)engine_cos(x);
}
