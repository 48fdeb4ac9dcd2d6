/// Where the program runs.
public enum JavaScriptEnvironment {
  /// Whether the program can use JavaScript: true on the web, in every engine, false in a native program,
  /// where whatever needs JavaScript stops with a message.
  public static var isAvailable: Bool {
    #if arch(wasm32)
      true
    #else
      false
    #endif
  }
}
