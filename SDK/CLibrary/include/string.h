#ifndef _WEBBLE_STRING_H
#define _WEBBLE_STRING_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#define restrict __restrict
#endif

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *mempcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *left, const void *right, size_t count);
void *memchr(const void *bytes, int byte, size_t count);
void *memrchr(const void *bytes, int byte, size_t count);
void *memmem(const void *bytes, size_t count, const void *part, size_t part_count);
void *memccpy(void *restrict to, const void *restrict from, int byte, size_t count);
/// As `memset`, and never left out by the compiler.
void explicit_bzero(void *to, size_t count);

size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
char *strcpy(char *restrict to, const char *restrict from);
char *stpcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t count);
char *stpncpy(char *restrict to, const char *restrict from, size_t count);
char *strcat(char *restrict to, const char *restrict from);
char *strncat(char *restrict to, const char *restrict from, size_t count);
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);
size_t strlcat(char *restrict to, const char *restrict from, size_t size);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t count);
/// There is one locale, "C": the same as `strcmp`.
int strcoll(const char *left, const char *right);
size_t strxfrm(char *restrict to, const char *restrict from, size_t count);
char *strchr(const char *text, int character);
char *strchrnul(const char *text, int character);
char *strrchr(const char *text, int character);
char *strstr(const char *text, const char *part);
char *strcasestr(const char *text, const char *part);
char *strpbrk(const char *text, const char *characters);
size_t strspn(const char *text, const char *characters);
size_t strcspn(const char *text, const char *characters);
char *strtok(char *restrict text, const char *restrict separators);
char *strtok_r(char *restrict text, const char *restrict separators, char **restrict rest);
char *strsep(char **text, const char *separators);
char *strdup(const char *text);
char *strndup(const char *text, size_t count);
char *strerror(int number);
int strerror_r(int number, char *text, size_t size);
char *strsignal(int number);

#ifdef __cplusplus
#undef restrict
}
#endif
#include <strings.h>
#endif
