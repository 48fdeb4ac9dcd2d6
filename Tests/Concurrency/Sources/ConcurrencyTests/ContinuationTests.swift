import Support

@MainActor func continuationTests() {
  conformance("SE-0300: a continuation that is resumed at once") {
    expectEqual(await withUnsafeContinuation { $0.resume(returning: 1) }, 1)
    expectEqual(await withCheckedContinuation { $0.resume(returning: 2) }, 2)
  }

  conformance("SE-0300: a continuation of Void") {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      continuation.resume()
    }
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      continuation.resume()
    }
  }

  conformance("SE-0300: a continuation that is resumed later, by another task") {
    let number = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
      Task.detached {
        await Task.yield()
        continuation.resume(returning: 3)
      }
    }
    expectEqual(number, 3)
  }

  conformance("SE-0300: the body is called at once, in the caller's isolation") {
    var steps: [Int] = []
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      MainActor.preconditionIsolated()
      steps.append(1)
      Task { continuation.resume() }
      steps.append(2)
    }
    steps.append(3)
    expect(steps == [1, 2, 3])
  }

  conformance("SE-0300: after the wait the task is back in its isolation") {
    for _ in 0..<20 {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        Task.detached { continuation.resume() }
      }
      expect(isOnMainThread)
    }
  }

  conformance("SE-0300: a throwing continuation throws") {
    let code = 4
    do throws(Thrown) {
      let _: Int = try await withCheckedThrowingContinuation { continuation in
        continuation.resume(throwing: TestError.expected(code))
      }
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 4) }
    do throws(Thrown) {
      let _: Int = try await withUnsafeThrowingContinuation { continuation in
        continuation.resume(throwing: TestError.expected(code))
      }
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 4) }
  }

  conformance("SE-0300: a throwing continuation returns") {
    do throws(Thrown) {
      let text: String = try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<String, Thrown>) in
        continuation.resume(returning: "text")
      }
      expectEqual(text, "text")
      let number: Int = try await withUnsafeThrowingContinuation {
        (continuation: UnsafeContinuation<Int, Thrown>) in
        continuation.resume(returning: 5)
      }
      expectEqual(number, 5)
    } catch { expect(false, "thrown") }
  }

  conformance("SE-0300: resume(with:) takes a result") {
    let success = Result<Int, Never>.success(6)
    expectEqual(await withCheckedContinuation { $0.resume(with: success) }, 6)
    do throws(Thrown) {
      let failure = Result<Int, Thrown>.failure(TestError.expected(7))
      let _: Int = try await withCheckedThrowingContinuation { $0.resume(with: failure) }
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 7) }
  }

  conformance("SE-0300: values of many words and with references come over whole") {
    let (numbers, text, nothing): ([Int], String, Int?) = await withCheckedContinuation {
      continuation in
      Task.detached { continuation.resume(returning: ([1, 2, 3], "text", nil)) }
    }
    expect(numbers == [1, 2, 3] && text == "text" && nothing == nil)
  }

  conformance("SE-0300: values are released once") {
    let alive = Counter()
    for number in 0..<10 {
      let tracked = await withCheckedContinuation {
        (continuation: CheckedContinuation<Tracked, Never>) in
        Task.detached { continuation.resume(returning: Tracked(number, in: alive)) }
      }
      expectEqual(tracked.number, number)
    }
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0300: many tasks wait, and are resumed in another order") {
    let slots = (0..<100).map { _ in Locked<UnsafeContinuation<Int, Never>?>(nil) }
    let waiting = Counter()
    let tasks = slots.map { slot in
      Task.detached {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Int, Never>) in
          slot.withLock { $0 = continuation }
          waiting.increment()
        }
      }
    }
    expect(await eventually { waiting.value == 100 })
    for (number, slot) in slots.enumerated().reversed() {
      slot.withLock { $0 }?.resume(returning: number)
    }
    for (number, task) in tasks.enumerated() { expectEqual(await task.value, number) }
  }

  conformance("SE-0300: resume races the end of the body, a thousand times") {
    var sum = 0
    for round in 0..<1000 {
      sum += await withUnsafeContinuation { (continuation: UnsafeContinuation<Int, Never>) in
        Task.detached { continuation.resume(returning: round) }
      }
    }
    expectEqual(sum, 499_500)
  }

  conformance("SE-0300: continuations in an actor let others in while they wait") {
    actor Mailbox {
      var waiter: CheckedContinuation<Int, Never>?
      func receive() async -> Int { await withCheckedContinuation { waiter = $0 } }
      func send(_ number: Int) -> Bool {
        guard let waiter else { return false }
        self.waiter = nil
        waiter.resume(returning: number)
        return true
      }
    }
    let mailbox = Mailbox()
    async let received = mailbox.receive()
    while await !mailbox.send(8) { await Task.yield() }
    expectEqual(await received, 8)
  }

  conformance("SE-0300: a task that waits for a continuation is not resumed by cancellation") {
    let slot = Locked<UnsafeContinuation<Int, Never>?>(nil)
    let begun = Gate()
    let task = Task.detached {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Int, Never>) in
        slot.withLock { $0 = continuation }
        begun.open()
      }
    }
    await begun.wait()
    task.cancel()
    for _ in 0..<10 { await Task.yield() }
    slot.withLock { $0 }?.resume(returning: 9)
    expectEqual(await task.value, 9)
  }
}
