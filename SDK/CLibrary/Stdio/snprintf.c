#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

static void write_to_text(struct sink *sink, const char *text, size_t length) {
  size_t copied = length < sink->room ? length : sink->room;
  memcpy(sink->text, text, copied);
  sink->text += copied;
  sink->room -= copied;
}

int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments) {
  char none;
  struct sink sink = {.write = write_to_text, .text = size ? text : &none, .room = size ? size - 1 : 0};
  va_list copy;
  va_copy(copy, arguments);
  int count = webble_format(&sink, format, &copy);
  va_end(copy);
  if (size) *sink.text = 0;
  return count;
}

int snprintf(char *restrict text, size_t size, const char *restrict format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(text, size, format, arguments);
  va_end(arguments);
  return count;
}

/// The memory has no more than that many bytes after `text`.
int vsprintf(char *restrict text, const char *restrict format, va_list arguments) {
  return vsnprintf(text, SIZE_MAX - (uintptr_t)text, format, arguments);
}

int sprintf(char *restrict text, const char *restrict format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vsprintf(text, format, arguments);
  va_end(arguments);
  return count;
}

int vasprintf(char **text, const char *restrict format, va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  int count = vsnprintf(0, 0, format, copy);
  va_end(copy);
  *text = count < 0 ? 0 : malloc((size_t)count + 1);
  return *text ? vsnprintf(*text, (size_t)count + 1, format, arguments) : -1;
}

int asprintf(char **text, const char *restrict format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vasprintf(text, format, arguments);
  va_end(arguments);
  return count;
}
