#if !arch(wasm32)
/// What a throwing scope is made of. The toolchain's library knows only groups that throw anything.
typealias ScopeGroup<Failure: Error> = ThrowingDiscardingTaskGroup<any Error>

func withThrowingDiscardingTaskGroup<Failure: Error, Result>(
  throwing failureType: Failure.Type, isolation: isolated (any Actor)?,
  _ body: (inout ThrowingDiscardingTaskGroup<any Error>) async throws(Failure) -> Result
) async throws(Failure) -> Result {
  do {
    return try await withThrowingDiscardingTaskGroup(
      returning: Result.self, isolation: isolation
    ) { group in
      try await body(&group)
    }
  } catch {
    // Neither the body nor a child of the scope can throw another.
    throw error as! Failure
  }
}
#endif
