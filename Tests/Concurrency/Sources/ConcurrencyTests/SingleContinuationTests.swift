#if arch(wasm32)
import Support

private struct Ticket: ~Copyable {
  let number: Int
}

/// Does not know that nothing can be thrown.
@inline(never)
private func resume<T: Sendable, E: Error>(_ continuation: UnsafeContinuation<T, E>, returning value: T) {
  continuation.resume(returning: value)
}

@MainActor func singleContinuationTests() {
  conformance("a continuation that throws nothing is resumed by generic code") {
    var numbers: [UInt32] = []
    for number in UInt32(0)..<100 {
      let before = number &* 0x0101_0101
      let value = await withUnsafeContinuation { resume($0, returning: before) }
      let after = await withUnsafeContinuation { (continuation: UnsafeContinuation<UInt32, Never>) in
        Task.detached { resume(continuation, returning: ~before) }
      }
      numbers += [before ^ value, before ^ ~after]
    }
    expect(numbers.allSatisfy { $0 == 0 })
    await withUnsafeContinuation { resume($0, returning: ()) }
    // The other way round.
    let text = await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<String, Never>) in
      continuation.resume(returning: "a text")
    }
    expectEqual(text, "a text")
  }

  conformance("SE-0528: a continuation that is resumed at once, and later") {
    expectEqual(await withContinuation(of: Int.self) { $0.resume(returning: 1) }, 1)
    let text = await withContinuation(of: String.self) { continuation in
      let unsafe = UnsafeContinuation(continuation)
      Task.detached {
        await Task.yield()
        unsafe.resume(returning: "a text that is long enough for the heap")
      }
    }
    expect(text == "a text that is long enough for the heap")
    await withContinuation(of: Void.self) { $0.resume() }
  }

  conformance("SE-0528: one that becomes another kind, where memory held something else") {
    struct Block: ~Copyable { let words = InlineArray<24, UInt32>(repeating: 0x0101_0101) }
    for _ in 0..<3 {
      let block = await withContinuation(of: Block.self) { $0.resume(returning: Block()) }
      expectEqual(block.words[23], 0x0101_0101)
      let text = await withContinuation(of: String.self) {
        UnsafeContinuation($0).resume(returning: "a text")
      }
      expectEqual(text, "a text")
      let checked = await withContinuation(of: String.self) {
        CheckedContinuation($0).resume(returning: "another text")
      }
      expectEqual(checked, "another text")
      let optional = await withContinuation(of: UInt8?.self) {
        UnsafeContinuation($0).resume(returning: nil)
      }
      expectEqual(optional, nil)
    }
  }

  conformance("SE-0528: a continuation is kept in an actor, and resumed from there") {
    actor Bridge {
      var continuation: Continuation<Int, Never>?
      func store(_ continuation: consuming Continuation<Int, Never>) {
        self.continuation = consume continuation
      }
      func wait() async -> Int {
        await withContinuation(of: Int.self) { continuation in
          self.continuation = consume continuation
        }
      }
      func complete() -> Bool {
        guard let continuation = continuation.take() else { return false }
        continuation.resume(returning: 7)
        return true
      }
    }
    let bridge = Bridge()
    async let number = bridge.wait()
    while await !bridge.complete() { await Task.yield() }
    expectEqual(await number, 7)
  }

  conformance("SE-0528: errors are of their type") {
    do throws(TestError) {
      _ = try await withContinuation(of: Int.self, throwing: TestError.self) {
        $0.resume(throwing: .expected(3))
      }
      expect(false, "nothing was thrown")
    } catch { expectEqual(number(of: error), 3) }
    do throws(TestError) {
      let number = try await withContinuation(of: Int.self, throwing: TestError.self) {
        $0.resume(with: .success(4))
      }
      expectEqual(number, 4)
    } catch { expect(false, "thrown") }
  }

  conformance("SE-0528: what cannot be copied goes through a continuation") {
    let ticket = await withContinuation(of: Ticket.self) { $0.resume(returning: Ticket(number: 5)) }
    expectEqual(ticket.number, 5)
  }

  conformance("SE-0528: a checked continuation takes over") {
    do throws(TestError) {
      let number = try await withContinuation(of: Int.self, throwing: TestError.self) { continuation in
        let checked = CheckedContinuation(continuation)
        Task.detached { checked.resume(returning: 9) }
      }
      expectEqual(number, 9)
      _ = try await withContinuation(of: Int.self, throwing: TestError.self) { continuation in
        CheckedContinuation(continuation).resume(throwing: .expected(10))
      }
    } catch { expectEqual(number(of: error), 10) }
  }

  conformance("SE-0528: what a continuation carries is released once") {
    let alive = Counter()
    for _ in 0..<20 {
      let object = await withContinuation(of: Tracked.self) { $0.resume(returning: Tracked(in: alive)) }
      expectEqual(object.number, 0)
    }
    expectEqual(alive.value, 0)
  }

  conformance("SE-0530: a result of what an asynchronous function returns or throws") {
    func half(_ number: Int) async throws(TestError) -> Int {
      await Task.yield()
      guard number % 2 == 0 else { throw .expected(number) }
      return number / 2
    }
    let good = await Result { () async throws(TestError) -> Int in try await half(4) }
    let bad = await Result { () async throws(TestError) -> Int in try await half(3) }
    expect(good == .success(2))
    expect(bad == .failure(.expected(3)))
  }

  conformance("SE-0530: a result stays in its caller's isolation") {
    let count = Counter()
    let result = await Result { () async -> Int in
      MainActor.preconditionIsolated()
      await Task.yield()
      return count.increment()
    }
    expectEqual(result.get(), 1)
  }
}
#endif
