/// C library functions that compiled Swift expects and that Embedded Swift does not bring.
#include "runtime.h"

uintptr_t __stack_chk_guard = 0x7765626c;

_Noreturn void __stack_chk_fail(void) {
  static const char text[] = "Fatal error: stack smashing detected";
  webble_js_fatal(text, sizeof text - 1);
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  return __builtin_memcpy(to, from, count);
}

void *memmove(void *to, const void *from, size_t count) {
  return __builtin_memmove(to, from, count);
}

void *memset(void *to, int byte, size_t count) { return __builtin_memset(to, byte, count); }

int memcmp(const void *left, const void *right, size_t count) {
  const unsigned char *a = left, *b = right;
  for (; count >= 4; a += 4, b += 4, count -= 4) {
    uint32_t x, y;
    __builtin_memcpy(&x, a, 4);
    __builtin_memcpy(&y, b, 4);
    if (x != y) break;
  }
  for (size_t i = 0; i < count; i++)
    if (a[i] != b[i]) return a[i] - b[i];
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

/// 128-bit product, for Duration and the printing of floating-point numbers.
__int128 __multi3(__int128 a, __int128 b) {
  uint64_t al = (uint64_t)a, bl = (uint64_t)b;
  uint64_t a0 = (uint32_t)al, a1 = al >> 32, b0 = (uint32_t)bl, b1 = bl >> 32;
  uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32);
  uint64_t cross = a0 * b1 + (uint32_t)middle;
  uint64_t high = a1 * b1 + (middle >> 32) + (cross >> 32);
  high += (uint64_t)(a >> 64) * bl + (uint64_t)(b >> 64) * al;
  return (__int128)((unsigned __int128)high << 64 | (cross << 32 | (uint32_t)low));
}

/// To the nearest whole number, halves away from zero: for `rounded()` and `Duration.seconds(_:)`. The
/// instruction that WebAssembly has rounds halves to even.
double round(double value) {
  double whole = __builtin_trunc(value);
  return __builtin_fabs(value - whole) >= 0.5 ? whole + __builtin_copysign(1, value) : whole;
}

float roundf(float value) {
  float whole = __builtin_truncf(value);
  return __builtin_fabsf(value - whole) >= 0.5f ? whole + __builtin_copysignf(1, value) : whole;
}

void arc4random_buf(void *bytes, size_t count) { webble_js_random(bytes, count); }

__asm__(".globaltype __stack_pointer, i32");

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
