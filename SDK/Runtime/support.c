/// What compiled Swift expects of the machine below it, besides the C library in SDK/CLibrary.
#include "runtime.h"

uintptr_t __stack_chk_guard = 0x7765626c;

_Noreturn void __stack_chk_fail(void) {
  static const char text[] = "Fatal error: stack smashing detected";
  webble_js_fatal(text, sizeof text - 1);
}

void arc4random_buf(void *bytes, size_t count) { webble_js_random(bytes, count); }

__asm__(".globaltype __stack_pointer, i32");

// LLVM 21 dies of its own builtins for these two in code with vectors: it looks at an argument that
// they do not have.
__asm__(".globaltype __tls_size, i32, immutable\n.globaltype __tls_align, i32, immutable");

uint32_t webble_tls_size(void) {
  uint32_t size;
  __asm__("global.get __tls_size\nlocal.set %0" : "=r"(size));
  return size;
}

uint32_t webble_tls_align(void) {
  uint32_t alignment;
  __asm__("global.get __tls_align\nlocal.set %0" : "=r"(alignment));
  return alignment;
}

/// What debug builds call in place of `global.set __stack_pointer`: see Sources/WasmPasses.
void webble_set_stack_pointer(char *pointer) {
  struct webble_thread *thread = webble_thread();
  if (thread->stack_size && (uintptr_t)(pointer - thread->stack_base) > thread->stack_size) {
    // The message needs no stack of the module's; JavaScript has its own.
    static const char text[] = "stack overflow: the calls of this thread need more stack than it has. "
                               "Is a recursion endless? `webble build --stack-size KIB` gives more";
    webble_js_fatal(text, sizeof text - 1);
  }
  __asm__ volatile("local.get %0\nglobal.set __stack_pointer" : : "r"(pointer));
}
