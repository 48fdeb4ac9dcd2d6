/// The printf family. Texts go to a function that takes their parts.
#include "format.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

static void put(struct sink *sink, const char *text, size_t length) {
  sink->write(sink, text, length);
  sink->total += length;
}

void webble_put_padding(struct sink *sink, char fill, int count) {
  char part[64];
  memset(part, fill, sizeof part);
  for (; count > 0; count -= (int)sizeof part)
    put(sink, part, (size_t)count < sizeof part ? (size_t)count : sizeof part);
}

/// `prefix` (sign, 0x), zeros and `body`, in a field.
void webble_put_field(struct sink *sink, const struct conversion *conversion, const char *prefix,
                      int zeros, const char *body, size_t length) {
  size_t used = strlen(prefix) + length + (size_t)(zeros > 0 ? zeros : 0);
  int fill = (size_t)conversion->width > used ? conversion->width - (int)used : 0;
  if (!conversion->is_left && !conversion->fills_zeros) webble_put_padding(sink, ' ', fill);
  put(sink, prefix, strlen(prefix));
  if (!conversion->is_left && conversion->fills_zeros) webble_put_padding(sink, '0', fill);
  webble_put_padding(sink, '0', zeros);
  put(sink, body, length);
  if (conversion->is_left) webble_put_padding(sink, ' ', fill);
}

static void put_whole(struct sink *sink, struct conversion *conversion, uint64_t value, int is_negative) {
  char digits[64];
  int at = sizeof digits;
  unsigned base = conversion->letter == 'o' ? 8 : conversion->letter == 'b' ? 2 : 10;
  if ((conversion->letter | 0x20) == 'x' || conversion->letter == 'p') base = 16;
  const char *letters = conversion->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  for (uint64_t rest = value; rest; rest /= base) digits[--at] = letters[rest % base];
  int count = (int)sizeof digits - at;
  // A precision says how many digits there are at least, and switches zeros as filling off.
  int least = conversion->precision < 0 ? 1 : conversion->precision;
  if (conversion->precision >= 0) conversion->fills_zeros = 0;
  if (base == 8 && conversion->is_alternate && count >= least) least = count + 1;
  const char *prefix = "";
  if (conversion->letter == 'd' || conversion->letter == 'i')
    prefix = is_negative ? "-" : conversion->plus;
  if (base == 16 && conversion->is_alternate && value) prefix = conversion->letter == 'X' ? "0X" : "0x";
  webble_put_field(sink, conversion, prefix, least - count, digits + at, (size_t)count);
}

static int64_t signed_argument(struct conversion *conversion, va_list *arguments) {
  switch (conversion->length) {
  case 'H': return (signed char)va_arg(*arguments, int);
  case 'h': return (short)va_arg(*arguments, int);
  case 'q':
  case 'j': return va_arg(*arguments, long long);
  default: return va_arg(*arguments, int);
  }
}

/// Reads a number, or takes it from the arguments.
static const char *read_count(const char *format, int *count, va_list *arguments) {
  *count = 0;
  if (*format == '*') {
    *count = va_arg(*arguments, int);
    return format + 1;
  }
  for (; *format >= '0' && *format <= '9'; format++)
    *count = *count > (INT_MAX - 9) / 10 ? INT_MAX : *count * 10 + (*format - '0');
  return format;
}

static const char *read_conversion(const char *format, struct conversion *conversion,
                                   va_list *arguments) {
  *conversion = (struct conversion){.precision = -1, .plus = ""};
  for (;; format++) {
    if (*format == '-') conversion->is_left = 1;
    else if (*format == '+') conversion->plus = "+";
    else if (*format == ' ') conversion->plus = *conversion->plus ? conversion->plus : " ";
    else if (*format == '#') conversion->is_alternate = 1;
    else if (*format == '0') conversion->fills_zeros = 1;
    else break;
  }
  format = read_count(format, &conversion->width, arguments);
  if (conversion->width < 0) {
    conversion->is_left = 1;
    conversion->width = conversion->width == INT_MIN ? INT_MAX : -conversion->width;
  }
  if (*format == '.') {
    format = read_count(format + 1, &conversion->precision, arguments);
    if (conversion->precision < 0) conversion->precision = -1;
  }
  // H is hh, q is ll; long, size_t and ptrdiff_t are as int here.
  for (; *format && strchr("hlLqjzt", *format); format++) {
    if (*format == 'h') conversion->length = conversion->length == 'h' ? 'H' : 'h';
    else if (*format == 'l') conversion->length = conversion->length == 'l' ? 'q' : 'l';
    else conversion->length = *format;
  }
  conversion->letter = *format;
  return *format ? format + 1 : format;
}

int webble_format(struct sink *sink, const char *format, va_list *arguments) {
  while (*format) {
    const char *next = strchrnul(format, '%');
    put(sink, format, (size_t)(next - format));
    if (!*next) break;
    struct conversion conversion;
    format = read_conversion(next + 1, &conversion, arguments);
    // More than the result can tell. A text ends before its precision.
    if (conversion.width == INT_MAX || (conversion.precision == INT_MAX && conversion.letter != 's')) {
      errno = EOVERFLOW;
      return -1;
    }
    switch (conversion.letter) {
    case '%': put(sink, "%", 1); break;
    case 'd':
    case 'i': {
      int64_t value = signed_argument(&conversion, arguments);
      put_whole(sink, &conversion, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
      break;
    }
    case 'b':
    case 'o':
    case 'u':
    case 'x':
    case 'X': {
      uint64_t value = (uint64_t)signed_argument(&conversion, arguments);
      if (conversion.length == 'H') value = (unsigned char)value;
      else if (conversion.length == 'h') value = (unsigned short)value;
      else if (conversion.length != 'q' && conversion.length != 'j') value = (uint32_t)value;
      put_whole(sink, &conversion, value, 0);
      break;
    }
    case 'p':
      conversion.is_alternate = 1;
      put_whole(sink, &conversion, (uintptr_t)va_arg(*arguments, void *), 0);
      break;
    case 'c': {
      char character = (char)va_arg(*arguments, int);
      conversion.fills_zeros = 0;
      webble_put_field(sink, &conversion, "", 0, &character, 1);
      break;
    }
    case 's': {
      const char *text = va_arg(*arguments, const char *);
      if (!text) text = "(null)";
      conversion.fills_zeros = 0;
      webble_put_field(sink, &conversion, "", 0, text,
                       conversion.precision < 0 ? strlen(text)
                                                : strnlen(text, (size_t)conversion.precision));
      break;
    }
    case 'a': case 'A': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
      webble_put_float(sink, &conversion, va_arg(*arguments, double));
      break;
    default:
      // Also %n, which writes to memory, and %ls: nobody should be surprised by what is left out.
      errno = EINVAL;
      return -1;
    }
    if (sink->total > INT_MAX) {
      errno = EOVERFLOW;
      return -1;
    }
  }
  return (int)sink->total;
}
