#include "cxxchecks.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <new>

#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)

namespace {
int alive = 0;

struct Shape {
  Shape() { alive++; }
  Shape(const Shape &) { alive++; }
  virtual ~Shape() { alive--; }
  virtual double area() const = 0;
};
struct Square : Shape {
  double side;
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
};
struct Circle : Shape {
  double radius;
  explicit Circle(double radius) : radius(radius) {}
  double area() const override { return M_PI * std::pow(radius, 2); }
};

struct alignas(128) Wide { char bytes[128]; };

template <class Element> class Stack {
  Element *elements = nullptr;
  std::size_t count = 0, capacity = 0;

public:
  Stack() = default;
  Stack(std::initializer_list<Element> list) { for (auto &element : list) push(element); }
  Stack(const Stack &) = delete;
  ~Stack() { while (count) pop(); ::operator delete(elements); }
  void push(const Element &element) {
    if (count == capacity) {
      capacity = capacity ? capacity * 2 : 4;
      auto *larger = static_cast<Element *>(::operator new(capacity * sizeof(Element)));
      for (std::size_t i = 0; i < count; i++) {
        new (larger + i) Element(elements[i]);
        elements[i].~Element();
      }
      ::operator delete(elements);
      elements = larger;
    }
    new (elements + count++) Element(element);
  }
  Element pop() {
    Element last = elements[--count];
    elements[count].~Element();
    return last;
  }
  std::size_t size() const { return count; }
};

/// Constructed before main.
struct Global {
  int value;
  Global() : value(std::abs(-42)) {}
} global;

int constructed = 0;
struct Slow {
  Slow() {
    for (volatile int i = 0; i < 200000; i = i + 1) {}
    __atomic_fetch_add(&constructed, 1, __ATOMIC_RELAXED);
  }
};
}

int check_cxx() {
  CHECK(global.value == 42);
  Shape *shapes[] = {new Square(3), new Circle(1)};
  double sum = 0;
  for (auto *shape : shapes) sum += shape->area();
  CHECK(std::abs(sum - (9 + M_PI)) < 1e-12 && alive == 2);
  for (auto *shape : shapes) delete shape;
  CHECK(alive == 0);
  auto *wide = new Wide[3];
  CHECK(reinterpret_cast<std::uintptr_t>(wide) % 128 == 0);
  delete[] wide;
  CHECK(!new (std::nothrow) char[0x7fffffff]);
  Stack<Square> stack{Square(1), Square(2)};
  for (int i = 0; i < 100; i++) stack.push(Square(i));
  CHECK(stack.size() == 102 && stack.pop().side == 99);
  auto twice = [sum](double x) { return 2 * x + sum; };
  CHECK(twice(1) == 2 + sum && std::sqrt(2.0f) * std::sqrt(2.0f) > 1.99f && std::isnan(NAN));
  return 0;
}

int static_local_count() {
  static Slow slow;
  return __atomic_load_n(&constructed, __ATOMIC_RELAXED);
}
