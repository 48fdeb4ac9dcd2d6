import Support

private typealias Numbered = AsyncThrowingStream<Int, Thrown>

private func text(_ termination: Numbered.Continuation.Termination) -> String {
  switch termination {
  case .finished(.some): "failed"
  case .finished(nil): "finished"
  case .cancelled: "cancelled"
  @unknown default: "unknown"
  }
}

private func isTerminated(_ result: Numbered.Continuation.YieldResult) -> Bool {
  if case .terminated = result { true } else { false }
}

@MainActor func asyncThrowingStreamTests() {
  conformance("SE-0314: a throwing stream ends without an error") {
    let stream = Numbered { continuation in
      continuation.yield(1)
      continuation.yield(2)
      continuation.finish()
    }
    let (numbers, failure) = await outcome(stream)
    expect(numbers == [1, 2])
    expect(failure == nil)
  }

  conformance("SE-0314: the error comes after the buffered elements") {
    let stream = Numbered { continuation in
      continuation.yield(1)
      continuation.finish(throwing: TestError.expected(5))
    }
    let (numbers, failure) = await outcome(stream)
    expect(numbers == [1])
    expect(failure == 5)
  }

  conformance("SE-0314: the error comes once, then nil") {
    let stream = Numbered { $0.finish(throwing: TestError.expected(5)) }
    expect(await outcome(stream).failure == 5)
    let (numbers, failure) = await outcome(stream)
    expect(numbers.isEmpty)
    expect(failure == nil)
  }

  conformance("SE-0314: an error wakes the consumer that waits") {
    let (stream, continuation) = Numbered.makeStream()
    let begun = Gate()
    let task = Task { @MainActor in
      begun.open()
      return await outcome(stream).failure
    }
    await begun.wait()
    continuation.finish(throwing: TestError.expected(8))
    expect(await task.value == 8)
  }

  conformance("SE-0314: yield(with:) of a failure ends the stream") {
    let (stream, continuation) = Numbered.makeStream()
    continuation.yield(with: .success(1))
    expect(isTerminated(continuation.yield(with: .failure(TestError.expected(2)))))
    expect(isTerminated(continuation.yield(3)))
    let (numbers, failure) = await outcome(stream)
    expect(numbers == [1])
    expect(failure == 2)
  }

  conformance("SE-0314: onTermination learns of the error") {
    for (error, expected) in [(TestError.expected(1), "failed"), (nil, "finished")] {
      let (stream, continuation) = Numbered.makeStream()
      let journal = Journal<String>()
      continuation.onTermination = { journal.append(text($0)) }
      continuation.finish(throwing: error)
      continuation.finish()
      expect(journal.entries == [expected])
      expect(await outcome(stream).elements.isEmpty)
    }
  }

  conformance("SE-0314: the first finish decides") {
    let (stream, continuation) = Numbered.makeStream()
    continuation.finish()
    continuation.finish(throwing: TestError.expected(1))
    expect(await outcome(stream).failure == nil)
  }

  conformance("SE-0314: cancelling the consumer of a throwing stream gives nil") {
    let (stream, continuation) = Numbered.makeStream()
    let journal = Journal<String>()
    continuation.onTermination = { journal.append(text($0)) }
    let begun = Gate()
    let task = Task { @MainActor in
      begun.open()
      return await outcome(stream).failure
    }
    await begun.wait()
    task.cancel()
    expect(await task.value == nil)
    expect(journal.entries == ["cancelled"])
    expect(isTerminated(continuation.yield(1)))
  }

  conformance("SE-0314: dropping a throwing stream cancels it") {
    let journal = Journal<String>()
    var (stream, continuation): (Numbered?, Numbered.Continuation) = Numbered.makeStream()
    continuation.onTermination = { journal.append(text($0)) }
    expect(stream != nil)
    stream = nil
    expect(journal.entries == ["cancelled"])
    expect(isTerminated(continuation.yield(1)))
  }

  conformance("SE-0314: throwing streams have the same buffering policies") {
    let (oldest, first) = Numbered.makeStream(bufferingPolicy: .bufferingOldest(2))
    let (newest, second) = Numbered.makeStream(bufferingPolicy: .bufferingNewest(2))
    for number in 1...4 {
      first.yield(number)
      second.yield(number)
    }
    first.finish()
    second.finish()
    expect(await outcome(oldest).elements == [1, 2])
    expect(await outcome(newest).elements == [3, 4])
  }

  conformance("SE-0314: an unfolding function's error reaches the consumer") {
    let calls = Counter()
    let stream = Numbered(unfolding: { () async throws(Thrown) -> Int? in
      try check(calls.increment(), not: 3)
    })
    let (numbers, failure) = await outcome(stream)
    expect(numbers == [1, 2])
    expect(failure == 3)
    expectEqual(calls.value, 3)
  }

  conformance("SE-0314: operators over a throwing stream pass on its error") {
    let stream = Numbered { continuation in
      for number in 1...4 { continuation.yield(number) }
      continuation.finish(throwing: TestError.expected(6))
    }
    let (numbers, failure) = await outcome(stream.map { $0 * 2 }.filter { $0 > 2 })
    expect(numbers == [4, 6, 8])
    expect(failure == 6)
  }
}
