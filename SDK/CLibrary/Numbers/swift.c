/// What the standard library's `Double(text)` and its like call: the end of the number, and its value.
#include "floattext.h"

static uint64_t parse(const char *text, const struct float_format *format, const char **end) {
  enum float_text_status status;
  return webble_parse_float(text, format, end, &status);
}

const char *_swift_stdlib_strtod_clocale(const char *text, double *result) {
  const char *end;
  *result = double_of_bits(parse(text, &webble_double_format, &end));
  return end;
}

const char *_swift_stdlib_strtof_clocale(const char *text, float *result) {
  const char *end;
  *result = float_of_bits(parse(text, &webble_float_format, &end));
  return end;
}

const char *_swift_stdlib_strtof16_clocale(const char *text, uint16_t *result) {
  const char *end;
  uint64_t bits = parse(text, &webble_half_format, &end);
  *result = (uint16_t)(bits | bits >> 48);
  return end;
}
