// `print` and its like for what the standard library's own take natively: several values, a stream, any terminator.

/// Ends a line, or prints the text instead.
public func print(terminator: String = "\n") { write(terminator) }

/// Prints a value and a text that need not be known at compile time after it.
@_disfavoredOverload
public func print(_ item: some CustomStringConvertible, terminator: String) {
  write(item.description + terminator)
}

/// One call for a whole line, so that lines of several threads are not mixed.
@inline(never)
private func write(_ text: String) { Swift.print(text, terminator: "") }

/// Prints values, each as it describes itself, on one line.
public func print<A: CustomStringConvertible, B: CustomStringConvertible>(
  _ a: A, _ b: B, separator: String = " ", terminator: String = "\n"
) {
  write([a.description, b.description].joined(separator: separator) + terminator)
}
/// The same of three values.
public func print<A: CustomStringConvertible, B: CustomStringConvertible, C: CustomStringConvertible>(
  _ a: A, _ b: B, _ c: C, separator: String = " ", terminator: String = "\n"
) {
  write([a.description, b.description, c.description].joined(separator: separator) + terminator)
}
/// The same of four values.
public func print<A: CustomStringConvertible, B: CustomStringConvertible, C: CustomStringConvertible, D: CustomStringConvertible>(
  _ a: A, _ b: B, _ c: C, _ d: D, separator: String = " ", terminator: String = "\n"
) {
  write([a.description, b.description, c.description, d.description].joined(separator: separator) + terminator)
}
/// The same of five values.
public func print<A: CustomStringConvertible, B: CustomStringConvertible, C: CustomStringConvertible, D: CustomStringConvertible, E: CustomStringConvertible>(
  _ a: A, _ b: B, _ c: C, _ d: D, _ e: E, separator: String = " ", terminator: String = "\n"
) {
  write([a.description, b.description, c.description, d.description, e.description].joined(separator: separator) + terminator)
}
/// The same of six values.
public func print<A: CustomStringConvertible, B: CustomStringConvertible, C: CustomStringConvertible, D: CustomStringConvertible, E: CustomStringConvertible, F: CustomStringConvertible>(
  _ a: A, _ b: B, _ c: C, _ d: D, _ e: E, _ f: F, separator: String = " ", terminator: String = "\n"
) {
  write([a.description, b.description, c.description, d.description, e.description, f.description].joined(separator: separator) + terminator)
}

/// Appends a value's description and the terminator to a stream, a `String` for example.
public func print<Target: TextOutputStream>(
  _ item: some CustomStringConvertible, separator: String = " ", terminator: String = "\n",
  to output: inout Target
) {
  output.write(item.description + terminator)
}
/// The same of two values.
public func print<Target: TextOutputStream>(
  _ a: some CustomStringConvertible, _ b: some CustomStringConvertible, separator: String = " ",
  terminator: String = "\n", to output: inout Target
) {
  output.write(a.description + separator + b.description + terminator)
}
/// The same of three values.
public func print<Target: TextOutputStream>(
  _ a: some CustomStringConvertible, _ b: some CustomStringConvertible,
  _ c: some CustomStringConvertible, separator: String = " ", terminator: String = "\n",
  to output: inout Target
) {
  output.write(
    a.description + separator + b.description + separator + c.description + terminator)
}

/// Prints a value for a programmer: texts in quotes.
public func debugPrint<Value: CustomStringConvertible>(_ item: Value, terminator: String = "\n") {
  write(textInside(item) + terminator)
}
/// Prints a value as it describes itself to a programmer.
@_disfavoredOverload
public func debugPrint<Value: CustomDebugStringConvertible>(
  _ item: Value, terminator: String = "\n"
) {
  write(item.debugDescription + terminator)
}

/// Prints values for a programmer, on one line.
public func debugPrint<A: CustomStringConvertible, B: CustomStringConvertible>(
  _ a: A, _ b: B, separator: String = " ", terminator: String = "\n"
) {
  write([textInside(a), textInside(b)].joined(separator: separator) + terminator)
}
/// The same of three values.
public func debugPrint<A: CustomStringConvertible, B: CustomStringConvertible, C: CustomStringConvertible>(
  _ a: A, _ b: B, _ c: C, separator: String = " ", terminator: String = "\n"
) {
  write([textInside(a), textInside(b), textInside(c)].joined(separator: separator) + terminator)
}
/// Appends a value for a programmer and the terminator to a stream.
public func debugPrint<Target: TextOutputStream>(
  _ item: some CustomStringConvertible, terminator: String = "\n", to output: inout Target
) {
  output.write(textInside(item) + terminator)
}

/// Prints a value and returns it. What a structure or an object consists of is not known here: it prints as it
/// describes itself.
@discardableResult
public func dump<Value: CustomStringConvertible>(_ value: Value) -> Value {
  write("- " + textInside(value) + "\n")
  return value
}
/// Prints an array's elements, one a line, and returns it.
@discardableResult
public func dump<Element: CustomStringConvertible>(_ values: [Element]) -> [Element] {
  write("▿ \(values.count) element\(values.count == 1 ? "" : "s")\n")
  for value in values { write("  - " + textInside(value) + "\n") }
  return values
}

extension String {
  /// A value as it describes itself.
  public init<Subject: CustomStringConvertible>(describing instance: Subject) {
    self = instance.description
  }

  /// A value for a programmer: texts in quotes.
  public init<Subject: CustomStringConvertible>(reflecting subject: Subject) {
    self = textInside(subject)
  }
  /// A value as it describes itself to a programmer.
  @_disfavoredOverload
  public init<Subject: CustomDebugStringConvertible>(reflecting subject: Subject) {
    self = subject.debugDescription
  }
}
