/// The two streams: whole lines, in the order in which they were completed, as Swift's `print`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct __webble_stream { int descriptor; };
static FILE streams[3] = {{0}, {1}, {2}};
#undef stdin
#undef stdout
#undef stderr
FILE *const stdin = &streams[0];
FILE *const stdout = &streams[1];
FILE *const stderr = &streams[2];

void webble_print_error_line(const char *text, size_t length);

/// What a thread has written to the error stream since the last newline.
static _Thread_local char *line;
static _Thread_local size_t length, capacity;

static int put_error(char character) {
  if (character == '\n') {
    webble_print_error_line(line, length);
    free(line);
    line = 0;
    length = capacity = 0;
    return 0;
  }
  if (length == capacity) {
    size_t larger = capacity ? capacity * 2 : 128;
    char *grown = realloc(line, larger);
    if (!grown) return EOF;
    line = grown;
    capacity = larger;
  }
  line[length++] = character;
  return 0;
}

int fputc(int character, FILE *stream) {
  if (stream->descriptor == 1) return putchar((unsigned char)character);
  if (stream->descriptor == 2) return put_error((char)character) ? EOF : (unsigned char)character;
  errno = EBADF;
  return EOF;
}
int putc(int character, FILE *stream) { return fputc(character, stream); }

size_t fwrite(const void *restrict bytes, size_t size, size_t count, FILE *restrict stream) {
  const char *at = bytes;
  size_t total;
  if (size == 0 || __builtin_mul_overflow(size, count, &total)) return 0;
  for (size_t i = 0; i < total; i++)
    if (fputc(at[i], stream) == EOF) return i / size;
  return count;
}

int fputs(const char *restrict text, FILE *restrict stream) {
  size_t length = strlen(text);
  return fwrite(text, 1, length, stream) == length ? 0 : EOF;
}
int puts(const char *text) { return fputs(text, stdout) == EOF ? EOF : fputc('\n', stdout); }

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (descriptor != 1 && descriptor != 2) {
    errno = EBADF;
    return -1;
  }
  return (ssize_t)fwrite(bytes, 1, count, &streams[descriptor]);
}

void perror(const char *text) {
  int number = errno;
  if (text && *text) {
    fputs(text, stderr);
    fputs(": ", stderr);
  }
  fputs(strerror(number), stderr);
  fputc('\n', stderr);
}

/// Lines reach the host when they end; there is nothing else to hand over.
int fflush(FILE *stream) {
  (void)stream;
  return 0;
}
int fileno(FILE *stream) { return stream->descriptor; }
int fclose(FILE *stream) {
  (void)stream;
  return 0;
}
int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size) {
  (void)stream, (void)buffer, (void)mode, (void)size;
  return 0;
}
void setbuf(FILE *restrict stream, char *restrict buffer) { (void)stream, (void)buffer; }
void setlinebuf(FILE *stream) { (void)stream; }
void flockfile(FILE *stream) { (void)stream; }
void funlockfile(FILE *stream) { (void)stream; }
