/// Output to the program's two streams, and formatting. There are no files: `fopen` fails with ENOENT, and
/// standard input is at its end.
#ifndef _WEBBLE_STDIO_H
#define _WEBBLE_STDIO_H
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>
#ifdef __cplusplus
extern "C" {
#define restrict __restrict
#endif

typedef struct __webble_stream FILE;
typedef long long fpos_t;
extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr

#define EOF (-1)
#define BUFSIZ 1024
#define FILENAME_MAX 4096
#define FOPEN_MAX 3
#define TMP_MAX 10000
#define L_tmpnam 20
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

int printf(const char *restrict format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *restrict stream, const char *restrict format, ...)
  __attribute__((format(printf, 2, 3)));
int sprintf(char *restrict text, const char *restrict format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
  __attribute__((format(printf, 3, 4)));
int asprintf(char **text, const char *restrict format, ...) __attribute__((format(printf, 2, 3)));
int vprintf(const char *restrict format, va_list arguments) __attribute__((format(printf, 1, 0)));
int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments)
  __attribute__((format(printf, 2, 0)));
int vsprintf(char *restrict text, const char *restrict format, va_list arguments)
  __attribute__((format(printf, 2, 0)));
int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments)
  __attribute__((format(printf, 3, 0)));
int vasprintf(char **text, const char *restrict format, va_list arguments)
  __attribute__((format(printf, 2, 0)));

int sscanf(const char *restrict text, const char *restrict format, ...) __attribute__((format(scanf, 2, 3)));
int vsscanf(const char *restrict text, const char *restrict format, va_list arguments)
  __attribute__((format(scanf, 2, 0)));
/// Standard input is at its end.
int scanf(const char *restrict format, ...) __attribute__((format(scanf, 1, 2)));
int vscanf(const char *restrict format, va_list arguments) __attribute__((format(scanf, 1, 0)));
int fscanf(FILE *restrict stream, const char *restrict format, ...) __attribute__((format(scanf, 2, 3)));

int putchar(int character);
int putc(int character, FILE *stream);
int fputc(int character, FILE *stream);
int puts(const char *text);
int fputs(const char *restrict text, FILE *restrict stream);
size_t fwrite(const void *restrict bytes, size_t size, size_t count, FILE *restrict stream);
void perror(const char *text);
/// A line reaches the host when it ends: there is nothing to do.
int fflush(FILE *stream);

int getchar(void);
int getc(FILE *stream);
int fgetc(FILE *stream);
int ungetc(int character, FILE *stream);
char *fgets(char *restrict text, int size, FILE *restrict stream);
size_t fread(void *restrict bytes, size_t size, size_t count, FILE *restrict stream);
int feof(FILE *stream);
int ferror(FILE *stream);
void clearerr(FILE *stream);
int fileno(FILE *stream);
int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size);
void setbuf(FILE *restrict stream, char *restrict buffer);
void setlinebuf(FILE *stream);

FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream);
FILE *fdopen(int descriptor, const char *mode);
FILE *tmpfile(void);
int fclose(FILE *stream);
int fseek(FILE *stream, long offset, int origin);
int fseeko(FILE *stream, off_t offset, int origin);
long ftell(FILE *stream);
off_t ftello(FILE *stream);
void rewind(FILE *stream);
int fgetpos(FILE *restrict stream, fpos_t *restrict position);
int fsetpos(FILE *stream, const fpos_t *position);
int remove(const char *path);
int rename(const char *from, const char *to);
void flockfile(FILE *stream);
void funlockfile(FILE *stream);

#ifdef __cplusplus
#undef restrict
}
#endif
#endif
