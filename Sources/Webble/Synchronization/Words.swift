#if arch(wasm32)
  import CPlatform
#else
  import CNative
#endif

// What threads wait with, and tell each other apart by.

/// Blocks the thread while the word, of 32 bits, is `value`, or for less.
@inline(__always)
func sleep(at word: UnsafeRawPointer, while value: UInt32) { _ = webble_futex_wait(word, value, -1) }

/// To be called in the body of every loop that waits for another thread.
@inline(__always)
func spinHint() { webble_spin_hint() }

/// To be called after a loop that has waited for another thread, and when a lock is taken: see platform.h.
@inline(__always)
func learnOfGrowth() { webble_learn_of_growth() }

@inline(__always)
func wakeOne(at word: UnsafeRawPointer) { _ = webble_futex_notify(word, 1) }

@inline(__always)
func wakeAll(at word: UnsafeRawPointer) { _ = webble_futex_notify(word, .max) }

/// The calling thread's: not 0, even, and no other running thread's.
@inline(__always)
func threadNumber() -> UInt32 { webble_thread_number() }
