#include <stdlib.h>

#include "runtime.h"

void abort(void) {
  static const char text[] = "abort() was called";
  webble_js_fatal(text, sizeof text - 1);
}
