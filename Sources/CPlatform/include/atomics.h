/// Atomic operations on words of 8, 32 and 64 bits, for the module WebbleAtomics on wasm32.
///
/// The order is a constant wherever these are called, so that one instruction is left of each.
#ifndef WEBBLE_ATOMICS_H
#define WEBBLE_ATOMICS_H

#include <stdbool.h>
#include <stdint.h>

#define WEBBLE_ATOMIC static inline __attribute__((always_inline))

#define WEBBLE_ATOMICS(bits)                                                                     \
  WEBBLE_ATOMIC uint##bits##_t webble_atomic_load_##bits(const void *word, int order) {          \
    return __atomic_load_n((const uint##bits##_t *)word, order);                                 \
  }                                                                                              \
  WEBBLE_ATOMIC void webble_atomic_store_##bits(void *word, uint##bits##_t value, int order) {   \
    __atomic_store_n((uint##bits##_t *)word, value, order);                                      \
  }                                                                                              \
  WEBBLE_ATOMIC uint##bits##_t webble_atomic_exchange_##bits(void *word, uint##bits##_t value,   \
                                                             int order) {                        \
    return __atomic_exchange_n((uint##bits##_t *)word, value, order);                            \
  }                                                                                              \
  /* Returns what was there: `expected` if the word has been exchanged. */                       \
  WEBBLE_ATOMIC uint##bits##_t webble_atomic_compare_exchange_##bits(                            \
      void *word, uint##bits##_t expected, uint##bits##_t desired, int success, int failure) {   \
    __atomic_compare_exchange_n((uint##bits##_t *)word, &expected, desired, false, success,      \
                                failure);                                                        \
    return expected;                                                                             \
  }                                                                                              \
  WEBBLE_ATOMIC uint##bits##_t webble_atomic_add_##bits(void *word, uint##bits##_t value,        \
                                                        int order) {                             \
    return __atomic_fetch_add((uint##bits##_t *)word, value, order);                             \
  }                                                                                              \
  WEBBLE_ATOMIC uint##bits##_t webble_atomic_and_##bits(void *word, uint##bits##_t value,        \
                                                        int order) {                             \
    return __atomic_fetch_and((uint##bits##_t *)word, value, order);                             \
  }                                                                                              \
  WEBBLE_ATOMIC uint##bits##_t webble_atomic_or_##bits(void *word, uint##bits##_t value,         \
                                                       int order) {                              \
    return __atomic_fetch_or((uint##bits##_t *)word, value, order);                              \
  }

WEBBLE_ATOMICS(8)
WEBBLE_ATOMICS(32)
WEBBLE_ATOMICS(64)

#endif
