#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "checks.h"

#define CHECK(condition) \
  if (!(condition)) return __LINE__

/// Inflates with an output of `part` bytes at a time.
static int inflate_in_parts(const Bytef *packed, uLong length, const Bytef *expected, unsigned size,
                            unsigned part) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  CHECK(inflateInit(&stream) == Z_OK);
  stream.next_in = (Bytef *)packed;
  stream.avail_in = (uInt)length;
  Bytef out[512];
  unsigned done = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = out;
    stream.avail_out = part;
    status = inflate(&stream, Z_NO_FLUSH);
    unsigned count = part - stream.avail_out;
    CHECK(done + count <= size && memcmp(out, expected + done, count) == 0);
    done += count;
  }
  CHECK(status == Z_STREAM_END && done == size);
  CHECK(inflateEnd(&stream) == Z_OK);
  return 0;
}

int check_zlib(unsigned size, unsigned seed) {
  CHECK(strcmp(zlibVersion(), ZLIB_VERSION) == 0);
  CHECK(crc32(0, (const Bytef *)"123456789", 9) == 0xcbf43926);
  CHECK(adler32(1, (const Bytef *)"Wikipedia", 9) == 0x11e60398);
  Bytef *text = malloc(size), *packed = malloc(compressBound(size)), *again = malloc(size + 1);
  CHECK(text && packed && again);
  for (unsigned at = 0; at < size; at++) {
    seed = seed * 1664525 + 1013904223;
    // Runs and noise.
    text[at] = at % 97 < 60 ? (Bytef)('a' + at % 7) : (Bytef)(seed >> 24);
  }
  for (int level = 0; level <= 9; level++) {
    uLongf length = compressBound(size);
    CHECK(compress2(packed, &length, text, size, level) == Z_OK);
    if (level > 0) CHECK(length < size);
    uLongf inflated = size + 1;
    CHECK(uncompress(again, &inflated, packed, length) == Z_OK);
    CHECK(inflated == size && memcmp(again, text, size) == 0);
    int line = inflate_in_parts(packed, length, text, size, 1 + seed % 500);
    if (line) return line;
    // What is damaged is noticed.
    packed[length / 2] ^= 0x10;
    inflated = size + 1;
    CHECK(uncompress(again, &inflated, packed, length) != Z_OK);
  }
  free(text);
  free(packed);
  free(again);
  return 0;
}
