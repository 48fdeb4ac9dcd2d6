/// Floating-point numbers in decimal, from all of their exact digits: rounded to nearest, ties to even.
#include <string.h>

#include "../Numbers/floattext.h"
#include "format.h"

/// The exact digits, rounded to those that are asked for.
struct decimal {
  char digits[WEBBLE_DECIMAL_DIGITS];
  int count, point;
};

static void take_digits(struct decimal *decimal, uint64_t bits) {
  int field = (int)(bits >> 52);
  uint64_t significand = bits & (((uint64_t)1 << 52) - 1);
  if (field) significand |= (uint64_t)1 << 52;
  decimal->count = 0;
  decimal->point = 1;
  if (significand)
    decimal->count =
      webble_decimal_digits(significand, (field ? field : 1) - 1075, decimal->digits, &decimal->point);
}

static void round_to(struct decimal *decimal, int count) {
  if (count >= decimal->count) return;
  if (count < 0) {
    decimal->count = 0;
    return;
  }
  int rest = decimal->digits[count] - '0', is_exact_half = rest == 5;
  for (int i = count + 1; is_exact_half && i < decimal->count; i++)
    if (decimal->digits[i] != '0') is_exact_half = 0;
  int is_odd = count > 0 && (decimal->digits[count - 1] & 1);
  int goes_up = rest > 5 || (rest == 5 && (!is_exact_half || is_odd));
  decimal->count = count;
  if (!goes_up) return;
  while (count > 0 && decimal->digits[count - 1] == '9') decimal->digits[--count] = '0';
  if (count > 0) {
    decimal->digits[count - 1]++;
  } else {
    // All nines: a one, and one place more.
    decimal->digits[0] = '1';
    for (int i = 1; i <= decimal->count; i++) decimal->digits[i] = '0';
    decimal->count++;
    decimal->point++;
  }
}

static char digit_at(const struct decimal *decimal, int index) {
  return index >= 0 && index < decimal->count ? decimal->digits[index] : '0';
}

/// Collects a number's text in front of its trailing zeros, of which there may be any number.
struct text {
  char characters[1200];
  int count;
};
static void append(struct text *text, char character) { text->characters[text->count++] = character; }

static void append_exponent(struct text *text, char letter, int exponent, int least) {
  append(text, letter);
  append(text, exponent < 0 ? '-' : '+');
  if (exponent < 0) exponent = -exponent;
  char digits[8];
  int count = 0;
  do digits[count++] = (char)('0' + exponent % 10);
  while ((exponent /= 10) || count < least);
  while (count) append(text, digits[--count]);
}

static void put_hexadecimal(struct text *text, struct conversion *conversion, uint64_t bits) {
  int is_upper = conversion->letter == 'A';
  int field = (int)(bits >> 52), exponent = field ? field - 1023 : bits ? -1022 : 0;
  uint64_t significand = (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)(field != 0) << 52;
  int places = conversion->precision;
  if (places >= 0 && places < 13) {
    int dropped = 52 - 4 * places;
    uint64_t half = (uint64_t)1 << (dropped - 1), rest = significand & (half * 2 - 1);
    significand >>= dropped;
    significand += rest > half || (rest == half && (significand & 1));
    significand <<= dropped;
  }
  append(text, (char)('0' + (significand >> 52)));
  uint64_t fraction = significand << 12;
  if (places != 0 && (fraction || places > 0)) {
    append(text, '.');
    for (int i = 0; (places < 0 ? fraction != 0 : i < places && i < 13); i++, fraction <<= 4)
      append(text, (is_upper ? "0123456789ABCDEF" : "0123456789abcdef")[fraction >> 60]);
  } else if (conversion->is_alternate) {
    append(text, '.');
  }
  append_exponent(text, is_upper ? 'P' : 'p', exponent, 1);
}

void webble_put_float(struct sink *sink, struct conversion *conversion, double value) {
  union { double value; uint64_t bits; } parts = {value};
  uint64_t bits = parts.bits & ~((uint64_t)1 << 63);
  char prefix[4] = "", *end = prefix;
  const char *sign = parts.bits >> 63 ? "-" : conversion->plus;
  while (*sign) *end++ = *sign++;
  int is_upper = !(conversion->letter & 0x20);
  char kind = (char)(conversion->letter | 0x20);
  if (bits >= (uint64_t)0x7FF << 52) {
    conversion->fills_zeros = 0;
    const char *word = bits > (uint64_t)0x7FF << 52 ? (is_upper ? "NAN" : "nan")
                                                     : (is_upper ? "INF" : "inf");
    *end = 0;
    webble_put_field(sink, conversion, prefix, 0, word, 3);
    return;
  }
  struct text text = {.count = 0};
  // Zeros between the last digit that there is and the end, or the exponent.
  int zeros = 0, exponent_at = 0;
  if (kind == 'a') {
    *end++ = '0';
    *end++ = is_upper ? 'X' : 'x';
    put_hexadecimal(&text, conversion, bits);
    exponent_at = text.count;
    if (conversion->precision > 13) {
      zeros = conversion->precision - 13;
      while (text.characters[exponent_at - 1] != (is_upper ? 'P' : 'p')) exponent_at--;
      exponent_at--;
    }
  } else {
    struct decimal decimal;
    take_digits(&decimal, bits);
    int precision = conversion->precision < 0 ? 6 : conversion->precision, is_scientific = kind == 'e';
    if (kind == 'g') {
      if (precision == 0) precision = 1;
      round_to(&decimal, precision);
      int exponent = decimal.count ? decimal.point - 1 : 0;
      is_scientific = exponent < -4 || exponent >= precision;
      precision -= is_scientific ? 1 : exponent + 1;
      if (!conversion->is_alternate) {
        int last = decimal.count;
        while (last > 0 && decimal.digits[last - 1] == '0') last--;
        int needed = is_scientific ? last - 1 : last - decimal.point;
        if (needed < 0) needed = 0;
        if (precision > needed) precision = needed;
      }
    } else {
      round_to(&decimal, is_scientific ? (precision < 1000 ? precision + 1 : 1001)
                                       : decimal.point + (precision < 1200 ? precision : 1200));
    }
    int first = 0;
    if (is_scientific) {
      append(&text, digit_at(&decimal, 0));
      first = 1;
    } else {
      if (decimal.count == 0) decimal.point = 1;
      if (decimal.point <= 0) append(&text, '0');
      for (int i = 0; i < decimal.point; i++) append(&text, digit_at(&decimal, i));
      first = decimal.point;
    }
    if (precision > 0 || conversion->is_alternate) append(&text, '.');
    int written = precision;
    if (first + written > decimal.count) written = decimal.count > first ? decimal.count - first : 0;
    if (written > precision) written = precision;
    for (int i = 0; i < written; i++) append(&text, digit_at(&decimal, first + i));
    zeros = precision - written;
    exponent_at = text.count;
    if (is_scientific)
      append_exponent(&text, is_upper ? 'E' : 'e', decimal.count ? decimal.point - 1 : 0, 2);
  }
  *end = 0;
  // As one field: padding, sign, number, zeros, exponent.
  size_t used = strlen(prefix) + (size_t)text.count + (size_t)zeros;
  int fill = (size_t)conversion->width > used ? conversion->width - (int)used : 0;
  struct conversion plain = {.plus = ""};
  if (!conversion->is_left && !conversion->fills_zeros) webble_put_padding(sink, ' ', fill);
  webble_put_field(sink, &plain, prefix, 0, "", 0);
  if (!conversion->is_left && conversion->fills_zeros) webble_put_padding(sink, '0', fill);
  webble_put_field(sink, &plain, "", 0, text.characters, (size_t)exponent_at);
  webble_put_padding(sink, '0', zeros);
  webble_put_field(sink, &plain, "", 0, text.characters + exponent_at, (size_t)(text.count - exponent_at));
  if (conversion->is_left) webble_put_padding(sink, ' ', fill);
}
