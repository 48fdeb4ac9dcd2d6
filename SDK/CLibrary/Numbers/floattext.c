/// Decimal and hexadecimal text to the nearest floating-point number.
///
/// Three ways, each right where it answers. First, a number of few digits and a small power of ten, both
/// exact as `double`, needs one multiplication or division, which rounds once (W. D. Clinger, How to read
/// floating point numbers accurately, 1990). Second, the first 19 digits times a power of ten of 128 bits
/// give the value between two bounds; if both round to the same number, that is it (the idea of D. Lemire,
/// Number parsing at a gigabyte per second, 2021, with an interval in place of a proof for each power, so
/// that the table needs every 28th power only). Third, the exact decimal is compared with the number
/// half-way between the two candidates: bigdecimal.c.
#include "floattext.h"

#include <stddef.h>

const struct float_format webble_double_format = {53, -1074, 971};
const struct float_format webble_float_format = {24, -149, 104};
const struct float_format webble_half_format = {11, -24, 5};

/// The first 128 bits of 5^(28 n), the leading one included, rounded down, for n from -13.
static const uint64_t powers_of_five[][2] = {
  {0xE1AFA13AFBD14D6Du, 0x82189C09A3A1EC21u},  // 5^-364
  {0xE3E27A444D8D98B7u, 0xFD1B1B2308169B25u},  // 5^-336
  {0xE61ACF033D1A45DFu, 0x6FB92487298E33BDu},  // 5^-308
  {0xE858AD248F5C22C9u, 0xD1B3400F8F9CFF68u},  // 5^-280
  {0xEA9C227723EE8BCBu, 0x465E15A979C1CADCu},  // 5^-252
  {0xECE53CEC4A314EBDu, 0xA4F8BF5635246428u},  // 5^-224
  {0xEF340A98172AACE4u, 0x86FB897116C87C34u},  // 5^-196
  {0xF18899B1BC3F8CA1u, 0xDC44E6C3CB279AC1u},  // 5^-168
  {0xF3E2F893DEC3F126u, 0x5A89DBA3C3EFCCFAu},  // 5^-140
  {0xF64335BCF065D37Du, 0x4D4617B5FF4A16D5u},  // 5^-112
  {0xF8A95FCF88747D94u, 0x75A44C6397CE912Au},  // 5^-84
  {0xFB158592BE068D2Eu, 0xEED6E2F0F0D56712u},  // 5^-56
  {0xFD87B5F28300CA0Du, 0x8BCA9D6E188853FCu},  // 5^-28
  {0x8000000000000000u, 0x0000000000000000u},  // 5^0
  {0x813F3978F8940984u, 0x4000000000000000u},  // 5^28
  {0x82818F1281ED449Fu, 0xBFF8F10E7A8921A4u},  // 5^56
  {0x83C7088E1AAB65DBu, 0x792667C6DA79E0FAu},  // 5^84
  {0x850FADC09923329Eu, 0x03E2CF6BC604DDB0u},  // 5^112
  {0x865B86925B9BC5C2u, 0x0B8A2392BA45A9B2u},  // 5^140
  {0x87AA9AFF79042286u, 0x90FB44D2F05D0842u},  // 5^168
  {0x88FCF317F22241E2u, 0x441FECE3BDF81F03u},  // 5^196
  {0x8A5296FFE33CC92Fu, 0x82BD6B70D99AAA6Fu},  // 5^224
  {0x8BAB8EEFB6409C1Au, 0x1AD089B6C2F7548Eu},  // 5^252
  {0x8D07E33455637EB2u, 0xDB0B487B6423E1E8u},  // 5^280
  {0x8E679C2F5E44FF8Fu, 0x570F09EAA7EA7648u},  // 5^308
};
enum { FIRST_POWER = -13 * 28, LAST_POWER = 12 * 28 - 1 };

static const double exact_powers_of_ten[] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static unsigned __int128 wide_of(const uint64_t parts[2]) {
  return (unsigned __int128)parts[0] << 64 | parts[1];
}

/// The upper 128 bits of a product of 192.
static unsigned __int128 multiply_high(unsigned __int128 a, uint64_t b) {
  unsigned __int128 low = (unsigned __int128)(uint64_t)a * b;
  return (unsigned __int128)(uint64_t)(a >> 64) * b + (low >> 64);
}

/// `bits * 2^exponent`, `bits` with its first bit set, to the format's encoding: the significand's leading
/// bit adds one to the exponent's field, and so does a carry. Rounded to nearest, or down.
static uint64_t encode(unsigned __int128 bits, int exponent, const struct float_format *format,
                       int rounds_down) {
  int dropped = 128 - format->significand_bits;
  if (exponent + dropped < format->minimum_exponent) dropped = format->minimum_exponent - exponent;
  if (dropped > 128) return 0;
  uint64_t kept = dropped == 128 ? 0 : (uint64_t)(bits >> dropped);
  if (!rounds_down) {
    unsigned __int128 half = (unsigned __int128)1 << (dropped - 1);
    unsigned __int128 rest = dropped == 128 ? bits : bits & (half * 2 - 1);
    kept += rest > half || (rest == half && (kept & 1));
  }
  int field = exponent + dropped - format->minimum_exponent;
  uint64_t infinity = (uint64_t)(format->maximum_exponent - format->minimum_exponent + 2)
                      << (format->significand_bits - 1);
  uint64_t result = ((uint64_t)field << (format->significand_bits - 1)) + kept;
  return field > format->maximum_exponent - format->minimum_exponent || result > infinity ? infinity
                                                                                           : result;
}

/// What was read of a number's digits.
struct digits {
  const char *first;    ///< the first that is not 0, or a point before it
  uint64_t leading;     ///< the first of them, as a whole number
  int64_t exponent;     ///< of `leading`, in powers of the base, or of 2 for base 16
  int has_more;         ///< whether others that are not 0 follow
  int is_empty;
};

static int digit_value(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  character |= 0x20;
  return character >= 'a' && character <= 'f' ? character - 'a' + 10 : 16;
}

/// Reads digits and at most one point. `limit`: `leading` takes another digit while it is below.
static const char *read_digits(const char *text, int base, uint64_t limit, struct digits *digits) {
  *digits = (struct digits){.is_empty = 1};
  int step = base == 16 ? 4 : 1, after_point = 0;
  for (;; text++) {
    if (*text == '.' && !after_point) {
      after_point = 1;
      continue;
    }
    int digit = digit_value(*text);
    if (digit >= base) break;
    digits->is_empty = 0;
    if (digit && !digits->first) digits->first = text;
    if (digits->leading < limit) {
      digits->leading = digits->leading * (uint64_t)base + (uint64_t)digit;
      digits->exponent -= after_point ? step : 0;
    } else {
      digits->has_more |= digit;
      digits->exponent += after_point ? 0 : step;
    }
  }
  return text;
}

/// The number behind an exponent's letter, or `text` itself if there is none.
static const char *read_exponent(const char *text, int64_t *exponent) {
  const char *at = text + 1;
  int negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  if (*at < '0' || *at > '9') return text;
  int64_t value = 0;
  for (; *at >= '0' && *at <= '9'; at++)
    if (value < (int64_t)1 << 40) value = value * 10 + (*at - '0');
  *exponent += negative ? -value : value;
  return at;
}

/// The first way, of a number that allows it. `float` has exact powers of ten up to the tenth.
static int round_exactly(const struct digits *digits, const struct float_format *format, uint64_t *bits) {
  int64_t power = digits->exponent, magnitude = power < 0 ? -power : power;
  int limit = format->significand_bits == 53 ? 22 : 10;
  if (format->significand_bits < 24 || digits->has_more || magnitude > limit
      || digits->leading >> format->significand_bits)
    return 0;
  double leading = (double)digits->leading, scale = exact_powers_of_ten[magnitude];
  if (limit == 22) {
    union { double value; uint64_t bits; } parts = {power < 0 ? leading / scale : leading * scale};
    *bits = parts.bits;
  } else {
    float narrow = (float)leading, narrow_scale = (float)scale;
    union { float value; uint32_t bits; } parts = {power < 0 ? narrow / narrow_scale
                                                             : narrow * narrow_scale};
    *bits = parts.bits;
  }
  return 1;
}

static uint64_t round_decimal(const struct digits *digits, const struct float_format *format) {
  uint64_t leading = digits->leading;
  if (leading == 0) return 0;
  if (digits->exponent > LAST_POWER) return encode((unsigned __int128)1 << 127, 1 << 20, format, 0);
  if (digits->exponent < FIRST_POWER) return 0;
  int power = (int)digits->exponent;
  int index = (power - FIRST_POWER) / 28, rest = power - FIRST_POWER - index * 28;
  uint64_t small = 1;
  for (int i = 0; i < rest; i++) small *= 5;
  int base_power = power - rest;

  // 5^power from below: each of the two products loses less than one unit of the last of 128 bits.
  unsigned __int128 bits = wide_of(powers_of_five[index]);
  // 152170 / 65536 is the logarithm of 5 to base 2, exact enough for every power in the table.
  int exponent = ((base_power * 152170) >> 16) - 127 + power;
  int shift = __builtin_clzll(small);
  bits = multiply_high(bits, small << shift);
  exponent += 64 - shift;
  if (!(bits >> 127)) bits <<= 1, exponent--;

  shift = __builtin_clzll(leading);
  bits = multiply_high(bits, leading << shift);
  exponent += 64 - shift;

  // Powers from 0 to 27 fit, and so does their product with 64 bits. Of others the table's entry, the
  // power and the product are short by less than 1, 1 and 1, and a shift may have doubled the first two.
  unsigned __int128 error = base_power == 0 ? 0 : 8;
  if (digits->has_more) error += ((unsigned __int128)2 << shift) << 63;
  unsigned __int128 upper = bits + error;
  int upper_exponent = exponent;
  if (!(bits >> 127)) bits <<= 1, exponent--;
  if (upper < error) {
    upper = upper >> 1 | (unsigned __int128)1 << 127;
    upper_exponent++;
  } else if (!(upper >> 127)) {
    upper <<= 1;
    upper_exponent--;
  }
  uint64_t low = encode(bits, exponent, format, 0);
  if (low == encode(upper, upper_exponent, format, 0)) return low;

  // The one number half-way between two neighbours that lies between the bounds decides.
  uint64_t below = encode(bits, exponent, format, 1);
  int field = (int)(below >> (format->significand_bits - 1));
  uint64_t significand = below & (((uint64_t)1 << (format->significand_bits - 1)) - 1);
  if (field) significand |= (uint64_t)1 << (format->significand_bits - 1);
  int below_exponent = format->minimum_exponent + (field ? field - 1 : 0);
  int order = webble_compare_decimal(digits->first, digits->exponent, significand * 2 + 1,
                                     below_exponent - 1);
  return below + (order > 0 || (order == 0 && (below & 1)));
}

static uint64_t round_hexadecimal(const struct digits *digits, const struct float_format *format) {
  if (digits->leading == 0) return 0;
  int shift = __builtin_clzll(digits->leading);
  unsigned __int128 bits = (unsigned __int128)(digits->leading << shift) << 64;
  bits |= digits->has_more != 0;
  int64_t exponent = digits->exponent - shift - 64;
  int limit = 1 << 20;
  return encode(bits, exponent > limit ? limit : exponent < -limit ? -limit : (int)exponent, format, 0);
}

/// The length of `word` if `text` begins with it, in letters of either case; else 0.
static size_t matches(const char *text, const char *word) {
  size_t length = 0;
  for (; word[length]; length++)
    if ((text[length] | 0x20) != word[length]) return 0;
  return length;
}

static const char *after_payload(const char *text) {
  if (*text != '(') return text;
  const char *at = text + 1;
  while (*at == '_' || (*at >= '0' && *at <= '9') || ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z')) at++;
  return *at == ')' ? at + 1 : text;
}

uint64_t webble_parse_float(const char *text, const struct float_format *format, const char **end,
                            enum float_text_status *status) {
  *end = text;
  *status = FLOAT_TEXT_NONE;
  while (*text == ' ' || (*text >= '\t' && *text <= '\r')) text++;
  uint64_t sign = *text == '-' ? (uint64_t)1 << 63 : 0;
  if (*text == '-' || *text == '+') text++;

  uint64_t infinity = (uint64_t)(format->maximum_exponent - format->minimum_exponent + 2)
                      << (format->significand_bits - 1);
  size_t length = matches(text, "inf");
  if (length) {
    *status = FLOAT_TEXT_FINE;
    size_t whole = matches(text, "infinity");
    *end = text + (whole ? whole : length);
    return sign | infinity;
  }
  if (matches(text, "nan")) {
    *status = FLOAT_TEXT_FINE;
    *end = after_payload(text + 3);
    return sign | infinity | (uint64_t)1 << (format->significand_bits - 2);
  }

  struct digits digits;
  uint64_t bits;
  const char *after;
  int is_hexadecimal = text[0] == '0' && (text[1] | 0x20) == 'x';
  if (is_hexadecimal) {
    after = read_digits(text + 2, 16, (uint64_t)1 << 60, &digits);
    if (digits.is_empty) {
      // The number is the 0 before the x.
      *status = FLOAT_TEXT_FINE;
      *end = text + 1;
      return sign;
    }
    if ((*after | 0x20) == 'p') after = read_exponent(after, &digits.exponent);
    bits = round_hexadecimal(&digits, format);
  } else {
    after = read_digits(text, 10, (uint64_t)1000000000000000000, &digits);
    if (digits.is_empty) return 0;
    if ((*after | 0x20) == 'e') after = read_exponent(after, &digits.exponent);
    if (!round_exactly(&digits, format, &bits)) bits = round_decimal(&digits, format);
  }
  *end = after;
  int is_small = bits < (uint64_t)1 << (format->significand_bits - 1);
  *status = digits.leading && (bits == infinity || is_small) ? FLOAT_TEXT_RANGE : FLOAT_TEXT_FINE;
  return sign | bits;
}
