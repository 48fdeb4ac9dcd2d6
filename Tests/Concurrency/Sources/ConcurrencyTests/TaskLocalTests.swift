import Support

private enum Local {
  @TaskLocal static var number = 0
  @TaskLocal static var text: String?
  @TaskLocal static var object: Tracked?
  @TaskLocal static var pair = (first: 1, second: 2)
}

/// Code that knows nothing of who bound the value.
private func readDeep(_ depth: Int) async -> Int {
  if depth == 0 { return Local.number }
  await Task.yield()
  return await readDeep(depth - 1)
}

private actor Reader {
  func read() -> Int { Local.number }
  func readAfterYield() async -> Int {
    await Task.yield()
    return Local.number
  }
}

@MainActor func taskLocalTests() {
  conformance("SE-0311: an unbound value is the default") {
    expectEqual(Local.number, 0)
    expect(Local.text == nil)
  }

  conformance("SE-0311: withValue binds for its operation alone") {
    Local.$number.withValue(1) { _ = expectEqual(Local.number, 1) }
    expectEqual(Local.number, 0)
    await Local.$number.withValue(2) {
      expectEqual(Local.number, 2)
      await Task.yield()
      expectEqual(Local.number, 2)
    }
    expectEqual(Local.number, 0)
  }

  conformance("SE-0311: withValue returns what its operation returns") {
    expectEqual(Local.$number.withValue(3) { Local.number + 1 }, 4)
    let text = await Local.$text.withValue("bound") {
      await Task.yield()
      return Local.text
    }
    expect(text == "bound")
  }

  conformance("SE-0311: an inner binding shadows the outer one") {
    await Local.$number.withValue(1) {
      await Local.$number.withValue(2) { _ = expectEqual(await readDeep(3), 2) }
      expectEqual(await readDeep(3), 1)
    }
  }

  conformance("SE-0311: bindings of several keys do not disturb each other") {
    await Local.$number.withValue(1) {
      await Local.$text.withValue("one") {
        await Local.$number.withValue(2) {
          expectEqual(await readDeep(2), 2)
          expect(Local.text == "one")
        }
        expectEqual(Local.number, 1)
      }
      expect(Local.text == nil)
    }
  }

  conformance("SE-0311: a throw ends the binding") {
    let code = 5
    do throws(Thrown) {
      _ = try Local.$number.withValue(code) { () throws(TestError) -> Int in
        if Local.number == code { throw TestError.expected(code) }
        return 0
      }
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 5) }
    expectEqual(Local.number, 0)
    do throws(Thrown) {
      _ = try await Local.$number.withValue(code) { () async throws(TestError) -> Int in
        await Task.yield()
        if Local.number == code { throw TestError.expected(code) }
        return 0
      }
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 5) }
    expectEqual(Local.number, 0)
  }

  conformance("SE-0311: functions called see the binding, however deep, across suspensions") {
    await Local.$number.withValue(7) {
      _ = expectEqual(await readDeep(100), 7)
    }
  }

  conformance("SE-0311: async let children inherit") {
    await Local.$number.withValue(8) {
      async let read = readDeep(1)
      expectEqual(await read, 8)
    }
  }

  conformance("SE-0311: children of groups inherit") {
    await Local.$number.withValue(9) {
      await withTaskGroup(of: Int.self) { group in
        for _ in 0..<5 { group.addTask { await readDeep(1) } }
        expectEqual(await total(&group), 45)
      }
    }
  }

  conformance("SE-0311: children of children inherit") {
    let read = await Local.$number.withValue(10) {
      await withTaskGroup(of: Int.self) { group in
        group.addTask {
          async let inner = withTaskGroup(of: Int.self) { group in
            group.addTask { Local.number }
            return await group.next()!
          }
          return await inner
        }
        return await group.next()!
      }
    }
    expectEqual(read, 10)
  }

  conformance("SE-0311: a child's own binding does not reach its parent or siblings") {
    await Local.$number.withValue(1) {
      async let bound = Local.$number.withValue(2) { await readDeep(1) }
      async let unbound = readDeep(1)
      expectEqual(await bound, 2)
      expectEqual(await unbound, 1)
      expectEqual(Local.number, 1)
    }
  }

  conformance("SE-0311: Task {} copies the bindings, which outlive their scope") {
    let gate = Gate()
    let task = Local.$number.withValue(11) {
      Task {
        await gate.wait()
        return Local.number
      }
    }
    expectEqual(Local.number, 0)
    gate.open()
    expectEqual(await task.value, 11)
  }

  conformance("SE-0311: Task.detached starts without bindings") {
    let read = await Local.$number.withValue(12) {
      await Task.detached { Local.number }.value
    }
    expectEqual(read, 0)
  }

  conformance("SE-0311: an actor's methods see the caller's bindings") {
    let reader = Reader()
    await Local.$number.withValue(13) {
      expectEqual(await reader.read(), 13)
      expectEqual(await reader.readAfterYield(), 13)
    }
    expectEqual(await reader.read(), 0)
  }

  conformance("SE-0311: the main actor sees a detached task's bindings") {
    let read = await Task.detached {
      await Local.$number.withValue(14) { await MainActor.run { Local.number } }
    }.value
    expectEqual(read, 14)
  }

  conformance("SE-0311: optional values may be bound to nil") {
    Local.$text.withValue("outer") {
      Local.$text.withValue(nil) { _ = expect(Local.text == nil) }
      expect(Local.text == "outer")
    }
  }

  conformance("SE-0311: tuples may be bound") {
    Local.$pair.withValue((3, 4)) { _ = expect(Local.pair == (3, 4)) }
    expect(Local.pair == (1, 2))
  }

  conformance("SE-0311: a bound object lives as long as its binding") {
    let alive = Counter()
    await Local.$object.withValue(Tracked(1, in: alive)) {
      await Task.yield()
      expectEqual(alive.value, 1)
      expect(Local.object?.number == 1)
    }
    expectEqual(alive.value, 0)
  }

  conformance("SE-0311: a bound object lives as long as the tasks that inherited it") {
    let alive = Counter()
    let gate = Gate()
    let task = Local.$object.withValue(Tracked(2, in: alive)) {
      Task {
        await gate.wait()
        return Local.object?.number
      }
    }
    expectEqual(alive.value, 1)
    gate.open()
    expect(await task.value == 2)
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0311: get reads through the projected value") {
    Local.$number.withValue(15) { _ = expectEqual(Local.$number.get(), 15) }
  }

  conformance("SE-0311: synchronous code outside async functions may bind") {
    func plain() -> Int { Local.$number.withValue(16) { Local.number } }
    expectEqual(plain(), 16)
    expectEqual(Local.number, 0)
  }

  conformance("SE-0311: a hundred bindings nest and unwind") {
    func nest(_ depth: Int) async {
      if depth == 100 { return }
      await Local.$number.withValue(depth) {
        await nest(depth + 1)
        expectEqual(Local.number, depth)
      }
    }
    await nest(1)
    expectEqual(Local.number, 0)
  }

  conformance("SE-0311: concurrent tasks each see their own binding") {
    let isRight = await withTaskGroup(of: Bool.self) { group in
      for number in 1...50 {
        group.addTask {
          await Local.$number.withValue(number) {
            for _ in 0..<10 {
              await Task.yield()
              if Local.number != number { return false }
            }
            return true
          }
        }
      }
      return await allTrue(&group)
    }
    expect(isRight)
  }

  conformance("SE-0311: a child added inside withValue in a group's body inherits the binding") {
    await withTaskGroup(of: Int.self) { group in
      Local.$number.withValue(17) { group.addTask { Local.number } }
      expect(await group.next() == 17)
      group.addTask { Local.number }
      expect(await group.next() == 0)
    }
  }

  conformance("SE-0311: a cancellation handler sees nothing of the canceller's own task") {
    let journal = Journal<Int>()
    let begun = Gate()
    let task = Task.detached {
      await Local.$number.withValue(1) {
        await withTaskCancellationHandler {
          begun.open()
          while !Task.isCancelled { await Task.yield() }
          journal.append(Local.number)
        } onCancel: {
        }
      }
    }
    await begun.wait()
    Local.$number.withValue(2) { task.cancel() }
    await task.value
    expect(journal.entries == [1])
  }
}
