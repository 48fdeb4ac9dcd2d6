import Support

/// Ends cancelled.
@Sendable private func runUntilCancelled() async {
  while !Task.isCancelled { await Task.yield() }
}

@MainActor func throwingGroupTests() {
  conformance("SE-0304: a throwing group whose children succeed gives their results") {
    let base = 10
    let sum = try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      for number in 0..<5 { group.addTask { () async throws(TestError) in base + number } }
      var sum = 0
      while let number = try await group.next() { sum += number }
      return sum
    }
    expectEqual(sum, 60)
  }

  conformance("SE-0304: next throws what a child throws") {
    let code = 1
    try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      group.addTask { () async throws(TestError) in throw .expected(code) }
      do throws(TestError) {
        _ = try await group.next()
        expect(false, "nothing thrown")
      } catch { expect(error == .expected(1)) }
      expect(group.isEmpty)
      expect(!group.isCancelled, "an error that next throws does not cancel the group")
    }
  }

  conformance("SE-0304: an error that the body throws leaves the group") {
    let code = 2
    do throws(TestError) {
      try await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
        group throws(TestError) in
        throw TestError.expected(code)
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(2)) }
  }

  conformance("SE-0304: an error that the body throws cancels the children and waits for them") {
    let code = 3
    let ended = Counter()
    do throws(TestError) {
      try await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
        group throws(TestError) in
        for _ in 0..<4 {
          group.addTask { () async throws(TestError) in
            await runUntilCancelled()
            ended.increment()
          }
        }
        throw TestError.expected(code)
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(3)) }
    expectEqual(ended.value, 4)
  }

  conformance("SE-0304: a child's error that next throws through the body cancels its siblings") {
    let code = 4
    let ended = Counter()
    do throws(TestError) {
      try await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
        group throws(TestError) in
        group.addTask { () async throws(TestError) in
          await runUntilCancelled()
          ended.increment()
        }
        group.addTask { () async throws(TestError) in throw .expected(code) }
        while try await group.next() != nil {}
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(4)) }
    expectEqual(ended.value, 1)
  }

  conformance("SE-0304: an error of a child that nobody asked for is dropped") {
    let code = 5
    let result = try! await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
      group throws(TestError) in
      group.addTask { () async throws(TestError) in throw .expected(code) }
      return 7
    }
    expectEqual(result, 7)
  }

  conformance("SE-0304: nextResult gives errors as values") {
    let code = 6
    let results = try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      group.addTask { () async throws(TestError) in code }
      group.addTask { () async throws(TestError) in throw .expected(code) }
      var results: [Result<Int, TestError>] = []
      while let result = await group.nextResult() { results.append(result) }
      return results
    }
    expectEqual(results.count, 2)
    expect(results.contains(.success(6)) && results.contains(.failure(.expected(6))))
  }

  conformance("SE-0304: a group may go on after a child's error") {
    let code = 7
    let sum = try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      for number in 0..<6 {
        group.addTask { () async throws(TestError) in
          if number % 2 == 1 { throw .expected(code) }
          return number
        }
      }
      var sum = 0
      var errorCount = 0
      while !group.isEmpty {
        do throws(TestError) { sum += try await group.next() ?? 0 } catch { errorCount += 1 }
      }
      expectEqual(errorCount, 3)
      return sum
    }
    expectEqual(sum, 6)
  }

  conformance("SE-0304: waitForAll throws the first error when all have ended, and cancels none") {
    let code = 8
    let gate = Gate()
    let cancelled = Counter()
    try! await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
      group throws(TestError) in
      group.addTask { () async throws(TestError) in
        gate.open()
        throw .expected(code)
      }
      group.addTask { () async throws(TestError) in
        await gate.wait()
        for _ in 0..<20 { await Task.yield() }
        if Task.isCancelled { cancelled.increment() }
      }
      do throws(TestError) {
        try await group.waitForAll()
        expect(false, "nothing thrown")
      } catch { expect(error == .expected(8)) }
      expect(group.isEmpty && !group.isCancelled)
      expectEqual(cancelled.value, 0)
    }
  }

  conformance("SE-0304: for try await ends with the first error") {
    let code = 9
    let gate = Gate()
    do throws(TestError) {
      try await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
        group throws(TestError) in
        group.addTask { () async throws(TestError) in code }
        group.addTask { () async throws(TestError) in
          await gate.wait()
          throw .expected(code)
        }
        var seen = 0
        for try await number in group {
          seen += 1
          expectEqual(number, 9)
          gate.open()
        }
        expect(false, "\(seen) seen")
      }
    } catch { expect(error == .expected(9)) }
  }

  conformance("SE-0304: an iterator that has thrown gives nil") {
    let code = 10
    try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      group.addTask { () async throws(TestError) in throw .expected(code) }
      var iterator = group.makeAsyncIterator()
      do throws(TestError) {
        _ = try await iterator.next(isolation: #isolation)
        expect(false, "nothing thrown")
      } catch { expect(error == .expected(10)) }
      do throws(TestError) {
        expect(try await iterator.next(isolation: #isolation) == nil)
      } catch { expect(false, "thrown again") }
    }
  }

  conformance("SE-0304: addTaskUnlessCancelled of a throwing group") {
    let number = 11
    try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      expect(group.addTaskUnlessCancelled { () async throws(TestError) in number })
      group.cancelAll()
      expect(!group.addTaskUnlessCancelled { () async throws(TestError) in number })
      expect(await group.nextResult() == .success(11))
      expect(await group.nextResult() == nil)
    }
  }

  conformance("SE-0304: checkCancellation ends cancelled children with an error") {
    let count = Counter()
    let cancelled = try! await withThrowingTaskGroup(
      of: Int.self, throwing: CancellationError.self
    ) { group throws(CancellationError) in
      for _ in 0..<3 {
        group.addTask { () async throws(CancellationError) in
          while true {
            do throws(ThrownCancellation) { try Task.checkCancellation() } catch {
              count.increment()
              throw CancellationError()
            }
            await Task.yield()
          }
        }
      }
      group.cancelAll()
      var cancelled = 0
      while let result = await group.nextResult() {
        if case .failure = result { cancelled += 1 }
      }
      return cancelled
    }
    expectEqual(cancelled, 3)
    expectEqual(count.value, 3)
  }

  conformance("SE-0304: cancelling the task cancels a throwing group") {
    let begun = Gate()
    let task = Task {
      try! await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
      group throws(TestError) in
        group.addTask { () async throws(TestError) in
          begun.open()
          await runUntilCancelled()
          throw .expected(12)
        }
        return await group.nextResult()
      }
    }
    await begun.wait()
    task.cancel()
    if case .failure(.expected(12)) = await task.value {} else { expect(false) }
  }

  conformance("SE-0304: throwing groups nest, and an error passes through") {
    let code = 13
    do throws(TestError) {
      _ = try await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
        outer throws(TestError) in
        outer.addTask { () async throws(TestError) in
          try await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
            inner throws(TestError) in
            inner.addTask { () async throws(TestError) in throw .expected(code) }
            return try await inner.next() ?? 0
          }
        }
        return try await outer.next()
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(13)) }
  }

  conformance("SE-0304: results and captures of a group that failed are released") {
    let alive = Counter()
    let code = 14
    do throws(TestError) {
      try await withThrowingTaskGroup(of: Tracked.self, throwing: TestError.self) {
        group throws(TestError) in
        for number in 0..<10 {
          let captured = Tracked(number, in: alive)
          group.addTask { () async throws(TestError) in
            if captured.number == 9 { throw .expected(code) }
            return captured
          }
        }
        while try await group.next() != nil {}
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(14)) }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
  }

  conformance("SE-0413: a group whose failure is Never does not throw") {
    let number = 15
    let sum = await withThrowingTaskGroup(of: Int.self, throwing: Never.self) {
      group throws(Never) in
      group.addTask { () async throws(Never) in number }
      group.addTask { () async throws(Never) in number }
      return await group.next()! + group.next()!
    }
    expectEqual(sum, 30)
  }

  conformance("SE-0413: an error with a payload comes over whole") {
    struct Payload: Error, Equatable {
      var text: String
      var numbers: [Int]
    }
    let count = 5
    let result = try! await withThrowingTaskGroup(of: Int.self, throwing: Payload.self) {
      group throws(Payload) in
      group.addTask { () async throws(Payload) in
        throw Payload(text: "payload", numbers: Array(0..<count))
      }
      return await group.nextResult()
    }
    expect(result == .failure(Payload(text: "payload", numbers: [0, 1, 2, 3, 4])))
  }

  conformance("SE-0304: withThrowingTaskGroup keeps its caller's isolation") {
    let number = 16
    let isThere = try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      group.addTask { () async throws(TestError) in number }
      _ = await group.nextResult()
      return isOnMainThread
    }
    expect(isThere)
  }

  conformance("SE-0304: hundreds of children, some of which throw") {
    let counts = try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
      group throws(TestError) in
      for number in 0..<400 {
        group.addTask { () async throws(TestError) in
          if number % 4 == 0 { throw .expected(number) }
          return number
        }
      }
      var counts = (good: 0, bad: 0)
      while let result = await group.nextResult() {
        switch result {
        case .success: counts.good += 1
        case .failure: counts.bad += 1
        }
      }
      return counts
    }
    expect(counts == (300, 100))
  }
}
