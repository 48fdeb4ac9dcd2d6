#if !arch(wasm32)
import NativeScheduler

// Natively the concurrency library keeps no record of its tasks that could be read, so dumps tell of workers only.

func willWait(for kind: Awaited, at object: AnyObject) {}
func willBlock(at word: UnsafeRawPointer?) {}
func hasLocked(_ object: AnyObject) {}
func willUnlock(_ object: AnyObject) {}
func willReturnError() {}
var knowsWhenTasksAreReady: Bool { false }

/// Schedules are explored on the web only: see SDK/_Concurrency/Exploration/Exploration.swift.
enum SharedAccess { case lock, primitive }
@inline(__always) func willAccess(_ access: SharedAccess) {}
@inline(__always) func didLock(_ lock: UnsafeRawPointer, isShared: Bool = false) {}
@inline(__always) func didUnlock(_ lock: UnsafeRawPointer) {}

private let openPools = Mutex<[PoolPointer]>([])

func list(_ pool: PoolPointer) { openPools.withLockBriefly { $0.append(pool) } }
func unlist(_ pool: PoolPointer) { openPools.withLockBriefly { pools in pools.removeAll { $0 == pool } } }
func allPools() -> [PoolPointer] { openPools.withLockBriefly { $0 } }

func makeDump(of pools: [PoolPointer]) -> PoolDump {
  let workers = pools.indices.flatMap { pool in
    (0..<pools[pool].pointee.workerCount).map { WorkerDump(pools[pool].pointee.worker($0), pool: pool) }
  }
  return PoolDump(workers: workers, tasks: [], recordsTasks: false)
}
#endif
