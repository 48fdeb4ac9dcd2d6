// What the thread sanitizer has to know of this package. Swift tells it of each change of a struct's field
// as one of the struct's first byte. Where several threads share a struct, each with fields of its own, that
// is reported as a race; so is a value that lies behind its lock's word.
#if !defined(__wasm__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <stdlib.h>

/// Called before the sanitizer is ready, and for the sanitizer itself.
#define NOT_CHECKED __attribute__((disable_sanitizer_instrumentation))

/// A continuation that is resumed before its task suspends: both meet in an atomic word of Swift's
/// concurrency library, which the sanitizer does not see into. (The names are UnsafeContinuation's.)
#define CONTINUATIONS "race_top:sScc6resume\n"

/// Programs that use the package hear of no such reports of its own code. Its tests, which set the
/// variable, hear of all.
const char *__tsan_default_suppressions(void);
NOT_CHECKED const char *__tsan_default_suppressions(void) {
  if (getenv("WEBBLE_CHECKS_ITSELF")) return CONTINUATIONS;
  return CONTINUATIONS
      "race_top:Sources/WebbleScheduler/*.swift\n"
      "race_top:Sources/Webble/Synchronization/*.swift\n"
      "race_top:Sources/Webble/Channels/*.swift\n"
      "race_top:Sources/Webble/Algorithms/*.swift\n"
      "race_top:Sources/Webble/Native/*.swift\n";
}

/// The package's tests are linked with `--wrap` for these two, by which Swift tells of such changes. Loads
/// and stores by themselves are told in another way.
void __wrap___tsan_external_read(void *address, void *caller, void *tag);
NOT_CHECKED void __wrap___tsan_external_read(void *address, void *caller, void *tag) {
  (void)address, (void)caller, (void)tag;
}
void __wrap___tsan_external_write(void *address, void *caller, void *tag);
NOT_CHECKED void __wrap___tsan_external_write(void *address, void *caller, void *tag) {
  (void)address, (void)caller, (void)tag;
}
#endif
#endif
