#if arch(wasm32)
import Synchronization

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
  let message = message()
  recordFailure(
    "\(value.description) is not \(expected.description)" + (message.isEmpty ? "" : ": " + message),
    file, line)
  return false
}

private func recordFailure(_ message: String, _ file: String, _ line: Int) {
  failures.add(1, ordering: .relaxed)
  print("\(file):\(line): \(message)")
}
#endif
