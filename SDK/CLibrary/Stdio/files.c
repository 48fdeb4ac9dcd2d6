/// There are no files, and nothing to read.
#include <errno.h>
#include <stdio.h>

static int fail(int number) {
  errno = number;
  return -1;
}

FILE *fopen(const char *restrict path, const char *restrict mode) {
  (void)path, (void)mode;
  errno = ENOENT;
  return 0;
}
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream) {
  (void)stream;
  return fopen(path, mode);
}
FILE *fdopen(int descriptor, const char *mode) {
  (void)mode;
  if (descriptor >= 0 && descriptor <= 2) return descriptor == 0 ? stdin : descriptor == 1 ? stdout : stderr;
  errno = EBADF;
  return 0;
}
FILE *tmpfile(void) {
  errno = ENOTSUP;
  return 0;
}
int remove(const char *path) {
  (void)path;
  return fail(ENOENT);
}
int rename(const char *from, const char *to) {
  (void)from, (void)to;
  return fail(ENOENT);
}

int fgetc(FILE *stream) {
  (void)stream;
  return EOF;
}
int getc(FILE *stream) { return fgetc(stream); }
int getchar(void) { return EOF; }
int ungetc(int character, FILE *stream) {
  (void)character, (void)stream;
  return EOF;
}
char *fgets(char *restrict text, int size, FILE *restrict stream) {
  (void)text, (void)size, (void)stream;
  return 0;
}
size_t fread(void *restrict bytes, size_t size, size_t count, FILE *restrict stream) {
  (void)bytes, (void)size, (void)count, (void)stream;
  return 0;
}
int feof(FILE *stream) { return stream == stdin; }
int ferror(FILE *stream) {
  (void)stream;
  return 0;
}
void clearerr(FILE *stream) { (void)stream; }

int fseek(FILE *stream, long offset, int origin) {
  (void)stream, (void)offset, (void)origin;
  return fail(ESPIPE);
}
int fseeko(FILE *stream, off_t offset, int origin) {
  (void)offset;
  return fseek(stream, 0, origin);
}
long ftell(FILE *stream) { return fseek(stream, 0, SEEK_CUR); }
off_t ftello(FILE *stream) { return ftell(stream); }
void rewind(FILE *stream) { (void)stream; }
int fgetpos(FILE *restrict stream, fpos_t *restrict position) {
  (void)position;
  return fseek(stream, 0, SEEK_CUR);
}
int fsetpos(FILE *stream, const fpos_t *position) {
  (void)position;
  return fseek(stream, 0, SEEK_SET);
}

/// What Swift's `readLine()` calls: nothing comes, so that it returns nil.
long swift_stdlib_readLine_stdin(unsigned char **line) {
  *line = 0;
  return -1;
}
