// What one writes in C++ with pthreads, compiled by emscripten: a pool of threads with a queue each for pinned
// tasks and one for all, under locks, and condition variables to sleep on. The rows' shapes: 3, 4, 6, 7 and 8.
// A task that waits for others runs what is queued meanwhile, because a thread cannot do anything else.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Task = std::function<void()>;

class Pool {
 public:
  explicit Pool(int count) : queues(count) {
    for (int worker = 0; worker < count; worker++) {
      threads.emplace_back([this, worker] { run(worker); });
    }
  }

  ~Pool() {
    {
      std::lock_guard lock(mutex);
      isOver = true;
    }
    wake.notify_all();
    for (auto &thread : threads) thread.join();
  }

  int workerCount() const { return (int)queues.size(); }

  void spawn(int worker, Task task) {
    {
      std::lock_guard lock(mutex);
      queues[worker].push_back(std::move(task));
    }
    // Whoever wakes looks for itself: the workers wait on one condition.
    wake.notify_all();
  }

  void spawnStealable(Task task) {
    {
      std::lock_guard lock(mutex);
      shared.push_back(std::move(task));
    }
    wake.notify_one();
  }

  // Runs one task that waits for any thread. Returns whether there was one.
  bool runOne() {
    Task task;
    {
      std::lock_guard lock(mutex);
      if (shared.empty()) return false;
      // The latest: those before may be above it on the stack.
      task = std::move(shared.back());
      shared.pop_back();
    }
    task();
    return true;
  }

 private:
  void run(int worker) {
    std::unique_lock lock(mutex);
    while (true) {
      auto &own = queues[worker];
      wake.wait(lock, [&] { return isOver || !own.empty() || !shared.empty(); });
      auto &queue = own.empty() ? shared : own;
      if (queue.empty()) return;
      Task task = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex;
  std::condition_variable wake;
  // All guarded by `mutex`.
  std::vector<std::deque<Task>> queues;
  std::deque<Task> shared;
  bool isOver = false;
  std::vector<std::thread> threads;
};

// Tells one waiter when as many tasks as it was made for have ended.
class Countdown {
 public:
  explicit Countdown(int count) : remaining(count) {}

  void taskEnded() {
    if (remaining.fetch_sub(1) != 1) return;
    std::lock_guard lock(mutex);
    isOver = true;
    over.notify_one();
  }

  void wait() {
    std::unique_lock lock(mutex);
    over.wait(lock, [this] { return isOver; });
  }

 private:
  std::atomic<int> remaining;
  std::mutex mutex;
  std::condition_variable over;
  bool isOver = false;
};

// Room for one number between one sender and one receiver.
class Channel {
 public:
  void send(int number) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !isFull; });
    value = number;
    isFull = true;
    changed.notify_one();
  }

  int receive() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return isFull; });
    isFull = false;
    changed.notify_one();
    return value;
  }

 private:
  std::mutex mutex;
  std::condition_variable changed;
  int value = 0;
  bool isFull = false;
};

int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

int taskCount(int n) { return n < 12 ? 1 : 1 + taskCount(n - 1) + taskCount(n - 2); }

int parallelFibonacci(Pool &pool, int n) {
  if (n < 12) return fibonacci(n);
  int results[2];
  std::atomic<int> remaining(2);
  for (int child = 0; child < 2; child++) {
    pool.spawnStealable([&, child] {
      results[child] = parallelFibonacci(pool, n - 1 - child);
      remaining.fetch_sub(1);
    });
  }
  while (remaining.load() > 0) {
    if (!pool.runOne()) std::this_thread::yield();
  }
  return results[0] + results[1];
}

int mandelbrotRow(int row, int iterations) {
  double imaginary = row / 1024.0 * 3 - 1.5;
  int inside = 0;
  for (int column = 0; column < 1024; column++) {
    double real = column / 1024.0 * 3 - 2, x = 0, y = 0;
    int iteration = 0;
    while (iteration < iterations && x * x + y * y <= 4) {
      double next = x * x - y * y + real;
      y = 2 * x * y + imaginary;
      x = next;
      iteration++;
    }
    if (iteration == iterations) inside++;
  }
  return inside;
}

std::atomic<uint32_t> kept;

void xorshift(int steps) {
  uint32_t x = 1;
  for (int step = 0; step < steps; step++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
  }
  kept = x;
}

// As in SpeedUp.swift.
std::vector<int> imbalancedCosts(bool clustered) {
  std::vector<int> costs(256, 1);
  uint32_t seed = 1;
  for (uint32_t heavy = 0; heavy < 16; heavy++) {
    uint32_t place = heavy;
    if (!clustered) {
      do {
        seed = seed * 1664525 + 1013904223;
        place = seed >> 24;
      } while (costs[place] != 1);
    }
    costs[place] = 100;
  }
  return costs;
}

// Does a row's work once. Returns how many operations that is.
int perform(const std::string &row, Pool &pool, bool isTiny) {
  int spawns = isTiny ? 100 : 100000;
  if (row == "3a" || row == "3b" || row == "4a" || row == "4b") {
    Countdown countdown(spawns);
    Task spawn = [&] {
      for (int task = 0; task < spawns; task++) {
        if (row[0] == '3') pool.spawn(task % pool.workerCount(), [&] { countdown.taskEnded(); });
        else pool.spawnStealable([&] { countdown.taskEnded(); });
      }
    };
    if (row[1] == 'a') spawn();
    else pool.spawn(0, spawn);
    countdown.wait();
    return spawns;
  }
  if (row == "6") {
    int count = isTiny ? 20 : 5000;
    Channel there, back;
    Countdown countdown(2);
    pool.spawn(1, [&] {
      for (int turn = 0; turn < count; turn++) back.send(there.receive() + 1);
      countdown.taskEnded();
    });
    pool.spawn(0, [&] {
      for (int turn = 0; turn < count; turn++) {
        there.send(turn);
        if (back.receive() != turn + 1) abort();
      }
      countdown.taskEnded();
    });
    countdown.wait();
    return count;
  }
  if (row == "8") {
    int n = isTiny ? 16 : 27, expected = isTiny ? 987 : 196418;
    Countdown countdown(1);
    pool.spawnStealable([&] {
      if (parallelFibonacci(pool, n) != expected) abort();
      countdown.taskEnded();
    });
    countdown.wait();
    return taskCount(n);
  }
  Countdown countdown(256);
  auto costs = imbalancedCosts(row == "7c");
  for (int task = 0; task < 256; task++) {
    pool.spawnStealable([&, task] {
      if (row == "7a") {
        for (int line = task * 4; line < task * 4 + 4; line++) {
          kept += mandelbrotRow(line, isTiny ? 5 : 500);
        }
      } else {
        xorshift(costs[task] * (isTiny ? 20 : 20000));
      }
      countdown.taskEnded();
    });
  }
  countdown.wait();
  return 1;
}

// Nanoseconds of an operation, one for each of some repetitions: as many as fit a quarter of a second.
std::vector<double> repeat(const char *row, Pool &pool, bool isTiny, size_t leastCount) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  auto end = Clock::now() + std::chrono::milliseconds(isTiny ? 0 : 250);
  do {
    auto start = Clock::now();
    int count = perform(row, pool, isTiny);
    std::chrono::duration<double, std::nano> time = Clock::now() - start;
    times.push_back(time.count() / count);
  } while (times.size() < leastCount || Clock::now() < end);
  return times;
}

}  // namespace

// Nanoseconds of an operation: the median of five repetitions at least, after a warm-up.
extern "C" double measure(const char *row, int workers, bool isTiny) {
  Pool pool(workers);
  if (!isTiny) repeat(row, pool, isTiny, 1);
  auto times = repeat(row, pool, isTiny, isTiny ? 1 : 5);
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}
