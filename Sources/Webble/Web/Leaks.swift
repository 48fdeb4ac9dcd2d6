#if arch(wasm32)
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// For the glue, of builds for inspection, when `main` has returned: what is lost, as a text, which is empty if nothing
/// is; `webble_end_dump` frees it.
///
/// - Parameter withObjects: whether to tell of objects that only each other hold, too.
/// - Returns: its address, and in the lower half its length; 0 while workers run, whose stacks hold what nobody sees.
@_cdecl("webble_find_leaks")
public func findLeaksOfProgram(_ withObjects: Bool) -> UInt64 {
  let pools = allPools()
  var stacks: [UnsafeMutableRawPointer] = []
  var own = pools.map { UnsafeMutableRawPointer($0) }
  for pool in pools {
    for index in 0..<pool.pointee.workerCount {
      let worker = pool.pointee.worker(index)
      if worker.pointee.isInTurn, !worker.pointee.isVirtual { return 0 }
      own.append(UnsafeMutableRawPointer(worker))
      if let memory = worker.pointee.threadMemory { stacks.append(memory) }
    }
  }
  let leaks = findLeaks(own: own) { stacks.contains($0) ? PoolLifecycle.stackByteCount : 0 }
  guard var leaks else { return lend("") }
  if !withObjects { leaks.objects = [] }
  return lend(text(of: leaks, pools).joined(separator: "\n"))
}

private func text(of leaks: Leaks, _ pools: [PoolPointer]) -> [String] {
  var lines: [String] = []
  if !leaks.tasks.isEmpty {
    let dump = makeDump(of: pools)
    let isOne = leaks.tasks.count == 1
    lines.append(
      "Leaks: \(counted(leaks.tasks.count, "task")) can never go on: nothing is left that could resume \(isOne ? "it" : "them")")
    let lost = dump.tasks.filter { leaks.tasks.contains(UInt32($0.identifier)) }
    for task in lost.prefix(20) { lines += task.lines(in: dump) }
    if lost.count > 20 { lines.append("and \(lost.count - 20) more") }
  }
  if !leaks.objects.isEmpty {
    let count = leaks.objects.reduce(0) { $0 + $1.count }
    lines.append(
      "Leaks: \(counted(count, "object")) in circles of references, which nothing else refers to; "
        + "with what they hold \(leaks.byteCount) bytes")
    for kind in leaks.objects.prefix(20) { lines.append("    \(kind.count) of \(kind.name)") }
    lines.append("    `webble run --leaks` tells which code has allocated them.")
  }
  return lines
}

extension LeakedObjects {
  /// The class, as the function that frees its objects tells, and where it is declared.
  fileprivate var name: String {
    let function = DumpedFunction(functionName(destroyer))
    let parts = function.name.split(separator: ".")
    let type = parts.last == "__deallocating_deinit" ? parts.dropLast().joined(separator: ".") : "what closures have captured"
    return function.place.isEmpty ? type : "\(type) \(function.place)"
  }
}
#endif
