/// Heapsort behind quicksort: introspective sort (D. R. Musser, Introspective sorting and selection algorithms,
/// 1997). Never more than a constant times n log n comparisons, no memory, and safe with a comparison that
/// contradicts itself: no element is read outside of the array.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int (*comparison)(const void *, const void *, void *);

struct order {
  size_t size;
  comparison compare;
  void *context;
};

static void swap(char *a, char *b, size_t size) {
  for (; size >= 8; a += 8, b += 8, size -= 8) {
    uint64_t x, y;
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    memcpy(a, &y, 8);
    memcpy(b, &x, 8);
  }
  for (; size; a++, b++, size--) {
    char other = *a;
    *a = *b;
    *b = other;
  }
}

static int is_less(const struct order *order, const char *a, const char *b) {
  return order->compare(a, b, order->context) < 0;
}

static void sift_down(const struct order *order, char *elements, size_t root, size_t count) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    char *at = elements + child * order->size;
    if (child + 1 < count && is_less(order, at, at + order->size)) child++, at += order->size;
    char *parent = elements + root * order->size;
    if (!is_less(order, parent, at)) return;
    swap(parent, at, order->size);
  }
}

static void heap_sort(const struct order *order, char *elements, size_t count) {
  for (size_t root = count / 2; root-- > 0;) sift_down(order, elements, root, count);
  for (size_t last = count; last-- > 1;) {
    swap(elements, elements + last * order->size, order->size);
    sift_down(order, elements, 0, last);
  }
}

static void insertion_sort(const struct order *order, char *elements, size_t count) {
  for (size_t i = 1; i < count; i++)
    for (char *at = elements + i * order->size;
         at > elements && is_less(order, at, at - order->size); at -= order->size)
      swap(at, at - order->size, order->size);
}

static void sort(const struct order *order, char *elements, size_t count, int depth) {
  size_t size = order->size;
  while (count > 16) {
    if (depth-- == 0) return heap_sort(order, elements, count);
    // The median of three goes to the front.
    char *middle = elements + count / 2 * size, *last = elements + (count - 1) * size;
    if (is_less(order, middle, elements)) swap(middle, elements, size);
    if (is_less(order, last, middle)) {
      swap(last, middle, size);
      if (is_less(order, middle, elements)) swap(middle, elements, size);
    }
    swap(elements, middle, size);
    size_t low = 0, high = count;
    for (;;) {
      do low++;
      while (low < count && is_less(order, elements + low * size, elements));
      do high--;
      while (high > 0 && is_less(order, elements, elements + high * size));
      if (low >= high) break;
      swap(elements + low * size, elements + high * size, size);
    }
    swap(elements, elements + high * size, size);
    // The longer part goes on here, so that the stack stays low.
    size_t right = count - high - 1;
    if (high < right) {
      sort(order, elements, high, depth);
      elements += (high + 1) * size;
      count = right;
    } else {
      sort(order, elements + (high + 1) * size, right, depth);
      count = high;
    }
  }
  insertion_sort(order, elements, count);
}

void qsort_r(void *elements, size_t count, size_t size, comparison compare, void *context) {
  struct order order = {size, compare, context};
  if (count > 1 && size) sort(&order, elements, count, 2 * (32 - __builtin_clz((unsigned)count)));
}

struct plain { int (*compare)(const void *, const void *); };

static int call_plain(const void *a, const void *b, void *context) {
  return ((struct plain *)context)->compare(a, b);
}

void qsort(void *elements, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  struct plain plain = {compare};
  qsort_r(elements, count, size, call_plain, &plain);
}

void *bsearch(const void *key, const void *elements, size_t count, size_t size,
              int (*compare)(const void *, const void *)) {
  const char *start = elements;
  while (count) {
    const char *middle = start + count / 2 * size;
    int order = compare(key, middle);
    if (order == 0) return (void *)middle;
    if (order > 0) {
      start = middle + size;
      count--;
    }
    count /= 2;
  }
  return 0;
}
