#!/bin/sh
# Lays swift-async-algorithms into a folder, changed so that the Embedded Swift of 6.3 compiles it: there an error
# becomes an `any Error` only by a call, and is looked at only by a call. Natively the result is upstream's.
# Usage: async-algorithms.sh FOLDER
set -eu

version=1.1.4
folder=${1:?usage: $0 FOLDER}
[ ! -e "$folder/.webble-$version" ] || exit 0
if [ -e "$folder" ]; then
  echo "$folder exists and is not swift-async-algorithms $version as this script lays it; remove it first." >&2
  exit 1
fi

# Aside until it is whole.
laid=$folder.new
rm -rf "$laid"
git -c advice.detachedHead=false clone --quiet --branch "$version" \
  https://github.com/apple/swift-async-algorithms "$laid"
rm -rf "$laid/.git"

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
  sed "$rules" "$file" >"$file.changed"
  mv "$file.changed" "$file"
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
touch "$laid/.webble-$version"
mv "$laid" "$folder"
