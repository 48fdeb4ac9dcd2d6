#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

void *reallocarray(void *block, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return 0;
  }
  return realloc(block, total);
}

void *aligned_alloc(size_t alignment, size_t size) {
  if (alignment == 0 || alignment & (alignment - 1)) {
    errno = EINVAL;
    return 0;
  }
  void *block;
  return posix_memalign(&block, alignment, size) ? 0 : block;
}
