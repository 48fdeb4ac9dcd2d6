/// Reading and rounding of floating-point numbers in text.
#ifndef WEBBLE_FLOATTEXT_H
#define WEBBLE_FLOATTEXT_H
#include <stdint.h>

/// A binary format of IEEE 754, by its numbers `significand * 2^exponent` with whole significands.
struct float_format {
  int significand_bits;  ///< the leading one included
  int minimum_exponent;  ///< of the smallest positive number, whose significand is 1
  int maximum_exponent;  ///< of the largest finite number
};

enum float_text_status { FLOAT_TEXT_NONE, FLOAT_TEXT_FINE, FLOAT_TEXT_RANGE };

/// Reads the longest prefix of `text` that `strtod` of C takes for a number, white space in front of it
/// included.
///
/// - Returns: the bits of the nearest number of the format, ties to even, its sign in bit 63.
uint64_t webble_parse_float(const char *text, const struct float_format *format, const char **end,
                            enum float_text_status *status);

/// Whether the decimal number at `digits` (digits, at most one point), times 10^`exponent`, is greater (1)
/// than `odd * 2^power`, equal (0) or less (-1). All digits count.
int webble_compare_decimal(const char *digits, int64_t exponent, uint64_t odd, int power);

enum { WEBBLE_DECIMAL_DIGITS = 801 };

/// All digits of `significand * 2^exponent`, which is not 0; the first is not 0.
///
/// - Parameter point: how many of them stand before the decimal point; negative if zeros follow it.
/// - Returns: their number. `digits` has room for WEBBLE_DECIMAL_DIGITS.
int webble_decimal_digits(uint64_t significand, int exponent, char *digits, int *point);

static inline double double_of_bits(uint64_t bits) {
  union { uint64_t bits; double value; } parts = {bits};
  return parts.value;
}
static inline float float_of_bits(uint64_t bits) {
  union { uint32_t bits; float value; } parts = {(uint32_t)(bits | bits >> 32)};
  return parts.value;
}

extern const struct float_format webble_double_format, webble_float_format, webble_half_format;
#endif
