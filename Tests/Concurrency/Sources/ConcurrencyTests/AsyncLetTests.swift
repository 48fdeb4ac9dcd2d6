import Support

@Sendable private func value(_ number: Int) async -> Int { number }

@Sendable private func fibonacci(_ number: Int) async -> Int {
  if number < 2 { return number }
  async let first = fibonacci(number - 1)
  async let second = fibonacci(number - 2)
  return await first + second
}

/// A value after its gate has opened.
@Sendable private func value(_ number: Int, after gate: Gate) async -> Int {
  await gate.wait()
  return number
}

private struct Large: Sendable, Equatable {
  var words = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
  var text = "large"
  static func == (left: Large, right: Large) -> Bool {
    left.words.9 == right.words.9 && left.text == right.text
  }
}

@MainActor func asyncLetTests() {
  conformance("SE-0317: async let gives the value of its initializer") {
    async let number = value(42)
    expectEqual(await number, 42)
  }

  conformance("SE-0317: the initializer may be any expression") {
    let factor = 6
    async let product = factor * 7
    async let text = "a" + "b"
    expectEqual(await product, 42)
    expectEqual(await text, "ab")
  }

  conformance("SE-0317: several are awaited in any order") {
    async let first = value(1)
    async let second = value(2)
    async let third = value(3)
    expectEqual(await third, 3)
    expectEqual(await first, 1)
    expectEqual(await second, 2)
  }

  conformance("SE-0317: a value may be read more than once") {
    async let number = value(7)
    expectEqual(await number, 7)
    expectEqual(await number + number, 14)
  }

  conformance("SE-0317: a tuple pattern binds parts of one child's value") {
    async let (first, second) = (value(1), value(2))
    expectEqual(await first, 1)
    expectEqual(await second, 2)
  }

  conformance("SE-0317: siblings run concurrently") {
    let gate = Gate()
    async let waiting = value(1, after: gate)
    async let opening: Void = gate.open()
    expectEqual(await waiting, 1)
    await opening
  }

  conformance("SE-0317: the child runs while its parent goes on") {
    let gate = Gate()
    async let waiting = value(1, after: gate)
    expect(!gate.isOpen)
    gate.open()
    expectEqual(await waiting, 1)
  }

  conformance("SE-0317: a child not awaited is cancelled at the end of its scope") {
    let sawCancellation = Counter()
    do {
      async let _: Void = {
        while !Task.isCancelled { await Task.yield() }
        sawCancellation.increment()
      }()
    }
    expectEqual(sawCancellation.value, 1)
  }

  conformance("SE-0317: a child not awaited is waited for at the end of its scope") {
    let ended = Counter()
    do {
      async let _: Void = {
        for _ in 0..<20 { await Task.yield() }
        ended.increment()
      }()
    }
    expectEqual(ended.value, 1)
  }

  conformance("SE-0317: an early return ends the children first") {
    let ended = Counter()
    @Sendable func early() async -> Int {
      async let _: Void = {
        for _ in 0..<20 { await Task.yield() }
        ended.increment()
      }()
      return ended.value
    }
    _ = await early()
    expectEqual(ended.value, 1)
  }

  conformance("SE-0317: a throw ends the children first, cancelled") {
    let ended = Counter()
    @Sendable func failing() async throws(TestError) {
      async let _: Void = {
        while !Task.isCancelled { await Task.yield() }
        ended.increment()
      }()
      if ended.value == 0 { throw .expected(3) }
    }
    do throws(TestError) {
      try await failing()
      expect(false)
    } catch {
      expect(number(of: error) == 3)
    }
    expectEqual(ended.value, 1)
  }

  conformance("SE-0317: an awaited child is not cancelled") {
    async let isCancelled = Task.isCancelled
    expect(await !isCancelled)
  }

  conformance("SE-0317: cancelling the parent cancels the child") {
    let begun = Gate()
    let task = Task {
      async let wasCancelled = {
        begun.open()
        while !Task.isCancelled { await Task.yield() }
        return true
      }()
      return await wasCancelled
    }
    await begun.wait()
    task.cancel()
    expect(await task.value)
  }

  conformance("SE-0317: a child of a cancelled parent is cancelled from the start") {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      async let isCancelled = Task.isCancelled
      return await isCancelled
    }
    expect(await task.value)
  }

  conformance("SE-0317: the child is not isolated to the parent's actor unless its code is") {
    @Sendable nonisolated func isOnActor() -> Bool { #isolation != nil }
    async let isIsolated = isOnActor()
    expect(await !isIsolated)
  }

  conformance("SE-0317: code of the main actor runs there, from a child too") {
    @MainActor func isThere() -> Bool { isOnMainThread }
    let isThereFromTask = await Task.detached {
      async let answer = isThere()
      return await answer
    }.value
    expect(isThereFromTask)
  }

  conformance("SE-0317: in a loop each round has a child of its own") {
    var sum = 0
    for round in 0..<50 {
      async let square = value(round * round)
      sum += await square
    }
    expectEqual(sum, 40_425)
  }

  conformance("SE-0317: a branch not taken starts no child") {
    let started = Counter()
    @Sendable func choose(_ flag: Bool) async -> Int {
      if flag {
        async let number = started.increment()
        return await number
      }
      return 0
    }
    expectEqual(await choose(false), 0)
    expectEqual(started.value, 0)
    expectEqual(await choose(true), 1)
  }

  conformance("SE-0317: children nest to a tree") {
    expectEqual(await fibonacci(10), 55)
  }

  conformance("SE-0317: values of many words and with references come over whole") {
    async let large = Large()
    expect(await large == Large())
  }

  conformance("SE-0317: values are released once") {
    let alive = Counter()
    do {
      async let read = Tracked(1, in: alive)
      async let _ = Tracked(2, in: alive)
      expectEqual(await read.number, 1)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
  }

  conformance("SE-0317: captures are released at the end of the scope") {
    let alive = Counter()
    do {
      let captured = Tracked(5, in: alive)
      async let number = captured.number
      expectEqual(await number, 5)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
  }

  conformance("SE-0317: the child has its parent's priority") {
    let same = await Task(priority: .low) {
      async let priority = Task.currentPriority
      return await priority >= .low && Task.currentPriority >= .low
    }.value
    expect(same)
  }

  conformance("SE-0317: Optional and Void values") {
    async let something: Int? = value(1)
    async let nothing: Int? = nil
    async let void: Void = work()
    expect(await something == 1)
    expect(await nothing == nil)
    await void
  }

  conformance("SE-0317: the child may use a Result in place of throwing") {
    @Sendable func outcome(_ number: Int) async -> Result<Int, TestError> {
      number > 0 ? .success(number) : .failure(.expected(number))
    }
    async let good = outcome(1)
    async let bad = outcome(-1)
    expect(await good == .success(1))
    expect(await bad == .failure(.expected(-1)))
  }
}
