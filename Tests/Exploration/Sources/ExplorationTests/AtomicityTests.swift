import Webble
import WebbleTesting

private actor Account {
  private var balance = 100

  /// Looks, waits, and acts on what it has seen.
  func withdraw(_ amount: Int, checkingAgain: Bool) async -> Bool {
    guard balance >= amount else { return false }
    await Task.yield()
    if checkingAgain, balance < amount { return false }
    balance -= amount
    return true
  }

  func read() -> Int { balance }
  func write(_ value: Int) { balance = value }
  func add(_ amount: Int) { balance += amount }
}

private actor Cache {
  private var value: Int?
  private var loading: Task<Int, Never>?
  private(set) var loads = 0

  private func load() async -> Int {
    loads += 1
    await Task.yield()
    return 42
  }

  func get(sharing: Bool) async -> Int {
    if let value { return value }
    if sharing {
      if let loading { return await loading.value }
      let task = Task { await load() }
      loading = task
      let loaded = await task.value
      value = loaded
      return loaded
    }
    let loaded = await load()
    value = loaded
    return loaded
  }
}

/// Faults of code that takes several steps for one.
@MainActor func atomicityTests(_ isMended: Bool) {
  program("an actor acts after an await on what it saw before it", isMended) {
    await withPool { pool in
      let account = Account()
      let handles = (0..<2).map { _ in
        pool.spawnStealable { await account.withdraw(60, checkingAgain: isMended) }
      }
      for handle in handles { _ = await handle.value }
      let balance = await account.read()
      expect(balance >= 0, "the balance is \(balance)")
    }
  }

  program("two tasks read, add and write", isMended) {
    await withPool { pool in
      let account = Account()
      let handles = (0..<2).map { _ in
        pool.spawnStealable {
          if isMended {
            await account.add(1)
          } else {
            let seen = await account.read()
            await account.write(seen + 1)
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(await account.read(), 102)
    }
  }

  program("a cache loads what is loading already", isMended) {
    await withPool { pool in
      let cache = Cache()
      let handles = (0..<2).map { _ in pool.spawnStealable { await cache.get(sharing: isMended) } }
      for handle in handles { expectEqual(await handle.value, 42) }
      expectEqual(await cache.loads, 1)
    }
  }

  program("a list is looked at with one lock and changed with the next", isMended) {
    await withPool { pool in
      let items = Mutex<[Int]>([])
      let handles = (0..<2).map { _ in
        pool.spawnStealable {
          if isMended {
            items.withLock { if !$0.contains(7) { $0.append(7) } }
          } else {
            let isThere = items.withLock { $0.contains(7) }
            await Task.yield()
            if !isThere { items.withLock { $0.append(7) } }
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(items.withLock { $0.count }, 1)
    }
  }

  program("the main actor's state changes while a method of it waits", isMended) {
    let editor = Editor()
    await withPool { pool in
      let save = Task { @MainActor in await editor.save(pool, keepingCount: isMended) }
      let type = Task { @MainActor in
        await Task.yield()
        editor.type()
      }
      await save.value
      await type.value
      expect(editor.savedCount <= editor.count && (editor.isClean == (editor.savedCount == editor.count)))
    }
  }
}

@MainActor private final class Editor {
  var count = 1
  var savedCount = 0
  var isClean = false

  func type() {
    count += 1
    isClean = false
  }

  func save(_ pool: ThreadPool, keepingCount: Bool) async {
    let count = count
    savedCount = await pool.spawnStealable { count }.value
    isClean = keepingCount ? self.count == count : true
  }
}
