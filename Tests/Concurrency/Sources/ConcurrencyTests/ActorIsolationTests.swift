import Support

private actor Place {
  var count = 0

  /// Does the caller's work in this actor.
  func run(_ body: @Sendable (isolated Place) async -> Void) async { await body(self) }

  func startTask() -> Task<Bool, Never> {
    Task {
      // The task is isolated to the actor: it may change its state at once.
      count += 1
      return (#isolation as? Place) === self
    }
  }

  func callInherited() async -> Bool { await isolationIsInherited(expected: self) }
  func callSending() async -> Bool { await runsOnCaller(self) }
  func callConcurrent() async -> Bool { await leavesCaller() }
  func isHeld() -> Bool {
    preconditionIsolated()
    return true
  }
}

private func isolationIsInherited(
  expected: any Actor, isolation: isolated (any Actor)? = #isolation
) async -> Bool {
  let before = isolation === expected
  await Task.yield()
  let after = #isolation
  return before && after === expected
}

nonisolated(nonsending) private func runsOnCaller(_ place: Place) async -> Bool {
  place.preconditionIsolated()
  await Task.yield()
  place.preconditionIsolated()
  return isolation(is: place)
}

private func isolation(
  is place: Place, isolation: isolated (any Actor)? = #isolation
) -> Bool { isolation === place }

@concurrent private func leavesCaller() async -> Bool { #isolation == nil }

@MainActor private final class MainBound {
  let journal: Journal<Bool>
  init(_ journal: Journal<Bool>) { self.journal = journal }
  isolated deinit {
    MainActor.preconditionIsolated()
    journal.append(isOnMainThread)
  }
}

private actor Mortal {
  let journal: Journal<Bool>
  var number = 1
  init(_ journal: Journal<Bool>) { self.journal = journal }
  func touch() {}
  isolated deinit {
    number += 1
    preconditionIsolated()
    journal.append(number == 2)
  }
}

@MainActor func actorIsolationTests() {
  conformance("SE-0420: #isolation is the actor that the code is isolated to") {
    expect(#isolation === MainActor.shared)
    let place = Place()
    await place.run { place in expect(#isolation === place) }
    expect(await Task.detached { #isolation == nil }.value)
  }

  conformance("SE-0420: a function with an isolation parameter stays on its caller's actor") {
    expect(await isolationIsInherited(expected: MainActor.shared))
    expect(await Place().callInherited())
  }

  conformance("SE-0420: passing nil as the isolation leaves the actor") {
    func isNil(isolation: isolated (any Actor)? = #isolation) async -> Bool { isolation == nil }
    expect(await isNil(isolation: nil))
    expect(await !isNil())
  }

  conformance("SE-0431: an isolated function value tells its isolation") {
    let onMain: @isolated(any) @Sendable () -> Void = { @MainActor in }
    let nowhere: @isolated(any) @Sendable () -> Void = { @Sendable in }
    expect(onMain.isolation === MainActor.shared)
    expect(nowhere.isolation == nil)
  }

  conformance("SE-0431: a call of an isolated function value runs on its actor") {
    @Sendable func call(_ body: @isolated(any) @Sendable () -> Bool) async -> Bool { await body() }
    let isThere = await Task.detached { await call { @MainActor in isOnMainThread } }.value
    expect(isThere)
  }

  conformance("SE-0431: Task {} in an actor runs on that actor") {
    let place = Place()
    expect(await place.startTask().value)
    expectEqual(await place.count, 1)
  }

  conformance("SE-0304: Task {} on the main actor runs on the main thread") {
    expect(await Task { isOnMainThread }.value)
    expect(
      await Task {
        await Task.yield()
        return isOnMainThread
      }.value)
  }

  conformance("SE-0304: Task.detached is isolated to nothing") {
    expect(await Task.detached { #isolation == nil }.value)
  }

  conformance("SE-0338: a nonisolated async function runs off the caller's actor") {
    let place = Place()
    expect(await leavesCaller())
    expect(await place.callConcurrent())
  }

  conformance("SE-0338: the caller's actor is free while it awaits a nonisolated function") {
    let place = Place()
    let gate = Gate()
    @concurrent @Sendable func wait() async { await gate.wait() }
    let task = Task.detached {
      await place.run { _ in await wait() }
      return true
    }
    expect(await place.isHeld())
    gate.open()
    expect(await task.value)
  }

  conformance("SE-0461: nonisolated(nonsending) functions stay on the caller's actor") {
    expect(await Place().callSending())
    nonisolated(nonsending) func isThere() async -> Bool {
      await Task.yield()
      return isOnMainThread
    }
    expect(await isThere())
  }

  conformance("SE-0461: nonisolated(nonsending) closures stay on the caller's actor") {
    nonisolated(nonsending) func call(
      _ body: nonisolated(nonsending) () async -> Bool
    ) async -> Bool { await body() }
    let isThere = await call { isOnMainThread }
    expect(isThere)
  }

  conformance("SE-0461: @concurrent functions return to the caller's actor") {
    @concurrent func number() async -> Int { 4 }
    for _ in 0..<20 {
      expectEqual(await number(), 4)
      expect(isOnMainThread)
    }
  }

  conformance("SE-0371: an isolated deinit of a main actor's class runs on the main thread") {
    let journal = Journal<Bool>()
    do {
      let object = MainBound(journal)
      let task = Task.detached { [object] in _ = object }
      await task.value
    }
    expect(await eventually { journal.count == 1 })
    expect(journal.entries == [true])
  }

  conformance("SE-0371: an isolated deinit whose last release is elsewhere comes home") {
    let journal = Journal<Bool>()
    await withDiscardingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask {
          let object = await MainBound(journal)
          _ = object
        }
      }
    }
    expect(await eventually { journal.count == 20 }, "\(journal.count)")
    expect(journal.entries.allSatisfy { $0 })
  }

  conformance("SE-0371: an actor's isolated deinit may use its state") {
    let journal = Journal<Bool>()
    for _ in 0..<10 {
      let mortal = Mortal(journal)
      await mortal.touch()
    }
    expect(await eventually { journal.count == 10 }, "\(journal.count)")
    expect(journal.entries.allSatisfy { $0 })
  }

  conformance("SE-0430: a sending value moves into a task and back") {
    final class Mutable { var number = 1 }
    let mutable = Mutable()
    mutable.number = 5
    let task = Task.detached {
      mutable.number += 1
      return mutable.number
    }
    expectEqual(await task.value, 6)
  }

  conformance("SE-0414: a value that is not Sendable goes to an actor with its region") {
    final class Mutable { var number = 1 }
    actor Keeper {
      var kept: Mutable?
      func keep(_ mutable: sending Mutable) -> Int {
        kept = mutable
        return mutable.number
      }
    }
    expectEqual(await Keeper().keep(Mutable()), 1)
  }
}
