#if !arch(wasm32)
/// Where the workers' script comes from: natively from nowhere.
struct WorkerSource {
  static var glue: WorkerSource { WorkerSource() }

  private init() {}

  /// - Parameters: ignored.
  init(url: String, isScript: Bool) {}

  func deallocate() {}
}
#endif
