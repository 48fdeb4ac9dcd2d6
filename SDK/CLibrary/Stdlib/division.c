#include <inttypes.h>
#include <stdlib.h>

int abs(int value) { return value < 0 ? -(unsigned)value : (unsigned)value; }
long labs(long value) { return value < 0 ? -(unsigned long)value : (unsigned long)value; }
long long llabs(long long value) {
  return value < 0 ? -(unsigned long long)value : (unsigned long long)value;
}
intmax_t imaxabs(intmax_t value) { return llabs(value); }
div_t div(int value, int divisor) { return (div_t){value / divisor, value % divisor}; }
ldiv_t ldiv(long value, long divisor) { return (ldiv_t){value / divisor, value % divisor}; }
lldiv_t lldiv(long long value, long long divisor) {
  return (lldiv_t){value / divisor, value % divisor};
}
imaxdiv_t imaxdiv(intmax_t value, intmax_t divisor) {
  return (imaxdiv_t){value / divisor, value % divisor};
}
