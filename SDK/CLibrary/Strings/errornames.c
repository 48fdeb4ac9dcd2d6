#include <errno.h>
#include <string.h>

/// In the order of the numbers.
static const char names[] =
  "No error\0Argument list too long\0Permission denied\0Address in use\0Address not available\0"
  "Address family not supported\0Resource temporarily unavailable\0Operation already in progress\0"
  "Bad file descriptor\0Bad message\0Resource busy\0Operation canceled\0No child process\0"
  "Connection aborted\0Connection refused\0Connection reset\0Resource deadlock would occur\0"
  "Destination address required\0Value outside of a function's domain\0Quota exceeded\0File exists\0"
  "Bad address\0File too large\0Host is unreachable\0Identifier removed\0Illegal byte sequence\0"
  "Operation in progress\0Interrupted\0Invalid argument\0Input or output error\0Socket is connected\0"
  "Is a directory\0Too many symbolic links\0Too many open files\0Too many links\0Message too large\0"
  "Multihop attempted\0File name too long\0Network is down\0Connection reset by network\0"
  "Network unreachable\0Too many open files in the system\0No buffer space\0No such device\0"
  "No such file or directory\0Not an executable\0No locks available\0Link has been severed\0"
  "Out of memory\0No message\0Protocol not available\0No space left\0Function not implemented\0"
  "Socket not connected\0Not a directory\0Directory not empty\0State not recoverable\0Not a socket\0"
  "Not supported\0Not a terminal\0No such device or address\0Value too large\0Previous owner died\0"
  "Operation not permitted\0Broken pipe\0Protocol error\0Protocol not supported\0Wrong protocol type\0"
  "Result out of range\0Read-only file system\0Cannot seek\0No such process\0Stale handle\0Timed out\0"
  "File is being executed\0Cross-device link";

char *strerror(int number) {
  if (number < 0 || number > EXDEV) return (char *)"Unknown error";
  const char *name = names;
  while (number--) name += strlen(name) + 1;
  return (char *)name;
}

int strerror_r(int number, char *text, size_t size) {
  return strlcpy(text, strerror(number), size) < size ? 0 : ERANGE;
}

char *strsignal(int number) {
  (void)number;
  return (char *)"Unknown signal";
}
