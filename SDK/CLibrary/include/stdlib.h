#ifndef _WEBBLE_STDLIB_H
#define _WEBBLE_STDLIB_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#define restrict __restrict
#endif

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 2147483647

typedef struct { int quot, rem; } div_t;
typedef struct { long quot, rem; } ldiv_t;
typedef struct { long long quot, rem; } lldiv_t;

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void *reallocarray(void *block, size_t count, size_t size);
void free(void *block);
void *aligned_alloc(size_t alignment, size_t size);
/// Never fails: stops the program where the memory is exhausted.
int posix_memalign(void **result, size_t alignment, size_t size);

/// Ends the program: `status` is what the host learns. Calls what `atexit` was given.
/// Its symbol is not `exit`: that is what the compiler calls when an asynchronous `main` has returned, after
/// which callbacks and pools go on. Swift has functions of this name in its own modules.
#ifdef __swift__
__attribute__((noreturn)) void __webble_exit(int status);
#else
__attribute__((noreturn)) void exit(int status) __asm__("__webble_exit");
#endif
__attribute__((noreturn)) void _Exit(int status);
__attribute__((noreturn)) void quick_exit(int status);
/// Stops the program with a report of the calling functions, status 134.
__attribute__((noreturn)) void abort(void);
int atexit(void (*function)(void));
int at_quick_exit(void (*function)(void));

/// A program on a page has no environment: always null.
char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrites);
int unsetenv(const char *name);
/// There is no other program to run: 0 for a null command, else -1.
int system(const char *command);

int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
double atof(const char *text);
long strtol(const char *restrict text, char **restrict end, int base);
unsigned long strtoul(const char *restrict text, char **restrict end, int base);
long long strtoll(const char *restrict text, char **restrict end, int base);
unsigned long long strtoull(const char *restrict text, char **restrict end, int base);
/// The nearest number, ties to even, for texts of any length.
double strtod(const char *restrict text, char **restrict end);
float strtof(const char *restrict text, char **restrict end);
long double strtold(const char *restrict text, char **restrict end) __asm__("strtod");

int abs(int value);
long labs(long value);
long long llabs(long long value);
div_t div(int value, int divisor);
ldiv_t ldiv(long value, long divisor);
lldiv_t lldiv(long long value, long long divisor);

/// Stable only where equal elements cannot be told apart. Any number of elements of any size.
void qsort(void *elements, size_t count, size_t size, int (*compare)(const void *, const void *));
void qsort_r(void *elements, size_t count, size_t size,
             int (*compare)(const void *, const void *, void *), void *context);
void *bsearch(const void *key, const void *elements, size_t count, size_t size,
              int (*compare)(const void *, const void *));

/// Each thread has a sequence of its own.
int rand(void);
void srand(unsigned seed);
int rand_r(unsigned *seed);
long random(void);
void srandom(unsigned seed);
double drand48(void);
/// From the host's source of randomness.
unsigned arc4random(void);
unsigned arc4random_uniform(unsigned bound);
void arc4random_buf(void *bytes, size_t count);

#ifdef __cplusplus
#undef restrict
}
#endif
#include <alloca.h>
#endif
