#!/bin/sh
# Lays swift-async-algorithms into a folder, changed so that the Embedded Swift of 6.3 compiles it: there an error
# becomes an `any Error` only by a call, and is looked at only by a call. Natively the result is upstream's.
# Usage: async-algorithms.sh FOLDER
set -eu

. "$(dirname "$0")/lay-package.sh"

begin apple/swift-async-algorithms 1.1.4 "${1:?usage: $0 FOLDER}"

sources=$laid/Sources/AsyncAlgorithms
rules='
s/\([ (]\)CancellationError()/\1_untyped(CancellationError())/
s/try Task\.checkCancellation()/if Task.isCancelled { throw _untyped(CancellationError()) }/
s/error as! \([A-Za-z.]*\)/_typed(error, as: \1.self)!/
s/error is CancellationError,/_typed(error, as: CancellationError.self) != nil,/
s/unexpected error \\(error) in/unexpected error in/
s/self\.clock\.sleep(until: deadline/_sleep(on: self.clock, until: deadline/
s/forEach { $0?\.resume(throwing: error) }/forEach { $0?.resume(throwing: _untyped(error)) }/
s/= \.terminated(\.failed(error))/= .terminated(.failed(_untyped(error)))/
s/for try await \(.*\) in \([a-zA-Z]*\) {/var elements = \2.makeAsyncIterator(); while let \1 = try await elements.next() {/
s/func get() throws -> Output/func getUntyped() throws -> Output/
s/return try get()/return try getUntyped()/
s/^extension Result: _ErrorMechanism {}$/extension Result: _ErrorMechanism where Failure == any Error {}/
'
find "$sources" -name '*.swift' | while read -r file; do
  change "$file" "$rules"
done
# Which of two functions a `for await` may have is not decided by their closures here.
for file in "$sources"/AsyncThrowing*ReductionsSequence.swift; do
  change "$file" 's/^  public func reductions/  @_disfavoredOverload public func reductions/'
done

cat >"$sources/UntypedErrors.swift" <<'END'
extension Result where Failure == any Error {
  func getUntyped() throws -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let error): throw error
    }
  }
}

#if hasFeature(Embedded)
  func _sleep<C: Clock>(
    on clock: C, until deadline: C.Instant, tolerance: C.Instant.Duration?
  ) async throws {
    do throws(CancellationError) {
      try await clock.sleep(until: deadline, tolerance: tolerance)
    } catch {
      throw _untyped(error)
    }
  }
#else
  @available(AsyncAlgorithms 1.0, *)
  func _sleep<C: Clock>(
    on clock: C, until deadline: C.Instant, tolerance: C.Instant.Duration?
  ) async throws {
    try await clock.sleep(until: deadline, tolerance: tolerance)
  }

  @inlinable func _untyped(_ error: any Error) -> any Error { error }

  @inlinable func _typed<Failure: Error>(_ error: any Error, as type: Failure.Type) -> Failure? {
    error as? Failure
  }
#endif
END
end
