/// What makes a page cross-origin isolated, so that it may share memory between threads.
enum Isolation {
  /// The headers of pages and of scripts that become workers.
  static let headers = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    // The same for one document alone, also in a frame of a page that is not isolated. Chromium has it from
    // version 137 on; others pass over it.
    ("Document-Isolation-Policy", "isolate-and-require-corp"),
  ]
}
