/// Names of modes, for code that opens files and can do without: there are none.
#ifndef _WEBBLE_FCNTL_H
#define _WEBBLE_FCNTL_H
#include <sys/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_ACCMODE 3
#define O_CREAT 0100
#define O_EXCL 0200
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000

/// Fails with ENOENT.
int open(const char *path, int flags, ...);

#ifdef __cplusplus
}
#endif
#endif
