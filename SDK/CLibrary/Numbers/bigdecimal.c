/// The exact comparison behind floattext.c, with whole numbers of any length that it needs.
#include "floattext.h"

/// Digits beyond these cannot matter but for not being 0: a number half-way between two of `double` has at
/// most 767 of them.
enum { DIGIT_LIMIT = 800 };
/// 800 digits are 2658 bits, and so are 5^1142 and what it is multiplied with.
enum { WORD_LIMIT = 120 };

struct big {
  uint32_t words[WORD_LIMIT];  ///< least significant first
  int count;
};

static void multiply_add(struct big *number, uint32_t factor, uint32_t carry) {
  uint64_t rest = carry;
  for (int i = 0; i < number->count; i++) {
    rest += (uint64_t)number->words[i] * factor;
    number->words[i] = (uint32_t)rest;
    rest >>= 32;
  }
  if (rest) number->words[number->count++] = (uint32_t)rest;
}

static void multiply_power_of_five(struct big *number, int power) {
  for (; power >= 13; power -= 13) multiply_add(number, 1220703125, 0);
  for (; power > 0; power--) multiply_add(number, 5, 0);
}

static void shift_left(struct big *number, int bits) {
  int words = bits / 32;
  if (bits % 32) multiply_add(number, (uint32_t)1 << (bits % 32), 0);
  for (int i = number->count - 1; i >= 0; i--) number->words[i + words] = number->words[i];
  for (int i = 0; i < words; i++) number->words[i] = 0;
  number->count += words;
}

int webble_compare_decimal(const char *digits, int64_t exponent, uint64_t odd, int power) {
  struct big decimal = {.count = 0}, binary = {.count = 0};
  int count = 0, has_more = 0;
  for (const char *at = digits;; at++) {
    if (*at == '.') continue;
    if (*at < '0' || *at > '9') break;
    if (count == DIGIT_LIMIT) {
      has_more |= *at != '0';
      continue;
    }
    multiply_add(&decimal, 10, (uint32_t)(*at - '0'));
    // `exponent` belongs to the first 19.
    if (++count > 19) exponent--;
  }
  if (has_more) {
    multiply_add(&decimal, 10, 1);
    exponent--;
  }
  binary.words[0] = (uint32_t)odd;
  binary.words[1] = (uint32_t)(odd >> 32);
  binary.count = odd >> 32 ? 2 : 1;

  // decimal * 5^exponent * 2^(exponent - power) against binary.
  int tens = (int)exponent, twos = tens - power;
  if (tens > 0) multiply_power_of_five(&decimal, tens);
  if (tens < 0) multiply_power_of_five(&binary, -tens);
  if (twos > 0) shift_left(&decimal, twos);
  if (twos < 0) shift_left(&binary, -twos);
  if (decimal.count != binary.count) return decimal.count > binary.count ? 1 : -1;
  for (int i = decimal.count - 1; i >= 0; i--)
    if (decimal.words[i] != binary.words[i]) return decimal.words[i] > binary.words[i] ? 1 : -1;
  return 0;
}

/// Divides by 10^9 and returns the remainder.
static uint32_t divide_by_billion(struct big *number) {
  uint64_t rest = 0;
  for (int i = number->count - 1; i >= 0; i--) {
    rest = rest << 32 | number->words[i];
    number->words[i] = (uint32_t)(rest / 1000000000);
    rest %= 1000000000;
  }
  while (number->count && !number->words[number->count - 1]) number->count--;
  return (uint32_t)rest;
}

int webble_decimal_digits(uint64_t significand, int exponent, char *digits, int *point) {
  struct big number = {.words = {(uint32_t)significand, (uint32_t)(significand >> 32)}, .count = 2};
  // A negative power of two is one of five, and one of ten, which moves the point.
  if (exponent >= 0) shift_left(&number, exponent);
  else multiply_power_of_five(&number, -exponent);
  while (number.count && !number.words[number.count - 1]) number.count--;
  int first = WEBBLE_DECIMAL_DIGITS;
  while (number.count) {
    uint32_t part = divide_by_billion(&number);
    for (int i = 0; i < 9; i++, part /= 10) digits[--first] = (char)('0' + part % 10);
  }
  while (digits[first] == '0') first++;
  int count = WEBBLE_DECIMAL_DIGITS - first;
  __builtin_memmove(digits, digits + first, (unsigned)count);
  *point = count + (exponent < 0 ? exponent : 0);
  return count;
}
