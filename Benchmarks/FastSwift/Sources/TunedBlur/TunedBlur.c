#include "TunedBlur.h"
#include <wasm_simd128.h>

static v128_t floats(v128_t bytes) { // the lowest four
  return wasm_f32x4_convert_i32x4(wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(bytes)));
}

static v128_t packed(v128_t a, v128_t b, v128_t c, v128_t d) {
  v128_t half = wasm_f32x4_splat(0.5f);
#define WORD(x) wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_add(x, half))
  return wasm_u8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(WORD(a), WORD(b)),
                                 wasm_i16x8_narrow_i32x4(WORD(c), WORD(d)));
}

void tuned_blur_along(const uint8_t *source, uint8_t *target, int width, const float *weights, int radius,
                      float *padded) {
  v128_t first = floats(wasm_v128_load32_zero(source));
  v128_t last = floats(wasm_v128_load32_zero(source + (width - 1) * 4));
  for (int x = 0; x < radius; x++) {
    wasm_v128_store(padded + x * 4, first);
    wasm_v128_store(padded + (radius + width + x) * 4, last);
  }
  for (int x = 0; x < width; x++) {
    wasm_v128_store(padded + (radius + x) * 4, floats(wasm_v128_load32_zero(source + x * 4)));
  }
  int x = 0;
  for (; x + 4 <= width; x += 4) {
    v128_t a = wasm_f32x4_splat(0), b = a, c = a, d = a;
    const float *from = padded + x * 4;
    for (int k = 0; k <= 2 * radius; k++) {
      v128_t weight = wasm_v128_load32_splat(weights + k);
      a = wasm_f32x4_add(a, wasm_f32x4_mul(weight, wasm_v128_load(from + k * 4)));
      b = wasm_f32x4_add(b, wasm_f32x4_mul(weight, wasm_v128_load(from + k * 4 + 4)));
      c = wasm_f32x4_add(c, wasm_f32x4_mul(weight, wasm_v128_load(from + k * 4 + 8)));
      d = wasm_f32x4_add(d, wasm_f32x4_mul(weight, wasm_v128_load(from + k * 4 + 12)));
    }
    wasm_v128_store(target + x * 4, packed(a, b, c, d));
  }
  for (; x < width; x++) {
    v128_t a = wasm_f32x4_splat(0);
    for (int k = 0; k <= 2 * radius; k++) {
      a = wasm_f32x4_add(a, wasm_f32x4_mul(wasm_v128_load32_splat(weights + k),
                                           wasm_v128_load(padded + (x + k) * 4)));
    }
    wasm_v128_store32_lane(target + x * 4, packed(a, a, a, a), 0);
  }
}

void tuned_blur_across(const uint8_t *const *rows, uint8_t *target, int width, const float *weights,
                       int radius) {
  int x = 0;
  for (; x + 4 <= width; x += 4) {
    v128_t a = wasm_f32x4_splat(0), b = a, c = a, d = a;
    for (int k = 0; k <= 2 * radius; k++) {
      v128_t weight = wasm_v128_load32_splat(weights + k);
      v128_t bytes = wasm_v128_load(rows[k] + x * 4);
      v128_t low = wasm_u16x8_extend_low_u8x16(bytes), high = wasm_u16x8_extend_high_u8x16(bytes);
#define FLOATS(half, of) wasm_f32x4_convert_i32x4(wasm_u32x4_extend_##half##_u16x8(of))
      a = wasm_f32x4_add(a, wasm_f32x4_mul(weight, FLOATS(low, low)));
      b = wasm_f32x4_add(b, wasm_f32x4_mul(weight, FLOATS(high, low)));
      c = wasm_f32x4_add(c, wasm_f32x4_mul(weight, FLOATS(low, high)));
      d = wasm_f32x4_add(d, wasm_f32x4_mul(weight, FLOATS(high, high)));
    }
    wasm_v128_store(target + x * 4, packed(a, b, c, d));
  }
  for (; x < width; x++) {
    v128_t a = wasm_f32x4_splat(0);
    for (int k = 0; k <= 2 * radius; k++) {
      a = wasm_f32x4_add(a, wasm_f32x4_mul(wasm_v128_load32_splat(weights + k),
                                           floats(wasm_v128_load32_zero(rows[k] + x * 4))));
    }
    wasm_v128_store32_lane(target + x * 4, packed(a, a, a, a), 0);
  }
}
