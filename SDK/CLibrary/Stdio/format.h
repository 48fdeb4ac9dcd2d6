#ifndef WEBBLE_FORMAT_H
#define WEBBLE_FORMAT_H
#include <stdarg.h>
#include <stddef.h>

/// Where a formatted text goes.
struct sink {
  void (*write)(struct sink *sink, const char *text, size_t length);
  size_t total;  ///< bytes so far
  char *text;    ///< for callers that keep the text: where to, and how much room is left
  size_t room;
  void *stream;
};

/// What stands between `%` and its letter.
struct conversion {
  int is_left, is_alternate, fills_zeros, width, precision;  ///< a precision of -1: none
  const char *plus;                                          ///< in front of what is not negative
  char length, letter;
};

/// The number of bytes, or -1 with errno set.
int webble_format(struct sink *sink, const char *format, va_list *arguments);
void webble_put_float(struct sink *sink, struct conversion *conversion, double value);
void webble_put_padding(struct sink *sink, char fill, int count);
void webble_put_field(struct sink *sink, const struct conversion *conversion, const char *prefix,
                      int zeros, const char *body, size_t length);
#endif
