/// The scanf family, for text in memory; standard input is at its end.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// One directive `%…`, taken apart.
struct directive {
  int is_suppressed;
  size_t width;  ///< characters at most; SIZE_MAX where none is given
  int size;      ///< bytes of a whole number's object
  int is_double; ///< a floating-point number's is
  char letter;
};

static const char *parse_directive(const char *format, struct directive *directive) {
  *directive = (struct directive){.width = SIZE_MAX, .size = sizeof(int)};
  if (*format == '*') {
    directive->is_suppressed = 1;
    format++;
  }
  if (isdigit((unsigned char)*format)) {
    char *end;
    unsigned long width = strtoul(format, &end, 10);
    // A width of 0 is not allowed, and is taken for none.
    directive->width = width ? width : SIZE_MAX;
    format = end;
  }
  switch (*format) {
  case 'h':
    directive->size = format[1] == 'h' ? 1 : sizeof(short);
    format += format[1] == 'h' ? 2 : 1;
    break;
  case 'l':
    directive->is_double = 1;
    directive->size = format[1] == 'l' ? sizeof(long long) : sizeof(long);
    format += format[1] == 'l' ? 2 : 1;
    break;
  case 'j':
    directive->size = sizeof(intmax_t);
    format++;
    break;
  case 'z': case 't':
    directive->size = sizeof(size_t);
    format++;
    break;
  case 'L':
    directive->is_double = 1;
    directive->size = sizeof(long long);
    format++;
  }
  directive->letter = *format;
  return *format ? format + 1 : format;
}

static void store_whole(void *object, int size, uint64_t value) {
  switch (size) {
  case 1: *(uint8_t *)object = (uint8_t)value; break;
  case 2: *(uint16_t *)object = (uint16_t)value; break;
  case 4: *(uint32_t *)object = (uint32_t)value; break;
  default: *(uint64_t *)object = value;
  }
}

static int digit_of(char character) {
  if (isdigit((unsigned char)character)) return character - '0';
  return isalpha((unsigned char)character) ? (character | 0x20) - 'a' + 10 : 36;
}

/// Reads a whole number of at most `width` characters. A magnitude of more than 64 bits is the largest one.
///
/// - Returns: behind it, or null if there is none.
static const char *scan_whole(const char *text, size_t width, int base, uint64_t *value) {
  size_t at = 0, digits = 0;
  int is_negative = text[0] == '-', is_too_large = 0;
  uint64_t magnitude = 0;
  if (text[0] == '-' || text[0] == '+') at++;
  if ((base == 0 || base == 16) && at + 1 < width && text[at] == '0' && (text[at + 1] | 0x20) == 'x') {
    // The `x` belongs to the number, so that one without digits behind it is none.
    at += 2;
    base = 16;
  } else if (base == 0) {
    base = text[at] == '0' ? 8 : 10;
  }
  for (; at < width; at++, digits++) {
    int digit = digit_of(text[at]);
    if (digit >= base) break;
    if (magnitude > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base) is_too_large = 1;
    magnitude = magnitude * (uint64_t)base + (uint64_t)digit;
  }
  if (is_too_large) magnitude = is_negative ? (uint64_t)1 << 63 : UINT64_MAX;
  *value = is_negative ? -magnitude : magnitude;
  return digits ? text + at : NULL;
}

/// Whether what follows a number makes it one that was begun and not ended, such as `1e+` or `0x`.
static int is_broken_off(const char *text, const char *end, size_t width) {
  size_t used = (size_t)(end - text);
  if (used >= width) return 0;
  char next = *end | 0x20;
  int is_hexadecimal = 0;
  for (const char *at = text; at < end; at++) is_hexadecimal |= (*at | 0x20) == 'x';
  if (next == 'x') return used && end[-1] == '0';
  return next == (is_hexadecimal ? 'p' : 'e') && !memchr(text, next, used)
         && !memchr(text, next & ~0x20, used) && isdigit((unsigned char)end[-1]);
}

/// Reads a floating-point number of at most `width` characters.
///
/// - Returns: behind it, or null if there is none.
static const char *scan_real(const char *text, size_t width, int is_double, void *object) {
  char *end;
  double value = strtod(text, &end);
  float narrow = is_double ? 0 : strtof(text, &end);
  if ((size_t)(end - text) > width) {
    char *part = strndup(text, width);
    if (!part) return NULL;
    char *part_end;
    value = strtod(part, &part_end);
    if (!is_double) narrow = strtof(part, &part_end);
    end = (char *)text + (part_end - part);
    int is_broken = part_end == part || is_broken_off(part, part_end, width);
    free(part);
    if (is_broken) return NULL;
  } else if (end == text || is_broken_off(text, end, width)) {
    return NULL;
  }
  if (!object) return end;
  if (is_double) *(double *)object = value;
  else *(float *)object = narrow;
  return end;
}

/// Takes a `[…]` apart, behind its `[`.
///
/// - Returns: behind its `]`, or null if there is none.
static const char *parse_set(const char *format, unsigned char is_member[256]) {
  int is_excluding = *format == '^';
  if (is_excluding) format++;
  memset(is_member, is_excluding, 256);
  const char *first = format;
  for (; *format != ']' || format == first; format++) {
    if (!*format) return NULL;
    unsigned char from = (unsigned char)*format, to = from;
    if (format[1] == '-' && format[2] && format[2] != ']') {
      to = (unsigned char)format[2];
      format += 2;
    }
    for (unsigned member = from; member <= to; member++) is_member[member] = !is_excluding;
  }
  return format + 1;
}

/// Copies characters for as long as `is_member` says so (null: all but white space).
///
/// - Returns: behind the last, or null if there is none.
static const char *scan_text(const char *text, size_t width, const unsigned char *is_member, char *object) {
  size_t at = 0;
  for (; at < width && text[at]; at++) {
    unsigned char next = (unsigned char)text[at];
    if (is_member ? !is_member[next] : isspace(next)) break;
    if (object) object[at] = text[at];
  }
  if (!at) return NULL;
  if (object) object[at] = 0;
  return text + at;
}

int vsscanf(const char *restrict text, const char *restrict format, va_list arguments) {
  const char *at = text;
  int assigned = 0;
  while (*format) {
    if (isspace((unsigned char)*format)) {
      while (isspace((unsigned char)*at)) at++;
      format++;
      continue;
    }
    if (*format != '%' || format[1] == '%') {
      if (*format == '%') {
        while (isspace((unsigned char)*at)) at++;
        format++;
      }
      if (*at != *format) return *at || assigned ? assigned : EOF;
      at++;
      format++;
      continue;
    }
    struct directive directive;
    format = parse_directive(format + 1, &directive);
    unsigned char is_member[256];
    if (directive.letter == '[' && !(format = parse_set(format, is_member))) {
      errno = EINVAL;
      return assigned;
    }
    if (directive.letter == 'n') {
      if (!directive.is_suppressed)
        store_whole(va_arg(arguments, void *), directive.size, (uint64_t)(at - text));
      continue;
    }
    if (directive.letter != 'c' && directive.letter != '[')
      while (isspace((unsigned char)*at)) at++;
    if (!*at) return assigned ? assigned : EOF;

    void *object = directive.is_suppressed ? NULL : va_arg(arguments, void *);
    const char *end = NULL;
    uint64_t value = 0;
    int base = -1;
    switch (directive.letter) {
    case 'd': case 'u': base = 10; break;
    case 'i': base = 0; break;
    case 'o': base = 8; break;
    case 'p': directive.size = sizeof(void *); base = 16; break;
    case 'x': case 'X': base = 16; break;
    case 'a': case 'e': case 'f': case 'g': case 'A': case 'E': case 'F': case 'G':
      end = scan_real(at, directive.width, directive.is_double, object);
      break;
    case 's': end = scan_text(at, directive.width, NULL, object); break;
    case '[': end = scan_text(at, directive.width, is_member, object); break;
    case 'c': {
      size_t count = directive.width == SIZE_MAX ? 1 : directive.width;
      if (strnlen(at, count) < count) return assigned ? assigned : EOF;
      if (object) memcpy(object, at, count);
      end = at + count;
      break;
    }
    default:
      // Which arguments follow is not known.
      errno = EINVAL;
      return assigned;
    }
    if (base >= 0) {
      end = scan_whole(at, directive.width, base, &value);
      if (end && object) store_whole(object, directive.size, value);
    }
    if (!end) return assigned;
    at = end;
    if (object) assigned++;
  }
  return assigned;
}

int sscanf(const char *restrict text, const char *restrict format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int assigned = vsscanf(text, format, arguments);
  va_end(arguments);
  return assigned;
}

int vscanf(const char *restrict format, va_list arguments) { return vsscanf("", format, arguments); }

int scanf(const char *restrict format, ...) {
  (void)format;
  return EOF;
}

int fscanf(FILE *restrict stream, const char *restrict format, ...) {
  (void)stream;
  (void)format;
  return EOF;
}
