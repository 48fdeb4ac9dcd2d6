#pragma once
#include <stdint.h>

/// One row of a picture, blurred along the row.
void tuned_blur_along(const uint8_t *source, uint8_t *target, int width, const float *weights, int radius,
                      float *padded);
/// One row of a picture, blurred across its rows. `rows` has 2 * radius + 1 of them.
void tuned_blur_across(const uint8_t *const *rows, uint8_t *target, int width, const float *weights, int radius);
