#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// How many expectations have not been met so far, on all threads.
let failures = Atomic(0)

/// Records a failure of the running test unless `condition` holds. Any thread.
///
/// - Returns: whether the condition holds, for tests that cannot go on otherwise.
@discardableResult
public func expect(
  _ condition: Bool, _ message: @autoclosure () -> String = "",
  file: String = #fileID, line: Int = #line
) -> Bool {
  if condition { return true }
  let message = message()
  recordFailure(message.isEmpty ? "expectation not met" : message, file, line)
  return false
}

/// Records a failure of the running test, with both values, unless they are equal. Any thread.
@discardableResult
public func expectEqual<Value: Equatable & CustomStringConvertible>(
  _ value: Value, _ expected: Value, _ message: @autoclosure () -> String = "",
  file: String = #fileID, line: Int = #line
) -> Bool {
  if value == expected { return true }
  recordDifference(value.description, expected.description, message(), file, line)
  return false
}

/// The same for optionals.
@discardableResult
public func expectEqual<Value: Equatable & CustomStringConvertible>(
  _ value: Value?, _ expected: Value?, _ message: @autoclosure () -> String = "",
  file: String = #fileID, line: Int = #line
) -> Bool {
  if value == expected { return true }
  recordDifference(
    value?.description ?? "nil", expected?.description ?? "nil", message(), file, line)
  return false
}

/// The same for arrays, whose elements Embedded Swift's arrays do not describe by themselves.
@discardableResult
public func expectEqual<Element: Equatable & CustomStringConvertible>(
  _ values: [Element], _ expected: [Element], _ message: @autoclosure () -> String = "",
  file: String = #fileID, line: Int = #line
) -> Bool {
  if values == expected { return true }
  recordDifference(text(values), text(expected), message(), file, line)
  return false
}

/// Records a failure of the running test unless the values are equal, which have no description. Any thread.
@_disfavoredOverload
@discardableResult
public func expectEqual<Value: Equatable>(
  _ value: Value, _ expected: Value, _ message: @autoclosure () -> String = "",
  file: String = #fileID, line: Int = #line
) -> Bool {
  if value == expected { return true }
  recordDifference("the value", "what is expected", message(), file, line)
  return false
}

func text<Element: CustomStringConvertible>(_ values: [Element]) -> String {
  "[" + values.map { $0.description }.joined(separator: ", ") + "]"
}

private func recordDifference(
  _ value: String, _ expected: String, _ message: String, _ file: String, _ line: Int
) {
  recordFailure("\(value) is not \(expected)" + (message.isEmpty ? "" : ": " + message), file, line)
}

private func recordFailure(_ message: String, _ file: String, _ line: Int) {
  failures.add(1, ordering: .relaxed)
  let text = "\(file):\(line): \(message)"
  #if arch(wasm32)
    // Explored schedules have one thread.
    if answers != nil { failureTexts.append(text) }
    if isQuiet { return }
  #endif
  print(text)
}
