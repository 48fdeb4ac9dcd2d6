#ifndef _WEBBLE_STRINGS_H
#define _WEBBLE_STRINGS_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

int strcasecmp(const char *left, const char *right);
int strncasecmp(const char *left, const char *right, size_t count);
int bcmp(const void *left, const void *right, size_t count);
void bcopy(const void *from, void *to, size_t count);
void bzero(void *to, size_t count);
/// The place of the lowest bit set, from 1; 0 if there is none.
int ffs(int value);
int ffsl(long value);
int ffsll(long long value);

#ifdef __cplusplus
}
#endif
#endif
