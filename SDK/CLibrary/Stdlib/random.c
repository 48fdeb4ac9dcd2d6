/// Pseudo-random numbers, a sequence for each thread (G. Marsaglia, Xorshift RNGs, 2003), and random ones.
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static _Thread_local uint64_t state = 1;

static uint64_t next(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state * 0x9E3779B97F4A7C15;
}

int rand(void) { return (int)(next(&state) >> 33); }
long random(void) { return rand(); }
void srand(unsigned seed) { state = ((uint64_t)seed << 1 | 1) * 0xD1342543DE82EF95; }
void srandom(unsigned seed) { srand(seed); }
double drand48(void) { return (double)(next(&state) >> 16) * 0x1p-48; }

int rand_r(unsigned *seed) {
  uint64_t own = ((uint64_t)*seed << 1 | 1) * 0xD1342543DE82EF95;
  uint64_t value = next(&own);
  *seed = (unsigned)own;
  return (int)(value >> 33);
}

unsigned arc4random(void) {
  unsigned value;
  arc4random_buf(&value, sizeof value);
  return value;
}

/// Without favouring any: values below the remainder of 2^32 are drawn again.
unsigned arc4random_uniform(unsigned bound) {
  if (bound < 2) return 0;
  unsigned value, least = -bound % bound;
  do value = arc4random();
  while (value < least);
  return value % bound;
}

int getentropy(void *bytes, size_t count) {
  arc4random_buf(bytes, count);
  return 0;
}
