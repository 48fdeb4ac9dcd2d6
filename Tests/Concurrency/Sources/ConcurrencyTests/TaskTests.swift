import Support

/// Two values of any type, suspending in between.
private func pair<First, Second>(
  _ first: () async -> First, _ second: () async -> Second,
  isolation: isolated (any Actor)? = #isolation
) async -> (First, Second) {
  let first = await first()
  await Task.yield()
  return (first, await second())
}

private struct Reading {
  var number: Int
  var doubled: Int { get async { number * 2 } }
  var positive: Int {
    get async throws(TestError) {
      if number < 0 { throw .expected(number) }
      return number
    }
  }
  subscript(offset: Int) -> Int { get async { number + offset } }
}

private protocol Shape { func area() async -> Double }
private struct Square: Shape {
  var side: Double
  func area() async -> Double { side * side }
}
private struct Fixed: Shape { func area() -> Double { 1 } }

private func area<S: Shape>(_ shape: S) async -> Double { await shape.area() }

private class Base {
  func value() async -> Int { 1 }
}
private final class Derived: Base {
  override func value() async -> Int {
    await Task.yield()
    return await super.value() + 1
  }
}

@MainActor func taskTests() {
  conformance("SE-0296: an asynchronous function returns its value across suspensions") {
    func sum(_ count: Int) async -> Int {
      var sum = 0
      for number in 0..<count {
        sum += number
        await Task.yield()
      }
      return sum
    }
    expectEqual(await sum(10), 45)
  }

  conformance("SE-0296: operands are evaluated from left to right") {
    let journal = Journal<Int>()
    func note(_ number: Int) async -> Int {
      await Task.yield()
      journal.append(number)
      return number
    }
    expectEqual(await note(1) + note(2) * note(3), 7)
    expect(journal.entries == [1, 2, 3])
  }

  conformance("SE-0296: a synchronous function stands where an asynchronous one is asked for") {
    func call(
      _ body: () async -> Int, isolation: isolated (any Actor)? = #isolation
    ) async -> Int { await body() }
    func plain() -> Int { 6 }
    expectEqual(await call(plain), 6)
    expectEqual(await call { 7 }, 7)
  }

  conformance("SE-0296: defer runs at the end, after suspensions") {
    let journal = Journal<Int>()
    func run() async {
      defer { journal.append(2) }
      await Task.yield()
      journal.append(1)
    }
    await run()
    expect(journal.entries == [1, 2])
  }

  conformance("SE-0296: inout parameters live across suspensions") {
    func grow(
      _ numbers: inout [Int], isolation: isolated (any Actor)? = #isolation
    ) async {
      for number in 0..<5 {
        numbers.append(number)
        await Task.yield()
      }
    }
    var numbers: [Int] = []
    await grow(&numbers)
    expect(numbers == [0, 1, 2, 3, 4])
  }

  conformance("SE-0296: generic asynchronous functions") {
    let (number, text) = await pair({ 1 }, { "two" })
    expectEqual(number, 1)
    expectEqual(text, "two")
  }

  conformance("SE-0296: asynchronous requirements, and synchronous functions that meet them") {
    expect(await area(Square(side: 3)) == 9)
    expect(await area(Fixed()) == 1)
  }

  conformance("SE-0296: asynchronous methods are overridden") {
    let object: Base = Derived()
    expectEqual(await object.value(), 2)
  }

  conformance("SE-0310: asynchronous properties and subscripts, which may throw") {
    let reading = Reading(number: 4)
    expectEqual(await reading.doubled, 8)
    expectEqual(await reading[3], 7)
    do throws(TestError) {
      expectEqual(try await reading.positive, 4)
      _ = try await Reading(number: -1).positive
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(-1)) }
  }

  conformance("SE-0413: a typed error passes through asynchronous functions") {
    func inner(_ code: Int) async throws(TestError) -> Int {
      await Task.yield()
      throw .expected(code)
    }
    func outer(_ code: Int) async throws(TestError) -> Int { try await inner(code) + 1 }
    do throws(TestError) {
      _ = try await outer(3)
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(3)) }
  }

  conformance("SE-0304: a task gives its value to all that wait, before and after its end") {
    let gate = Gate()
    let task = Task.detached {
      await gate.wait()
      return 9
    }
    let waiters = (0..<10).map { _ in Task.detached { await task.value } }
    gate.open()
    for waiter in waiters { expectEqual(await waiter.value, 9) }
    expectEqual(await task.value, 9)
  }

  conformance("SE-0304: a task's error is thrown from value and given by result") {
    let code = 6
    let task = Task.detached { () async throws(TestError) -> Int in
      await Task.yield()
      throw .expected(code)
    }
    do throws(Thrown) {
      _ = try await task.value
      expect(false, "nothing thrown")
    } catch { expect(number(of: error) == 6) }
    switch await task.result {
    case .success: expect(false, "success")
    case .failure(let error): expect(number(of: error) == 6)
    }
  }

  conformance("SE-0304: a task that may throw and does not gives its value") {
    let count = 3
    let task = Task.detached { () async throws(TestError) -> [Int] in
      if count == 0 { throw .expected(0) }
      return Array(0..<count)
    }
    expect(try! await task.value == [0, 1, 2])
    if case .success(let value) = await task.result { expectEqual(value.count, 3) }
  }

  conformance("SE-0304: the result of a task that does not throw is a success") {
    let task = Task { 5 }
    switch await task.result {
    case .success(let value): expectEqual(value, 5)
    }
  }

  conformance("SE-0304: tasks without a handle run too") {
    let ran = Counter()
    for _ in 0..<10 { Task.detached { ran.increment() } }
    expect(await eventually { ran.value == 10 })
  }

  conformance("SE-0304: a task does not start before the current one suspends, on one actor") {
    var order: [Int] = []
    let task = Task { order.append(2) }
    order.append(1)
    await task.value
    order.append(3)
    expect(order == [1, 2, 3])
  }

  conformance("SE-0304: tasks of one actor that do not suspend run in order") {
    var order: [Int] = []
    let tasks = (0..<20).map { number in Task { order.append(number) } }
    for task in tasks { await task.value }
    expect(order == Array(0..<20))
  }

  conformance("SE-0304: a task's captures are released when it ends") {
    let alive = Counter()
    for number in 0..<10 {
      let captured = Tracked(number, in: alive)
      await Task.detached { work(captured.number) }.value
    }
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0304: a task's value is released with its last handle") {
    let alive = Counter()
    func make() async {
      let task = Task.detached { Tracked(1, in: alive) }
      expectEqual(await task.value.number, 1)
    }
    await make()
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0304: handles of the same task are equal") {
    let first = Task { 1 }
    let second = Task { 1 }
    let same = first
    expect(first == same && first != second)
    expectEqual(Set([first, same, second]).count, 2)
  }

  conformance("SE-0304: the base priority of the current task") {
    expect(await Task(priority: .low) { Task.basePriority }.value == .low)
    // A priority that nobody who waits could raise.
    let inherited = await Task(priority: .high) {
      await Task { Task.basePriority }.value
    }.value
    expect(inherited == .high)
    expect(await Task.detached { Task.basePriority }.value == .medium)
  }

  conformance("SE-0304: priorities of tasks and jobs are made of each other") {
    expect(JobPriority(TaskPriority.high).rawValue == TaskPriority.high.rawValue)
    expect(TaskPriority(JobPriority(rawValue: 0x11)) == .low)
    expect(TaskPriority(JobPriority(rawValue: 0)) == nil)
  }

  conformance("SE-0304: priorities are printed by their names") {
    expectEqual("\(TaskPriority.high)", "TaskPriority.high")
    expectEqual("\(TaskPriority.medium)", "TaskPriority.medium")
    expectEqual("\(TaskPriority.low)", "TaskPriority.low")
    expectEqual("\(TaskPriority.background)", "TaskPriority.background")
    expectEqual("\(TaskPriority(rawValue: 3))", "TaskPriority(rawValue: 3)")
  }

  conformance("SE-0304: a priority that is given is the base priority") {
    for priority in [TaskPriority.high, .medium, .low, .background] {
      let base = await Task(priority: priority) {
        withUnsafeCurrentTask { $0!.basePriority }
      }.value
      expect(base == priority)
    }
  }

  conformance("SE-0304: priorities are ordered") {
    expect(TaskPriority.background < .low && TaskPriority.low < .medium)
    expect(TaskPriority.medium < .high && TaskPriority.high == .userInitiated)
    expect(TaskPriority.utility == .low)
  }

  conformance("SE-0304: yield lets other tasks of the actor run") {
    var turns: [Int] = []
    let tasks = (0..<2).map { number in
      Task {
        for _ in 0..<3 {
          turns.append(number)
          await Task.yield()
        }
      }
    }
    for task in tasks { await task.value }
    expectEqual(turns.count, 6)
    expect(turns != [0, 0, 0, 1, 1, 1], "\(turns)")
  }

  conformance("SE-0304: sleep lasts at least its time") {
    let start = ContinuousClock.now
    try? await Task.sleep(for: .milliseconds(5))
    expect(ContinuousClock.now - start >= .milliseconds(5))
  }

  conformance("SE-0469: a task has the name that it was given") {
    expect(await Task(name: "first") { Task.name == "first" }.value)
    expect(await Task.detached(name: "second") { Task.name == "second" }.value)
    expect(await Task.detached { Task.name == nil }.value)
  }

  conformance("SE-0469: children of groups may have names, and inherit none") {
    let names = await Task(name: "parent") {
      await withTaskGroup(of: String?.self) { group in
        group.addTask(name: "child") { Task.name }
        let first = await group.next()!
        group.addTask { Task.name }
        return [first, await group.next()!]
      }
    }.value
    expect(names == ["child", nil])
  }

  conformance("SE-0343: top-level code is asynchronous: main suspends and comes back") {
    await Task.yield()
    expect(isOnMainThread)
  }

  conformance("SE-0302: functions that are @Sendable go to other tasks") {
    let factor = 3
    let scale: @Sendable (Int) -> Int = { $0 * factor }
    expectEqual(await Task.detached { scale(4) }.value, 12)
  }

  conformance("SE-0304: a chain of tasks that await each other") {
    var last = Task { 0 }
    for _ in 0..<500 {
      let previous = last
      last = Task.detached { await previous.value + 1 }
    }
    expectEqual(await last.value, 500)
  }
}
