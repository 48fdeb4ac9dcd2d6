#if arch(wasm32)
@_spi(Webble) import _Concurrency
import WebbleAllocator

/// Whether workers are threads. Without isolation they take turns on the main thread.
let hasThreads = isIsolated()

/// Bytes that the program's allocator has in use.
var usedByteCount: Int { Int(Allocator.statistics.usedByteCount) }
#else
let hasThreads = true

/// Not known: the system's allocator does not tell.
let usedByteCount = 0
#endif
