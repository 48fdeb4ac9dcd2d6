/// Waiting from C: a worker sleeps in an instruction, the main thread must not.
#ifndef WEBBLE_BLOCKING_H
#define WEBBLE_BLOCKING_H
#include <stdbool.h>
#include <time.h>

#include "platform.h"

bool webble_is_main_thread(void);
static inline int may_block(void) { return !webble_is_main_thread(); }

/// Waits while `*word == expected`, until `deadline` on `clock` if it is not null. The main thread spins: it
/// returns after a look at the word, to be called again.
///
/// - Returns: 0, or ETIMEDOUT.
int webble_wait(unsigned *word, unsigned expected, clockid_t clock, const struct timespec *deadline);
#endif
