import TestSupport
import Webble
import WebbleTesting

private enum Locals { @TaskLocal static var number = 0 }

/// What deinitialisers saw of the task-local; the last is noted before the signal.
private final class Notes: Sendable {
  let numbers = Mutex<[Int]>([])
  let noted = Signal()
  func note() {
    numbers.withLock { $0.append(Locals.number) }
    noted.fire()
  }
}

@MainActor private final class OnMain {
  let notes: Notes
  init(_ notes: Notes) { self.notes = notes }
  isolated deinit {
    notes.note()
    // Bindings made here are seen, and end here.
    Locals.$number.withValue(7) { precondition(Locals.number == 7) }
  }
}

private actor Mortal {
  let notes: Notes
  init(_ notes: Notes) { self.notes = notes }
  isolated deinit { notes.note() }
}

@MainActor func isolatedDeinitTests() {
  // SE-0371: task-locals are cleared, whether or not the deinitialiser needs a hop.
  test("an isolated deinit on its own thread sees no task-locals", timeLimit: testLimit) {
    let notes = Notes()
    await Locals.$number.withValue(42) {
      do { _ = OnMain(notes) }
      expectEqual(Locals.number, 42)
      await notes.noted.wait()
    }
    expect(notes.numbers.withLock { $0 } == [0])
  }

  test("an isolated deinit that hops sees no task-locals", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let notes = Notes()
    await Locals.$number.withValue(42) {
      let other = Mutex<OnMain?>(OnMain(notes))
      await pool.spawn { other.withLock { $0 = nil } }.value
      await notes.noted.wait()
    }
    expect(notes.numbers.withLock { $0 } == [0])
    await pool.shutdown()
  }

  test("an actor's isolated deinit sees no task-locals", timeLimit: testLimit) {
    let notes = Notes()
    await Locals.$number.withValue(42) {
      do { _ = Mortal(notes) }
      expectEqual(Locals.number, 42)
      await notes.noted.wait()
    }
    expect(notes.numbers.withLock { $0 } == [0])
  }

  test("outside tasks an isolated deinit sees none either", timeLimit: testLimit) {
    let notes = Notes()
    Locals.$number.withValue(42) {
      do { _ = OnMain(notes) }
      expectEqual(Locals.number, 42)
    }
    await notes.noted.wait()
    expect(notes.numbers.withLock { $0 } == [0])
  }
}
