/// Errors by number, and their names.
#include <errno.h>

static _Thread_local int last_error;

int *__errno_location(void) { return &last_error; }
