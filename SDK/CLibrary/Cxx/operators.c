/// `new` and `delete`, by their mangled names, so that no C++ compiler is needed for the SDK. There are no
/// exceptions: memory that cannot be had stops the program with a message.
#include <stdlib.h>

#define NAMED(symbol) __asm__(#symbol)

void *new_object(size_t size) NAMED(_Znwm);
void *new_array(size_t size) NAMED(_Znam);
void *new_aligned_object(size_t size, size_t alignment) NAMED(_ZnwmSt11align_val_t);
void *new_aligned_array(size_t size, size_t alignment) NAMED(_ZnamSt11align_val_t);
void *new_object_or_null(size_t size, const void *) NAMED(_ZnwmRKSt9nothrow_t);
void *new_array_or_null(size_t size, const void *) NAMED(_ZnamRKSt9nothrow_t);
void delete_object(void *) NAMED(_ZdlPv);
void delete_array(void *) NAMED(_ZdaPv);
void delete_sized_object(void *, size_t) NAMED(_ZdlPvm);
void delete_sized_array(void *, size_t) NAMED(_ZdaPvm);
void delete_aligned_object(void *, size_t) NAMED(_ZdlPvSt11align_val_t);
void delete_aligned_array(void *, size_t) NAMED(_ZdaPvSt11align_val_t);
void delete_sized_aligned_object(void *, size_t, size_t) NAMED(_ZdlPvmSt11align_val_t);
void delete_sized_aligned_array(void *, size_t, size_t) NAMED(_ZdaPvmSt11align_val_t);

/// Objects of no bytes have addresses of their own, too.
void *new_aligned_object(size_t size, size_t alignment) {
  void *block;
  posix_memalign(&block, alignment, size ? size : 1);
  return block;
}
void *new_object(size_t size) { return new_aligned_object(size, 16); }
void *new_array(size_t size) { return new_aligned_object(size, 16); }
void *new_aligned_array(size_t size, size_t alignment) { return new_aligned_object(size, alignment); }
void *new_object_or_null(size_t size, const void *tag) {
  (void)tag;
  return malloc(size ? size : 1);
}
void *new_array_or_null(size_t size, const void *tag) { return new_object_or_null(size, tag); }

void delete_object(void *block) { free(block); }
void delete_array(void *block) { free(block); }
void delete_sized_object(void *block, size_t size) { (void)size, free(block); }
void delete_sized_array(void *block, size_t size) { (void)size, free(block); }
void delete_aligned_object(void *block, size_t alignment) { (void)alignment, free(block); }
void delete_aligned_array(void *block, size_t alignment) { (void)alignment, free(block); }
void delete_sized_aligned_object(void *block, size_t size, size_t alignment) {
  (void)size, (void)alignment, free(block);
}
void delete_sized_aligned_array(void *block, size_t size, size_t alignment) {
  (void)size, (void)alignment, free(block);
}
