import Support

private actor Account {
  private(set) var balance = 0
  private(set) var overlaps = 0
  private var isInside = false

  func add(_ amount: Int) {
    if isInside { overlaps += 1 }
    isInside = true
    for _ in 0..<amount { balance += 1 }
    isInside = false
  }

  /// Suspends in the middle: others may come in.
  func addTwice(_ gate: Gate) async -> Int {
    balance += 1
    await gate.wait()
    balance += 1
    return balance
  }

  func transfer(_ amount: Int, to other: Account) async {
    balance -= amount
    await other.add(amount)
  }

  func fail(_ code: Int) throws(TestError) { throw .expected(code) }

  subscript(offset: Int) -> Int { balance + offset }

  nonisolated let name = "account"
  nonisolated func describe() -> String { name }
}

private actor Chain {
  var entries: [Int] = []
  func append(_ entry: Int) { entries.append(entry) }
}

@globalActor private actor Registry {
  static let shared = Registry()
  func isHeld() -> Bool {
    preconditionIsolated()
    return true
  }
}

@Registry private var registered: [Int] = []
@Registry private func register(_ number: Int) { registered.append(number) }
@Registry private func clear() { registered = [] }

@Registry private final class Store {
  var items: [Int] = []
  func add(_ item: Int) async {
    items.append(item)
    await Task.yield()
  }
}

@MainActor private final class View {
  var updates = 0
  func update() { updates += 1 }
  nonisolated init() {}
}

@MainActor func actorTests() {
  conformance("SE-0306: an actor's methods are called from outside with await") {
    let account = Account()
    await account.add(3)
    expectEqual(await account.balance, 3)
    expectEqual(await account[4], 7)
  }

  conformance("SE-0306: calls from many tasks are mutually exclusive") {
    let account = Account()
    await withDiscardingTaskGroup { group in
      for _ in 0..<50 { group.addTask { for _ in 0..<20 { await account.add(3) } } }
    }
    expectEqual(await account.balance, 3000)
    expectEqual(await account.overlaps, 0)
  }

  conformance("SE-0306: nonisolated members are called without await") {
    let account = Account()
    expectEqual(account.name, "account")
    expectEqual(account.describe(), "account")
  }

  conformance("SE-0306: an actor that suspends lets others in") {
    let account = Account()
    let gate = Gate()
    let task = Task.detached { await account.addTwice(gate) }
    while await account.balance == 0 { await Task.yield() }
    await account.add(10)
    expectEqual(await account.balance, 11)
    gate.open()
    expectEqual(await task.value, 12)
  }

  conformance("SE-0306: an actor may call itself through others without a deadlock") {
    actor Ping {
      func ping(_ count: Int, _ pong: Pong) async -> Int {
        count == 0 ? 0 : await pong.pong(count - 1, self) + 1
      }
    }
    actor Pong {
      func pong(_ count: Int, _ ping: Ping) async -> Int {
        count == 0 ? 0 : await ping.ping(count - 1, self) + 1
      }
    }
    expectEqual(await Ping().ping(101, Pong()), 101)
  }

  conformance("SE-0306: transfers between two actors keep the sum") {
    let first = Account()
    let second = Account()
    await withDiscardingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask { await first.transfer(1, to: second) }
        group.addTask { await second.transfer(1, to: first) }
      }
    }
    expectEqual(await first.balance + second.balance, 0)
  }

  conformance("SE-0306: calls of one task run in its order") {
    let chain = Chain()
    for number in 0..<100 { await chain.append(number) }
    expect(await chain.entries == Array(0..<100))
  }

  conformance("SE-0306: errors leave an actor's method") {
    let account = Account()
    do throws(TestError) {
      try await account.fail(4)
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(4)) }
    await account.add(1)
    expectEqual(await account.balance, 1)
  }

  conformance("SE-0306: an actor waits as long as its task is suspended, not its executor") {
    let accounts = (0..<20).map { _ in Account() }
    let gate = Gate()
    let tasks = accounts.map { account in Task.detached { await account.addTwice(gate) } }
    for account in accounts { await account.add(1) }
    gate.open()
    for task in tasks { expect(await task.value >= 2) }
  }

  conformance("SE-0306: an actor is released when its last call has ended") {
    actor Owner {
      let tracked: Tracked
      init(_ tracked: Tracked) { self.tracked = tracked }
      func touch() async -> Int {
        await Task.yield()
        return tracked.number
      }
    }
    let alive = Counter()
    for number in 0..<20 {
      expectEqual(await Owner(Tracked(number, in: alive)).touch(), number)
    }
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0313: isolated parameters isolate a free function") {
    func addThrice(_ account: isolated Account) {
      account.add(1)
      account.add(1)
      account.add(1)
    }
    let account = Account()
    await addThrice(account)
    expectEqual(await account.balance, 3)
  }

  conformance("SE-0313: a closure with an isolated parameter runs on that actor") {
    let account = Account()
    let body: @Sendable (isolated Account) -> Int = { account in
      account.preconditionIsolated()
      account.add(2)
      return account.balance
    }
    expectEqual(await body(account), 2)
  }

  conformance("SE-0316: the main actor's functions run on the main thread from anywhere") {
    @MainActor func place() -> Bool { isOnMainThread }
    expect(place())
    expect(await Task.detached { await place() }.value)
    let isThere = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 { group.addTask { await place() } }
      return await allTrue(&group)
    }
    expect(isThere)
  }

  conformance("SE-0316: a class of the main actor is used from other tasks by hops") {
    let view = View()
    await withDiscardingTaskGroup { group in
      for _ in 0..<30 { group.addTask { await view.update() } }
    }
    expectEqual(view.updates, 30)
  }

  conformance("SE-0316: MainActor.run runs a closure there and gives its result") {
    let result = await Task.detached {
      await MainActor.run { isOnMainThread ? 5 : 0 }
    }.value
    expectEqual(result, 5)
  }

  conformance("SE-0316: MainActor.assumeIsolated in synchronous code of the main actor") {
    nonisolated func plain() -> Bool { MainActor.assumeIsolated { isOnMainThread } }
    expect(plain())
    MainActor.preconditionIsolated()
    MainActor.assertIsolated()
  }

  conformance("SE-0316: the code after a hop is back on the main actor") {
    let account = Account()
    for _ in 0..<20 {
      await account.add(1)
      expect(isOnMainThread)
    }
  }

  conformance("SE-0316: a global actor of one's own isolates variables and functions") {
    await clear()
    await withDiscardingTaskGroup { group in
      for number in 0..<50 { group.addTask { await register(number) } }
    }
    expect(await registered.sorted() == Array(0..<50))
  }

  conformance("SE-0316: closures of a global actor run on its shared instance") {
    let task = Task { @Registry in
      Registry.shared.assertIsolated()
      clear()
      register(1)
      return registered.count
    }
    expectEqual(await task.value, 1)
    expect(await Registry.shared.isHeld())
  }

  conformance("SE-0316: a class of a global actor is mutually exclusive between suspensions") {
    let store = Store()
    await withDiscardingTaskGroup { group in
      for number in 0..<40 { group.addTask { await store.add(number) } }
    }
    expectEqual(await store.items.count, 40)
  }

  conformance("SE-0392: assumeIsolated and preconditionIsolated inside the actor") {
    actor Place {
      var number = 3
      func look() async -> Int {
        preconditionIsolated()
        let before = read()
        await Task.yield()
        assertIsolated()
        return before + read()
      }
      nonisolated func read() -> Int { assumeIsolated { $0.number } }
    }
    expectEqual(await Place().look(), 6)
  }

  conformance("SE-0327: an actor's asynchronous initializer may call its methods") {
    actor Filled {
      var items: [Int] = []
      init(_ count: Int) async {
        items = []
        await fill(count)
      }
      func fill(_ count: Int) async {
        for item in 0..<count {
          items.append(item)
          await Task.yield()
        }
      }
    }
    expectEqual(await Filled(5).items.count, 5)
  }

  conformance("SE-0306: actors conform to protocols with asynchronous requirements") {
    protocol Source: Actor { func next() async -> Int }
    actor Ones: Source {
      var given = 0
      func next() -> Int {
        given += 1
        return given
      }
    }
    func sum<S: Source>(_ source: S) async -> Int { await source.next() + source.next() }
    expectEqual(await sum(Ones()), 3)
  }

  conformance("SE-0306: a generic actor") {
    actor Box<Value: Sendable> {
      private var values: [Value] = []
      func put(_ value: Value) { values.append(value) }
      func take() -> Value? { values.popLast() }
    }
    let numbers = Box<Int>()
    await numbers.put(1)
    expect(await numbers.take() == 1)
    expect(await numbers.take() == nil)
    let texts = Box<String>()
    await texts.put("text")
    expect(await texts.take() == "text")
  }
}
