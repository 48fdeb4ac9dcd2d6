#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

static void write_to_stream(struct sink *sink, const char *text, size_t length) {
  fwrite(text, 1, length, sink->stream);
}

int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments) {
  struct sink sink = {.write = write_to_stream, .stream = stream};
  va_list copy;
  va_copy(copy, arguments);
  int count = webble_format(&sink, format, &copy);
  va_end(copy);
  return count;
}

int vprintf(const char *restrict format, va_list arguments) { return vfprintf(stdout, format, arguments); }

int fprintf(FILE *restrict stream, const char *restrict format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vfprintf(stream, format, arguments);
  va_end(arguments);
  return count;
}

int printf(const char *restrict format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vfprintf(stdout, format, arguments);
  va_end(arguments);
  return count;
}
