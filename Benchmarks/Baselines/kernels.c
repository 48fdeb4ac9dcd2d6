// The kernels of Sources/Kernels, step by step the same, without a C library. Each has a function that makes
// its input, one that makes ready for a repetition, one that does the work, and one that returns the checksum;
// kernel.js calls them by name.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define EXPORT(name) __attribute__((export_name(name)))

extern u8 __heap_base;
static u8 *free_memory = &__heap_base;

// Zeroed, as the memory of a new instance is: each kernel has an instance of its own.
static void *allocate(u32 size) {
  u8 *result = free_memory;
  free_memory += (size + 15) & ~15u;
  u32 needed = ((u32)free_memory + 65535) >> 16, present = __builtin_wasm_memory_size(0);
  if (needed > present && __builtin_wasm_memory_grow(0, needed - present) == -1ul) {
    __builtin_trap();
  }
  return result;
}

// Marsaglia's xorshift generator.
static u32 random_state = 1;

static u32 next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

static u32 added(u32 checksum, u32 part) { return checksum * 31 + part; }

// Mandelbrot

static struct { int size; u16 *iterations; } mandelbrot;

EXPORT("mandelbrot_make") void mandelbrot_make(int tiny) {
  mandelbrot.size = tiny ? 32 : 1024;
  mandelbrot.iterations = allocate(mandelbrot.size * mandelbrot.size * sizeof(u16));
}

EXPORT("mandelbrot_prepare") void mandelbrot_prepare(void) {}

EXPORT("mandelbrot_run") void mandelbrot_run(void) {
  int size = mandelbrot.size;
  u16 *points = mandelbrot.iterations;
  double scale = 3 / (double)size;
  for (int row = 0; row < size; row++) {
    double imaginary = (double)row * scale - 1.5;
    for (int column = 0; column < size; column++) {
      double real = (double)column * scale - 2;
      double x = 0, y = 0;
      int iteration = 0;
      while (iteration < 500) {
        double xx = x * x, yy = y * y;
        if (xx + yy > 4) break;
        y = 2 * x * y + imaginary;
        x = xx - yy + real;
        iteration++;
      }
      points[row * size + column] = (u16)iteration;
    }
  }
}

EXPORT("mandelbrot_checksum") u32 mandelbrot_checksum(void) {
  u32 sum = 0;
  for (int point = 0; point < mandelbrot.size * mandelbrot.size; point++) {
    sum = added(sum, mandelbrot.iterations[point]);
  }
  return sum;
}

// Bodies

static struct { int count; double *x, *y, *z, *vx, *vy, *vz, *masses; } bodies;

EXPORT("nbody_make") void nbody_make(int tiny) {
  bodies.count = tiny ? 20 : 1000;
  double **lists[] = {
    &bodies.x, &bodies.y, &bodies.z, &bodies.vx, &bodies.vy, &bodies.vz, &bodies.masses,
  };
  for (int list = 0; list < 7; list++) *lists[list] = allocate(bodies.count * sizeof(double));
}

static double next_fraction(void) { return (double)next_random() / 4294967296.0; }

EXPORT("nbody_prepare") void nbody_prepare(void) {
  random_state = 1;
  for (int body = 0; body < bodies.count; body++) {
    bodies.x[body] = next_fraction();
    bodies.y[body] = next_fraction();
    bodies.z[body] = next_fraction();
    bodies.masses[body] = next_fraction() / (double)bodies.count;
    bodies.vx[body] = bodies.vy[body] = bodies.vz[body] = 0;
  }
}

static void accelerate(int body) {
  const double *xs = bodies.x, *ys = bodies.y, *zs = bodies.z, *masses = bodies.masses;
  double x = xs[body], y = ys[body], z = zs[body];
  double ax = 0, ay = 0, az = 0;
  for (int other = 0; other < bodies.count; other++) {
    double dx = xs[other] - x, dy = ys[other] - y, dz = zs[other] - z;
    double squared = dx * dx + dy * dy + dz * dz + 1e-4;
    double pull = masses[other] / (squared * __builtin_sqrt(squared));
    ax += dx * pull;
    ay += dy * pull;
    az += dz * pull;
  }
  bodies.vx[body] += ax * 0.001;
  bodies.vy[body] += ay * 0.001;
  bodies.vz[body] += az * 0.001;
}

EXPORT("nbody_run") void nbody_run(void) {
  for (int step = 0; step < 10; step++) {
    for (int body = 0; body < bodies.count; body++) accelerate(body);
    for (int body = 0; body < bodies.count; body++) {
      bodies.x[body] += bodies.vx[body] * 0.001;
      bodies.y[body] += bodies.vy[body] * 0.001;
      bodies.z[body] += bodies.vz[body] * 0.001;
    }
  }
}

EXPORT("nbody_checksum") u32 nbody_checksum(void) {
  u32 sum = 0;
  for (int body = 0; body < bodies.count; body++) {
    u64 bits = *(u64 *)&bodies.x[body];
    sum = added(added(sum, (u32)bits), (u32)(bits >> 32));
  }
  return sum;
}

// Blur

static struct { int width, height; u8 *image, *halfway, *blurred; } blur;

EXPORT("blur_make") void blur_make(int tiny) {
  blur.width = tiny ? 16 : 3840;
  blur.height = tiny ? 9 : 2160;
  int size = blur.width * blur.height * 4;
  blur.image = allocate(size);
  blur.halfway = allocate(size);
  blur.blurred = allocate(size);
  for (int index = 0; index < size; index++) blur.image[index] = (u8)(next_random() >> 8);
}

EXPORT("blur_prepare") void blur_prepare(void) {}

static u8 mean(u8 a, u8 b, u8 c, u8 d, u8 e) {
  return (u8)(((u32)a + e + ((u32)b + d) * 4 + (u32)c * 6 + 8) >> 4);
}

static void blur_along(int row) {
  int size = blur.width * 4;
  const u8 *source = blur.image + row * size;
  u8 *target = blur.halfway + row * size;
#define BLUR(index, a, b, d, e) \
  target[index] = mean(source[a], source[b], source[index], source[d], source[e])
  for (int channel = 0; channel < 4; channel++) {
    int last = size - 4 + channel;
    BLUR(channel, channel, channel, channel + 4, channel + 8);
    BLUR(channel + 4, channel, channel, channel + 8, channel + 12);
    BLUR(last - 4, last - 12, last - 8, last, last);
    BLUR(last, last - 8, last - 4, last, last);
  }
  for (int index = 8; index < size - 8; index++) {
    BLUR(index, index - 8, index - 4, index + 4, index + 8);
  }
}

static const u8 *halfway_row(int row) {
  row = row < 0 ? 0 : row >= blur.height ? blur.height - 1 : row;
  return blur.halfway + row * blur.width * 4;
}

static void blur_across(int row) {
  const u8 *a = halfway_row(row - 2), *b = halfway_row(row - 1), *c = halfway_row(row);
  const u8 *d = halfway_row(row + 1), *e = halfway_row(row + 2);
  u8 *target = blur.blurred + row * blur.width * 4;
  for (int index = 0; index < blur.width * 4; index++) {
    target[index] = mean(a[index], b[index], c[index], d[index], e[index]);
  }
}

EXPORT("blur_run") void blur_run(void) {
  for (int row = 0; row < blur.height; row++) blur_along(row);
  for (int row = 0; row < blur.height; row++) blur_across(row);
}

EXPORT("blur_checksum") u32 blur_checksum(void) {
  u32 sum = 0;
  for (int index = 0; index < blur.width * blur.height * 4; index++) {
    sum = added(sum, blur.blurred[index]);
  }
  return sum;
}

// SHA-256

static const u32 round_constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static struct { int count, size; u8 *messages; u32 *digests; } sha256;

EXPORT("sha256_make") void sha256_make(int tiny) {
  sha256.count = tiny ? 3 : 64;
  sha256.size = tiny ? 128 : 1 << 20;
  sha256.messages = allocate(sha256.count * sha256.size);
  sha256.digests = allocate(sha256.count * 8 * sizeof(u32));
  for (int index = 0; index < sha256.count * sha256.size; index++) {
    sha256.messages[index] = (u8)(next_random() >> 8);
  }
}

EXPORT("sha256_prepare") void sha256_prepare(void) {}

static u32 rotated(u32 word, int places) { return word >> places | word << (32 - places); }

static void compress(const u8 *block, u32 *state) {
  u32 words[64];
  for (int index = 0; index < 16; index++) {
    const u8 *bytes = block + index * 4;
    words[index] = (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
  }
  for (int index = 16; index < 64; index++) {
    u32 before = words[index - 15], last = words[index - 2];
    u32 s0 = rotated(before, 7) ^ rotated(before, 18) ^ (before >> 3);
    u32 s1 = rotated(last, 17) ^ rotated(last, 19) ^ (last >> 10);
    words[index] = words[index - 16] + s0 + words[index - 7] + s1;
  }
  u32 a = state[0], b = state[1], c = state[2], d = state[3];
  u32 e = state[4], f = state[5], g = state[6], h = state[7];
  for (int index = 0; index < 64; index++) {
    u32 s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    u32 first = h + s1 + ((e & f) ^ (~e & g)) + round_constants[index] + words[index];
    u32 s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    u32 second = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

static const u32 initial_state[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static void digest(int message) {
  const u8 *bytes = sha256.messages + message * sha256.size;
  u32 *state = sha256.digests + message * 8;
  for (int index = 0; index < 8; index++) state[index] = initial_state[index];
  for (int block = 0; block < sha256.size / 64; block++) compress(bytes + block * 64, state);
  // The messages are whole blocks: what follows them is a block of its own.
  u8 end[64] = {0x80};
  u64 bits = (u64)sha256.size * 8;
  for (int byte = 0; byte < 8; byte++) end[63 - byte] = (u8)(bits >> (8 * byte));
  compress(end, state);
}

EXPORT("sha256_run") void sha256_run(void) {
  for (int message = 0; message < sha256.count; message++) digest(message);
}

EXPORT("sha256_checksum") u32 sha256_checksum(void) {
  u32 sum = 0;
  for (int word = 0; word < sha256.count * 8; word++) sum = added(sum, sha256.digests[word]);
  return sum;
}

// Sort

static struct { int count; u32 *input, *numbers; } sort;

EXPORT("sort_make") void sort_make(int tiny) {
  sort.count = tiny ? 1000 : 10000000;
  sort.input = allocate(sort.count * sizeof(u32));
  sort.numbers = allocate(sort.count * sizeof(u32));
  for (int index = 0; index < sort.count; index++) sort.input[index] = next_random();
}

EXPORT("sort_prepare") void sort_prepare(void) {
  for (int index = 0; index < sort.count; index++) sort.numbers[index] = sort.input[index];
}

static u32 min(u32 a, u32 b) { return a < b ? a : b; }
static u32 max(u32 a, u32 b) { return a < b ? b : a; }

static void quicksort(u32 *numbers, int first, int last) {
  while (last - first > 24) {
    u32 a = numbers[first], b = numbers[(first + last) / 2], c = numbers[last];
    u32 pivot = max(min(a, b), min(max(a, b), c));
    int low = first, high = last;
    while (low <= high) {
      while (numbers[low] < pivot) low++;
      while (pivot < numbers[high]) high--;
      if (low <= high) {
        u32 number = numbers[low];
        numbers[low] = numbers[high];
        numbers[high] = number;
        low++;
        high--;
      }
    }
    if (high - first < last - low) {
      quicksort(numbers, first, high);
      first = low;
    } else {
      quicksort(numbers, low, last);
      last = high;
    }
  }
  for (int index = first + 1; index <= last; index++) {
    u32 number = numbers[index];
    int place = index;
    while (place > first && number < numbers[place - 1]) {
      numbers[place] = numbers[place - 1];
      place--;
    }
    numbers[place] = number;
  }
}

EXPORT("sort_run") void sort_run(void) { quicksort(sort.numbers, 0, sort.count - 1); }

EXPORT("sort_checksum") u32 sort_checksum(void) {
  u32 sum = 0;
  for (int index = 0; index < sort.count; index++) sum = added(sum, sort.numbers[index]);
  return sum;
}

// Word count

typedef struct { u32 hash, start, length, count; } entry;

#define CAPACITY (1 << 16)

static struct { int size; u8 *text; entry *entries; } words;

EXPORT("words_make") void words_make(int tiny) {
  words.size = tiny ? 4096 : 32 << 20;
  words.text = allocate(words.size);
  words.entries = allocate(CAPACITY * sizeof(entry));
  for (int index = 0; index < words.size; index++) words.text[index] = ' ';
  int end = 0;
  while (end + 8 < words.size) {
    u32 number = next_random();
    number = (number & 0x3fff) >> (number >> 24 & 7);
    do {
      words.text[end++] = (u8)('a' + number % 13);
      number /= 13;
    } while (number > 0);
    end++;
  }
}

EXPORT("words_prepare") void words_prepare(void) {
  for (int place = 0; place < CAPACITY; place++) words.entries[place] = (entry){0};
}

static int is_equal(const u8 *a, const u8 *b, u32 count) {
  for (u32 index = 0; index < count; index++) {
    if (a[index] != b[index]) return 0;
  }
  return 1;
}

static void add_word(u32 hash, u32 start, u32 length) {
  u32 place = (hash ^ hash >> 16) & (CAPACITY - 1);
  while (words.entries[place].count > 0) {
    entry *found = &words.entries[place];
    if (found->hash == hash && found->length == length
        && is_equal(words.text + found->start, words.text + start, length)) {
      found->count++;
      return;
    }
    place = (place + 1) & (CAPACITY - 1);
  }
  words.entries[place] = (entry){hash, start, length, 1};
}

EXPORT("words_run") void words_run(void) {
  const u8 *bytes = words.text;
  int index = 0;
  while (index < words.size) {
    if (bytes[index] == ' ') {
      index++;
      continue;
    }
    int start = index;
    u32 hash = 2166136261u;
    while (index < words.size && bytes[index] != ' ') hash = (hash ^ bytes[index++]) * 16777619u;
    add_word(hash, start, index - start);
  }
}

EXPORT("words_checksum") u32 words_checksum(void) {
  u32 sum = 0;
  for (int place = 0; place < CAPACITY; place++) {
    entry found = words.entries[place];
    sum += found.hash * found.count + (found.count > 0 ? 1 : 0);
  }
  return sum;
}
