/// What portable code asks of unistd.h that makes sense without files and processes.
#ifndef _WEBBLE_UNISTD_H
#define _WEBBLE_UNISTD_H
#include <sys/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE _SC_PAGESIZE
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84
#define _POSIX_THREADS 200809L

/// Descriptors 1 and 2; others fail with EBADF.
ssize_t write(int descriptor, const void *bytes, size_t count);
/// Block a worker; on the main thread fail with ENOTSUP.
unsigned sleep(unsigned seconds);
int usleep(useconds_t microseconds);
long sysconf(int name);
int getpagesize(void);
int isatty(int descriptor);
pid_t getpid(void);
int getentropy(void *bytes, size_t count);
__attribute__((noreturn)) void _exit(int status);

#ifdef __cplusplus
}
#endif
#endif
