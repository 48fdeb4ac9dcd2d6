#if arch(wasm32)
import Support

/// Lets a task that is cancelled, and knows it, run `body`.
private func inCancelledTask<Result: Sendable>(_ body: sending @escaping () async -> Result) async -> Result {
  await Task {
    withUnsafeCurrentTask { $0?.cancel() }
    return await body()
  }.value
}

@MainActor func cancellationShieldTests() {
  conformance("SE-0504: inside a shield a task is not cancelled, outside it is") {
    expect(
      await inCancelledTask {
        let before = Task.isCancelled
        let inside = withTaskCancellationShield { Task.isCancelled }
        let suspended = await withTaskCancellationShield {
          await Task.yield()
          return Task.isCancelled
        }
        return before && !inside && !suspended && Task.isCancelled
      })
  }

  conformance("SE-0504: a cancellation that comes during a shield is seen after it") {
    let begun = Gate()
    let gate = Gate()
    let task = Task.detached {
      let inside = await withTaskCancellationShield {
        begun.open()
        await gate.wait()
        return Task.isCancelled
      }
      return !inside && Task.isCancelled
    }
    await begun.wait()
    task.cancel()
    expect(task.isCancelled)
    gate.open()
    expect(await task.value)
  }

  conformance("SE-0504: shields nest") {
    expect(
      await inCancelledTask {
        withTaskCancellationShield {
          withTaskCancellationShield {}
          return !Task.isCancelled && Task.hasActiveCancellationShield
        } && Task.isCancelled && !Task.hasActiveCancellationShield
      })
  }

  conformance("SE-0504: checkCancellation and sleep do not throw inside a shield") {
    expect(
      await inCancelledTask {
        await withTaskCancellationShield {
          do throws(ThrownCancellation) {
            try Task.checkCancellation()
            try await Task.sleep(for: .milliseconds(1))
            return true
          } catch { return false }
        }
      })
  }

  conformance("SE-0504: errors come out of a shield, and end it") {
    let thrown = await inCancelledTask {
      do throws(TestError) {
        return try await withTaskCancellationShield { () async throws(TestError) -> Int in
          await Task.yield()
          throw .expected(4)
        }
      } catch { return Task.isCancelled ? number(of: error) : 0 }
    }
    expectEqual(thrown, 4)
  }

  conformance("SE-0504: a handler that is added inside a shield is never called") {
    let calls = Counter()
    let begun = Gate()
    let gate = Gate()
    let task = Task.detached {
      await withTaskCancellationShield {
        await withTaskCancellationHandler {
          begun.open()
          await gate.wait()
        } onCancel: {
          calls.increment()
        }
        withUnsafeCurrentTask { $0?.cancel() }
        await withTaskCancellationHandler {} onCancel: { calls.increment() }
      }
    }
    await begun.wait()
    task.cancel()
    gate.open()
    await task.value
    expectEqual(calls.value, 0)
  }

  conformance("SE-0504: a handler that was added before the shield is called") {
    let calls = Counter()
    let begun = Gate()
    let gate = Gate()
    let task = Task.detached {
      await withTaskCancellationHandler {
        await withTaskCancellationShield {
          begun.open()
          await gate.wait()
        }
      } onCancel: {
        calls.increment()
      }
    }
    await begun.wait()
    task.cancel()
    expectEqual(calls.value, 1)
    gate.open()
    await task.value
  }

  conformance("SE-0504: children made inside a shield are not cancelled with their parent") {
    let begun = Gate()
    let gate = Gate()
    let task = Task.detached {
      await withTaskCancellationShield {
        async let child = {
          await gate.wait()
          return !Task.isCancelled
        }()
        let inGroup = await withTaskGroup(of: Bool.self) { group in
          group.addTask {
            begun.open()
            await gate.wait()
            return !Task.isCancelled
          }
          await gate.wait()
          let added = group.addTaskUnlessCancelled { !Task.isCancelled }
          let isTrue = await allTrue(&group)
          return added && !group.isCancelled && isTrue
        }
        return await child && inGroup
      }
    }
    await begun.wait()
    task.cancel()
    gate.open()
    expect(await task.value)
  }

  conformance("SE-0504: children made before a shield are cancelled with their parent") {
    let begun = Gate()
    let gate = Gate()
    let task = Task.detached {
      async let child = {
        await gate.wait()
        return Task.isCancelled
      }()
      let inGroup = await withTaskGroup(of: Bool.self) { group in
        withTaskCancellationShield {
          group.addTask {
            await gate.wait()
            return Task.isCancelled
          }
        }
        await withTaskCancellationShield {
          begun.open()
          await gate.wait()
        }
        return await allTrue(&group)
      }
      return await child && inGroup
    }
    await begun.wait()
    task.cancel()
    gate.open()
    expect(await task.value)
  }

  conformance("SE-0504: inside a shield a group may be cancelled by hand") {
    let cancelled = await withTaskCancellationShield {
      await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          while !Task.isCancelled { await Task.yield() }
          return true
        }
        group.cancelAll()
        let isRefused = !group.addTaskUnlessCancelled { true }
        let isTrue = await allTrue(&group)
        return isTrue && isRefused
      }
    }
    expect(cancelled)
  }

  conformance("SE-0504: handles, and the current task's own, tell the truth") {
    expect(
      await inCancelledTask {
        withTaskCancellationShield {
          withUnsafeCurrentTask { $0!.isCancelled && $0!.hasActiveCancellationShield }
        }
      })
    let other = Task {}
    other.cancel()
    expect(withTaskCancellationShield { other.isCancelled })
  }

  conformance("SE-0504: an unstructured task made inside a shield has none") {
    let gate = Gate()
    let task = withTaskCancellationShield {
      Task {
        await gate.wait()
        return Task.isCancelled && !Task.hasActiveCancellationShield
      }
    }
    task.cancel()
    gate.open()
    expect(await task.value)
  }
}
#endif
