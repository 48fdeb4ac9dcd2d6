/// To whole numbers. WebAssembly has instructions for the rest, whose halves go to even.
#include <math.h>

/// To the nearest whole number, halves away from zero.
double round(double value) {
  double whole = __builtin_trunc(value);
  return __builtin_fabs(value - whole) >= 0.5 ? whole + __builtin_copysign(1, value) : whole;
}

float roundf(float value) {
  float whole = __builtin_truncf(value);
  return __builtin_fabsf(value - whole) >= 0.5f ? whole + __builtin_copysignf(1, value) : whole;
}


static long to_long(double x) { return __builtin_wasm_trunc_saturate_s_i32_f64(x); }
static long long to_long_long(double x) { return __builtin_wasm_trunc_saturate_s_i64_f64(x); }

/// To `long` and `long long`. What does not fit gives the nearest limit, NaN 0; C leaves that open.
long lrint(double x) { return to_long((double)rint(x)); }
long lrintf(float x) { return to_long((double)rintf(x)); }
long lround(double x) { return to_long((double)round(x)); }
long lroundf(float x) { return to_long((double)roundf(x)); }
long long llrint(double x) { return to_long_long((double)rint(x)); }
long long llrintf(float x) { return to_long_long((double)rintf(x)); }
long long llround(double x) { return to_long_long((double)round(x)); }
long long llroundf(float x) { return to_long_long((double)roundf(x)); }
