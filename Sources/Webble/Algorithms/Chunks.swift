extension ThreadPool {
  /// Calls `body` with parts of the array, each of `size` elements but for the last, which may have
  /// fewer, to be changed in place: nothing is copied, save that an array which others refer to is
  /// copied first, as by any change. Runs on all workers, in no particular order; may be called
  /// anywhere, also in tasks of this pool, which then take part.
  ///
  /// If the calling task is cancelled, or a call throws, calls that have not begun are left out,
  /// and those that still run find `Task.isCancelled` true. What has been changed stays changed.
  ///
  /// - Parameters:
  ///   - size: of a part, at least 1.
  ///   - body: is given the index of the part's first element in the array, and the part.
  /// - Throws: the first error that a call throws.
  @inline(__always)
  public func forEachChunk<Element: Sendable, Failure: Error>(
    of array: inout [Element], size: Int, isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable (Int, inout MutableSpan<Element>) throws(Failure) -> Void
  ) async throws(Failure) {
    require(size >= 1, "a chunk has at least one element")
    let memory = ArrayMemory(&array)
    let chunkCount = memory.count / size + (memory.count % size > 0 ? 1 : 0)
    try await forEach(0..<chunkCount, isolation: isolation) { (chunk) throws(Failure) in
      let start = chunk * size
      let count = Swift.min(size, memory.count - start)
      var part = UnsafeMutableBufferPointer(start: memory.base + start, count: count).mutableSpan
      try body(start, &part)
    }
  }
}
