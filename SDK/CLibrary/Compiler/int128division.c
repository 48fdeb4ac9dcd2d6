/// Division of 128-bit integers. Source: D. E. Knuth, The Art of Computer Programming, volume 2,
/// section 4.3.1, algorithm D, with digits of 32 bits for 128 by 64, and with one digit of 64 for the rest.
#include "int128.h"

/// `high:low / divisor` for `high < divisor`, by two digits of 32 bits.
static uint64_t divide_wide(uint64_t high, uint64_t low, uint64_t divisor, uint64_t *remainder) {
  int shift = __builtin_clzll(divisor);
  divisor <<= shift;
  if (shift) high = high << shift | low >> (64 - shift);
  low <<= shift;
  uint64_t top = divisor >> 32, bottom = (uint32_t)divisor, quotient = 0;
  for (int digit = 0; digit < 2; digit++) {
    uint64_t next = digit ? (uint32_t)low : low >> 32;
    uint64_t guess = high / top, rest = high % top;
    // The guess is at most two too large, since the divisor's first bit is set.
    while (guess >> 32 || guess * bottom > (rest << 32 | next)) {
      guess--;
      rest += top;
      if (rest >> 32) break;
    }
    high = (high << 32 | next) - guess * divisor;
    quotient = quotient << 32 | guess;
  }
  *remainder = high >> shift;
  return quotient;
}

unsigned __int128 __udivmodti4(unsigned __int128 value, unsigned __int128 divisor,
                               unsigned __int128 *remainder) {
  uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
  uint64_t divisor_high = (uint64_t)(divisor >> 64), divisor_low = (uint64_t)divisor;
  if (divisor_high == 0) {
    uint64_t first = 0, rest = high;
    if (high >= divisor_low) {  // also the place of a division by zero, whose instruction traps
      first = high / divisor_low;
      rest = high % divisor_low;
    }
    uint64_t second;
    if (rest == 0) {
      second = low / divisor_low;
      rest = low % divisor_low;
    } else {
      second = divide_wide(rest, low, divisor_low, &rest);
    }
    if (remainder) *remainder = rest;
    return wide(first, second);
  }
  if (value < divisor) {
    if (remainder) *remainder = value;
    return 0;
  }
  // The divisor has more than 64 bits, so the quotient has at most 64. Dividing half of the value by the
  // divisor's first 64 bits gives a quotient that is right or, scaled back, one too large.
  int shift = __builtin_clzll(divisor_high);
  uint64_t top =
    shift ? divisor_high << shift | divisor_low >> (64 - shift) : divisor_high;
  uint64_t ignored;
  uint64_t guess = divide_wide(high >> 1, high << 63 | low >> 1, top, &ignored);
  guess = shift ? guess >> (63 - shift) : guess >> 63;
  if (guess) guess--;
  unsigned __int128 rest = value - (unsigned __int128)guess * divisor;
  if (rest >= divisor) {
    rest -= divisor;
    guess++;
  }
  if (remainder) *remainder = rest;
  return guess;
}

unsigned __int128 __udivti3(unsigned __int128 value, unsigned __int128 divisor) {
  return __udivmodti4(value, divisor, 0);
}

unsigned __int128 __umodti3(unsigned __int128 value, unsigned __int128 divisor) {
  unsigned __int128 remainder;
  __udivmodti4(value, divisor, &remainder);
  return remainder;
}

__int128 __divti3(__int128 value, __int128 divisor) {
  unsigned __int128 quotient = __udivmodti4(magnitude(value), magnitude(divisor), 0);
  return (__int128)((value < 0) != (divisor < 0) ? -quotient : quotient);
}

__int128 __modti3(__int128 value, __int128 divisor) {
  unsigned __int128 remainder;
  __udivmodti4(magnitude(value), magnitude(divisor), &remainder);
  return (__int128)(value < 0 ? -remainder : remainder);
}

__int128 __divmodti4(__int128 value, __int128 divisor, __int128 *remainder) {
  unsigned __int128 rest;
  unsigned __int128 quotient = __udivmodti4(magnitude(value), magnitude(divisor), &rest);
  *remainder = (__int128)(value < 0 ? -rest : rest);
  return (__int128)((value < 0) != (divisor < 0) ? -quotient : quotient);
}
