// What a page tells tests and a native program does not, and the other way round.
import Webble

#if arch(wasm32)
@_spi(Webble) import _Concurrency
import WebbleAllocator

/// Whether workers are threads. Without isolation they take turns on the main thread, and what needs two
/// things to happen at the same time cannot be had.
public var hasThreads: Bool { isIsolated() }

/// Bytes that the program's allocator has in use.
public var usedByteCount: Int { Int(Allocator.statistics.usedByteCount) }

/// Whether the program runs on the web, on the SDK's concurrency library.
public let isOnWeb = true

/// Where code runs that prefers no executor, while no pool is the global one: natively on threads of the
/// concurrency library's.
public let threadOfNoPool: ThreadID? = .main

/// What a function of the concurrency library throws whose operation throws a `TestError`: natively
/// anything, in Embedded Swift that.
public typealias Thrown = TestError
/// What one throws that throws a `CancellationError`.
public typealias ThrownCancellation = CancellationError

/// Whether the error is `TestError.expected(number)`.
public func isExpected(_ error: TestError, _ number: Int) -> Bool { error == .expected(number) }
#else
public let hasThreads = true

/// Not known: the system's allocator does not tell.
public let usedByteCount = 0

public let isOnWeb = false

public let threadOfNoPool: ThreadID? = nil

public typealias Thrown = any Error
public typealias ThrownCancellation = any Error

public func isExpected(_ error: any Error, _ number: Int) -> Bool {
  error as? TestError == .expected(number)
}
#endif
