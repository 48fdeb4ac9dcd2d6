#ifndef WEBBLE_INT128_H
#define WEBBLE_INT128_H
#include <stdint.h>

static inline unsigned __int128 wide(uint64_t high, uint64_t low) {
  return (unsigned __int128)high << 64 | low;
}
static inline unsigned __int128 magnitude(__int128 value) {
  return value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
}

/// The quotient, and the remainder through the pointer if it is not null. Traps if `divisor` is 0.
unsigned __int128 __udivmodti4(unsigned __int128 value, unsigned __int128 divisor,
                               unsigned __int128 *remainder);
#endif
