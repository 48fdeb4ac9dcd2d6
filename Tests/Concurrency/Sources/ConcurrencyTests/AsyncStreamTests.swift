import Support

private typealias Numbered = AsyncStream<Int>

/// What `yield` returned: d for dropped, e for enqueued, with the number.
private func text(_ result: Numbered.Continuation.YieldResult) -> String {
  switch result {
  case .enqueued(let remaining): remaining == .max ? "e" : "e\(remaining)"
  case .dropped(let element): "d\(element)"
  case .terminated: "terminated"
  @unknown default: "unknown"
  }
}

private func name(_ termination: Numbered.Continuation.Termination) -> String {
  switch termination {
  case .finished: "finished"
  case .cancelled: "cancelled"
  @unknown default: "unknown"
  }
}

/// A task that reads the stream, and has begun to.
private func reader(_ stream: Numbered) async -> Task<[Int], Never> {
  let begun = Gate()
  let task = Task { @MainActor in
    begun.open()
    return await elements(stream)
  }
  await begun.wait()
  return task
}

@MainActor func asyncStreamTests() {
  conformance("SE-0314: elements come in the order they were yielded, then the end") {
    let stream = AsyncStream(Int.self) { continuation in
      for number in 0..<10 { continuation.yield(number) }
      continuation.finish()
    }
    expect(await elements(stream) == Array(0..<10))
  }

  conformance("SE-0314: a consumer waits for elements and the end") {
    let (stream, continuation) = Numbered.makeStream()
    let task = await reader(stream)
    continuation.yield(1)
    await Task.yield()
    continuation.yield(2)
    continuation.finish()
    expect(await task.value == [1, 2])
  }

  conformance("SE-0388: makeStream returns the stream and its continuation") {
    let pair = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
    pair.continuation.yield("a")
    pair.continuation.yield("b")
    pair.continuation.finish()
    expect(await elements(pair.stream) == ["b"])
  }

  conformance("SE-0314: after the end next gives nil for ever") {
    var iterator = AsyncStream<Int> { $0.finish() }.makeAsyncIterator()
    for _ in 0..<3 { expect(await iterator.next() == nil) }
  }

  conformance("SE-0314: yield of no value and of a result") {
    let voids = AsyncStream<Void> {
      $0.yield()
      $0.yield()
      $0.finish()
    }
    expectEqual(await elements(voids).count, 2)
    let numbers = AsyncStream<Int> {
      $0.yield(with: .success(3))
      $0.finish()
    }
    expect(await elements(numbers) == [3])
  }

  // MARK: Buffering

  conformance("SE-0314: unbounded buffering keeps all") {
    let (stream, continuation) = Numbered.makeStream()
    for number in 0..<1000 { expect(text(continuation.yield(number)) == "e") }
    continuation.finish()
    expect(await elements(stream) == Array(0..<1000))
  }

  conformance("SE-0314: bufferingOldest drops the new") {
    let (stream, continuation) = Numbered.makeStream(bufferingPolicy: .bufferingOldest(2))
    expect((1...4).map { text(continuation.yield($0)) } == ["e1", "e0", "d3", "d4"])
    continuation.finish()
    expect(await elements(stream) == [1, 2])
  }

  conformance("SE-0314: bufferingNewest drops the old") {
    let (stream, continuation) = Numbered.makeStream(bufferingPolicy: .bufferingNewest(2))
    expect((1...4).map { text(continuation.yield($0)) } == ["e1", "e0", "d1", "d2"])
    continuation.finish()
    expect(await elements(stream) == [3, 4])
  }

  conformance("SE-0314: reading makes room in the buffer") {
    let (stream, continuation) = Numbered.makeStream(bufferingPolicy: .bufferingOldest(1))
    var iterator = stream.makeAsyncIterator()
    for number in 0..<5 {
      expect(text(continuation.yield(number)) == "e0")
      expect(text(continuation.yield(-1)) == "d-1")
      expect(await iterator.next() == number)
    }
  }

  conformance("SE-0314: no room at all drops what nobody awaits") {
    for policy in [Numbered.Continuation.BufferingPolicy.bufferingOldest(0), .bufferingNewest(0)] {
      let (stream, continuation) = Numbered.makeStream(bufferingPolicy: policy)
      expect(text(continuation.yield(1)) == "d1")
      continuation.finish()
      expect(await elements(stream).isEmpty)
    }
  }

  conformance("SE-0314: no room at all still reaches a consumer that waits") {
    let (stream, continuation) = Numbered.makeStream(bufferingPolicy: .bufferingNewest(0))
    let task = await reader(stream)
    while case .dropped = continuation.yield(7) { await Task.yield() }
    continuation.finish()
    expect(await task.value == [7])
  }

  // MARK: The end

  conformance("SE-0314: yield after finish is terminated") {
    let (stream, continuation) = Numbered.makeStream()
    continuation.yield(1)
    continuation.finish()
    continuation.finish()
    expect(text(continuation.yield(2)) == "terminated")
    expect(await elements(stream) == [1])
  }

  conformance("SE-0314: finish calls onTermination once") {
    let (stream, continuation) = Numbered.makeStream()
    let journal = Journal<String>()
    continuation.onTermination = { journal.append(name($0)) }
    continuation.yield(1)
    expectEqual(journal.count, 0)
    continuation.finish()
    continuation.finish()
    expect(journal.entries == ["finished"])
    expect(continuation.onTermination == nil)
    expect(await elements(stream) == [1])
    expect(journal.entries == ["finished"])
  }

  conformance("SE-0314: onTermination can be replaced and removed") {
    let (stream, continuation) = Numbered.makeStream()
    let journal = Journal<String>()
    continuation.onTermination = { _ in journal.append("first") }
    continuation.onTermination = { _ in journal.append("second") }
    expect(continuation.onTermination != nil)
    continuation.onTermination?(.finished)
    continuation.onTermination = nil
    continuation.finish()
    expect(journal.entries == ["second"])
    expect(await elements(stream).isEmpty)
  }

  conformance("SE-0314: onTermination is called before the consumer sees the end") {
    let (stream, continuation) = Numbered.makeStream()
    let journal = Journal<String>()
    continuation.onTermination = { _ in journal.append("handler") }
    let begun = Gate()
    let task = Task { @MainActor in
      begun.open()
      for await _ in stream {}
      journal.append("end")
    }
    await begun.wait()
    continuation.finish()
    await task.value
    expect(journal.entries == ["handler", "end"])
  }

  conformance("SE-0314: cancelling the consumer wakes it with nil") {
    let (stream, continuation) = Numbered.makeStream()
    let journal = Journal<String>()
    continuation.onTermination = { journal.append(name($0)) }
    let task = await reader(stream)
    task.cancel()
    expect(await task.value.isEmpty)
    expect(journal.entries == ["cancelled"])
    expect(text(continuation.yield(1)) == "terminated")
    continuation.finish()
    expect(journal.entries == ["cancelled"])
  }

  conformance("SE-0314: a cancelled consumer still gets what was buffered") {
    let (stream, continuation) = Numbered.makeStream()
    let journal = Journal<String>()
    continuation.onTermination = { journal.append(name($0)) }
    continuation.yield(1)
    continuation.yield(2)
    let gate = Gate()
    let task = Task { @MainActor in
      await gate.wait()
      return await elements(stream)
    }
    task.cancel()
    gate.open()
    expect(await task.value == [1, 2])
    expect(journal.entries == ["cancelled"])
  }

  conformance("SE-0314: dropping the stream cancels it") {
    let journal = Journal<String>()
    var (stream, continuation): (Numbered?, Numbered.Continuation?) = Numbered.makeStream()
    continuation?.onTermination = { journal.append(name($0)) }
    continuation?.yield(1)
    expect(stream != nil)
    stream = nil
    expect(journal.entries == ["cancelled"])
    expect(continuation.map { text($0.yield(2)) } == "terminated")
    continuation = nil
    expect(journal.entries == ["cancelled"])
  }

  conformance("SE-0314: an iterator keeps the stream going") {
    let journal = Journal<String>()
    var (stream, continuation): (Numbered?, Numbered.Continuation) = Numbered.makeStream()
    continuation.onTermination = { journal.append(name($0)) }
    var iterator = stream?.makeAsyncIterator()
    stream = nil
    expect(text(continuation.yield(5)) == "e")
    expect(await iterator?.next() == 5)
    iterator = nil
    expect(journal.entries == ["cancelled"])
  }

  conformance("SE-0314: a handler set after the end is called when all is gone") {
    let journal = Journal<String>()
    do {
      let (stream, continuation) = Numbered.makeStream()
      continuation.finish()
      continuation.onTermination = { journal.append(name($0)) }
      expect(await elements(stream).isEmpty)
      expectEqual(journal.count, 0)
    }
    expect(journal.entries == ["cancelled"])
  }

  conformance("SE-0314: buffered elements and the handler are released with the stream") {
    let alive = Counter()
    do {
      let (stream, continuation) = AsyncStream.makeStream(
        of: Tracked.self, bufferingPolicy: .bufferingNewest(3))
      for number in 0..<5 { continuation.yield(Tracked(number, in: alive)) }
      expectEqual(alive.value, 3)
      let held = Tracked(in: alive)
      continuation.onTermination = { _ in _ = held.number }
      var iterator = stream.makeAsyncIterator()
      expect(await iterator.next()?.number == 2)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
  }

  conformance("SE-0314: continuations are equal if their streams are the same") {
    let (first, second) = (Numbered.makeStream(), Numbered.makeStream())
    let copy = first.continuation
    expect(first.continuation == copy)
    expect(first.continuation != second.continuation)
    expectEqual(Set([first.continuation, copy, second.continuation]).count, 2)
    copy.finish()
    expect(await elements(first.stream).isEmpty)
  }

  // MARK: Unfolding

  conformance("SE-0314: unfolding calls its function until it returns nil") {
    let calls = Counter()
    let stream = AsyncStream(unfolding: { () -> Int? in
      let number = calls.increment()
      return number < 4 ? number : nil
    })
    expect(await elements(stream) == [1, 2, 3])
    expect(await elements(stream).isEmpty)
    expectEqual(calls.value, 4)
  }

  conformance("SE-0314: unfolding in a cancelled task ends at once and says so once") {
    let cancellations = Counter()
    let calls = Counter()
    let stream = AsyncStream(unfolding: { calls.increment() }) { cancellations.increment() }
    let gate = Gate()
    let task = Task { @MainActor in
      await gate.wait()
      return await elements(stream)
    }
    task.cancel()
    gate.open()
    expect(await task.value.isEmpty)
    expectEqual(calls.value, 0)
    expectEqual(cancellations.value, 1)
  }

  // MARK: Several tasks

  conformance("SE-0314: many producers lose nothing, and each keeps its order") {
    let (stream, continuation) = AsyncStream.makeStream(of: (producer: Int, number: Int).self)
    let producers = (0..<8).map { producer in
      Task.detached {
        for number in 0..<250 {
          continuation.yield((producer, number))
          if number % 50 == producer { await Task.yield() }
        }
      }
    }
    let ending = Task {
      for producer in producers { await producer.value }
      continuation.finish()
    }
    var next = Array(repeating: 0, count: 8)
    for await (producer, number) in stream {
      expectEqual(number, next[producer])
      next[producer] = number + 1
    }
    expect(next == Array(repeating: 250, count: 8))
    await ending.value
  }

  conformance("SE-0314: several consumers share the elements and all see the end") {
    let (stream, continuation) = Numbered.makeStream()
    let consumers = (0..<4).map { _ in Task.detached { await stream.reduce(0, +) } }
    for number in 1...400 {
      continuation.yield(number)
      if number % 10 == 0 { await Task.yield() }
    }
    continuation.finish()
    var sum = 0
    for consumer in consumers { sum += await consumer.value }
    expectEqual(sum, 400 * 401 / 2)
  }

  conformance("SE-0314: producers race with the consumer's cancellation, and it ends once") {
    for round in 0..<30 {
      let (stream, continuation) = Numbered.makeStream()
      let endings = Counter()
      continuation.onTermination = { _ in endings.increment() }
      let consumer = Task.detached { await stream.reduce(0) { count, _ in count + 1 } }
      let producer = Task.detached {
        var taken = 0
        // Bounded, for the case that the canceller is late.
        while taken < 100_000, case .enqueued = continuation.yield(taken) {
          taken += 1
          await Task.yield()
        }
        return taken
      }
      for _ in 0..<round { await Task.yield() }
      consumer.cancel()
      expectEqual(await consumer.value, await producer.value)
      expectEqual(endings.value, 1)
    }
  }

  conformance("SE-0314: finish races with cancellation, and the handler is called once") {
    for _ in 0..<50 {
      let (stream, continuation) = Numbered.makeStream()
      let endings = Counter()
      continuation.onTermination = { _ in endings.increment() }
      let consumer = Task.detached { await elements(stream) }
      let finisher = Task.detached { continuation.finish() }
      consumer.cancel()
      await finisher.value
      expect(await consumer.value.isEmpty)
      expectEqual(endings.value, 1)
    }
  }
}
