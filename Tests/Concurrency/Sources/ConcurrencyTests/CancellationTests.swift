import Support

@MainActor func cancellationTests() {
  conformance("SE-0304: a task is not cancelled unless somebody does it") {
    expect(!Task.isCancelled)
    expect(await Task { !Task.isCancelled }.value)
    expect(await Task.detached { !Task.isCancelled }.value)
  }

  conformance("SE-0304: cancel is seen in the task and from its handle") {
    let gate = Gate()
    let task = Task.detached {
      await gate.wait()
      return Task.isCancelled
    }
    expect(!task.isCancelled)
    task.cancel()
    expect(task.isCancelled)
    gate.open()
    expect(await task.value)
  }

  conformance("SE-0304: cancel before the start does not keep the task from running") {
    let ran = Counter()
    let task = Task { ran.increment() }
    task.cancel()
    expectEqual(await task.value, 1)
  }

  conformance("SE-0304: cancel may be called often, and after the end") {
    let task = Task { 3 }
    expectEqual(await task.value, 3)
    task.cancel()
    task.cancel()
    expect(task.isCancelled)
    expectEqual(await task.value, 3)
  }

  conformance("SE-0304: checkCancellation throws CancellationError in a cancelled task") {
    let isThrown = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      do throws(ThrownCancellation) {
        try Task.checkCancellation()
        return false
      } catch { return isCancellation(error) }
    }.value
    expect(isThrown)
  }

  conformance("SE-0304: checkCancellation does nothing in a task that is not cancelled") {
    do throws(ThrownCancellation) { try Task.checkCancellation() } catch { expect(false, "thrown") }
  }

  conformance("SE-0304: cancelling a task leaves unstructured tasks that it made alone") {
    let begun = Gate()
    let gate = Gate()
    let task = Task {
      let inner = Task {
        await gate.wait()
        return Task.isCancelled
      }
      begun.open()
      return await inner.value
    }
    await begun.wait()
    task.cancel()
    gate.open()
    expect(await !task.value)
  }

  conformance("SE-0304: waiting for a task does not pass on cancellation to it") {
    let gate = Gate()
    let inner = Task.detached {
      await gate.wait()
      return Task.isCancelled
    }
    let waiter = Task.detached { await inner.value }
    waiter.cancel()
    gate.open()
    expect(await !waiter.value)
    expect(!inner.isCancelled)
  }

  conformance("SE-0304: a handler is called at once, in the call of cancel") {
    let calls = Counter()
    let begun = Gate()
    let end = Gate()
    let task = Task {
      await withTaskCancellationHandler {
        begun.open()
        await end.wait()
      } onCancel: {
        calls.increment()
      }
    }
    await begun.wait()
    expectEqual(calls.value, 0)
    task.cancel()
    expectEqual(calls.value, 1)
    task.cancel()
    end.open()
    await task.value
    expectEqual(calls.value, 1)
  }

  conformance("SE-0304: a handler is called at once where the task is cancelled already") {
    let order = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      let journal = Journal<Int>()
      await withTaskCancellationHandler {
        journal.append(2)
      } onCancel: {
        journal.append(1)
      }
      return journal.entries
    }.value
    expect(order == [1, 2])
  }

  conformance("SE-0304: a handler is not called after its operation") {
    let calls = Counter()
    let begun = Gate()
    let end = Gate()
    let task = Task {
      await withTaskCancellationHandler {
        await Task.yield()
      } onCancel: {
        calls.increment()
      }
      begun.open()
      await end.wait()
    }
    await begun.wait()
    task.cancel()
    end.open()
    await task.value
    expectEqual(calls.value, 0)
  }

  conformance("SE-0304: nested handlers are all called") {
    let calls = Counter()
    let begun = Gate()
    let end = Gate()
    let task = Task {
      await withTaskCancellationHandler {
        await withTaskCancellationHandler {
          await withTaskCancellationHandler {
            begun.open()
            await end.wait()
          } onCancel: {
            calls.increment(by: 1)
          }
        } onCancel: {
          calls.increment(by: 10)
        }
      } onCancel: {
        calls.increment(by: 100)
      }
    }
    await begun.wait()
    task.cancel()
    expectEqual(calls.value, 111)
    end.open()
    await task.value
  }

  conformance("SE-0304: withTaskCancellationHandler returns, and throws, what its operation does") {
    let code = 4
    expectEqual(await withTaskCancellationHandler { code } onCancel: {}, 4)
    do throws(Thrown) {
      _ = try await withTaskCancellationHandler { () async throws(TestError) -> Int in
        if code == 4 { throw TestError.expected(code) }
        return 0
      } onCancel: {
      }
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 4) }
  }

  conformance("SE-0304: handlers of children are called in the parent's cancel") {
    let begun = Counter()
    let calls = Counter()
    let end = Gate()
    let task = Task {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<5 {
          group.addTask {
            await withTaskCancellationHandler {
              begun.increment()
              await end.wait()
            } onCancel: {
              calls.increment()
            }
          }
        }
      }
    }
    expect(await eventually { begun.value == 5 })
    task.cancel()
    expectEqual(calls.value, 5)
    end.open()
    await task.value
    expectEqual(calls.value, 5)
  }

  conformance("SE-0304: handlers of a deep tree of children are called") {
    let begun = Counter()
    let calls = Counter()
    let end = Gate()
    @Sendable func grow(_ depth: Int) async {
      if depth == 0 {
        return await withTaskCancellationHandler {
          begun.increment()
          await end.wait()
        } onCancel: {
          calls.increment()
        }
      }
      async let left: Void = grow(depth - 1)
      async let right: Void = grow(depth - 1)
      await left
      await right
    }
    let task = Task.detached { await grow(5) }
    expect(await eventually { begun.value == 32 })
    task.cancel()
    expectEqual(calls.value, 32)
    end.open()
    await task.value
  }

  conformance("SE-0304: a handler may resume the continuation that its task waits for") {
    let slot = Locked<UnsafeContinuation<Int, Never>?>(nil)
    let begun = Gate()
    let task = Task {
      await withTaskCancellationHandler {
        await withUnsafeContinuation { continuation in
          slot.withLock { $0 = continuation }
          begun.open()
        }
      } onCancel: {
        slot.withLock { $0 }?.resume(returning: 5)
      }
    }
    await begun.wait()
    task.cancel()
    expectEqual(await task.value, 5)
  }

  conformance("SE-0304: a handler may cancel another task") {
    let begun = Gate()
    let other = Task.detached { while !Task.isCancelled { await Task.yield() } }
    let task = Task {
      await withTaskCancellationHandler {
        begun.open()
        await other.value
      } onCancel: {
        other.cancel()
      }
    }
    await begun.wait()
    task.cancel()
    await task.value
    expect(other.isCancelled)
  }

  conformance("SE-0304: a task may cancel itself by its handle") {
    let slot = Locked<Task<Bool, Never>?>(nil)
    let ready = Gate()
    let task = Task {
      await ready.wait()
      slot.withLock { $0 }?.cancel()
      return Task.isCancelled
    }
    slot.withLock { $0 = task }
    ready.open()
    expect(await task.value)
    slot.withLock { $0 = nil }
  }

  conformance("SE-0304: sleep is ended by cancellation with an error") {
    let begun = Gate()
    let task = Task.detached {
      begun.open()
      do throws(ThrownCancellation) {
        try await Task.sleep(for: .seconds(3600))
        return false
      } catch { return isCancellation(error) }
    }
    await begun.wait()
    task.cancel()
    expect(await task.value)
  }

  conformance("SE-0304: sleep in a cancelled task throws at once") {
    let task = Task.detached {
      withUnsafeCurrentTask { $0?.cancel() }
      do throws(ThrownCancellation) {
        try await Task.sleep(nanoseconds: 3_600_000_000_000)
        return false
      } catch { return isCancellation(error) }
    }
    expect(await task.value)
  }

  conformance("SE-0304: withUnsafeCurrentTask gives the running task") {
    let isSame = await Task {
      let first = withUnsafeCurrentTask { $0.map { $0.hashValue } }
      await Task.yield()
      return first != nil && first == withUnsafeCurrentTask { $0.map { $0.hashValue } }
    }.value
    expect(isSame)
  }

  conformance("SE-0304: an unsafe current task tells of cancellation as Task does") {
    let isRight = await Task {
      let before = withUnsafeCurrentTask { $0!.isCancelled }
      withUnsafeCurrentTask { $0!.cancel() }
      return !before && withUnsafeCurrentTask { $0!.isCancelled } && Task.isCancelled
    }.value
    expect(isRight)
  }

  conformance("SE-0304: captures of handlers are released") {
    let alive = Counter()
    await Task {
      let captured = Tracked(1, in: alive)
      await withTaskCancellationHandler {
        await Task.yield()
      } onCancel: {
        work(captured.number)
      }
    }.value
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0304: cancel races the end of a handler's scope, and calls it at most once") {
    for round in 0..<200 {
      let calls = Counter()
      let begun = Gate()
      let task = Task.detached {
        await withTaskCancellationHandler {
          begun.open()
          for _ in 0..<round % 7 { await Task.yield() }
        } onCancel: {
          calls.increment()
        }
        return calls.value
      }
      await begun.wait()
      task.cancel()
      let seen = await task.value
      expect(seen <= 1 && calls.value == seen, "\(calls.value) calls, \(seen) seen")
    }
  }

  conformance("SE-0304: isCancelled stays, in the catch block and in defer too") {
    let states = await Task {
      let journal = Journal<Bool>()
      func run() async {
        defer { journal.append(Task.isCancelled) }
        withUnsafeCurrentTask { $0?.cancel() }
        do throws(ThrownCancellation) { try Task.checkCancellation() } catch {
          journal.append(Task.isCancelled)
        }
        await Task.yield()
      }
      await run()
      return journal.entries
    }.value
    expect(states == [true, true])
  }
}
