/// Tells from the name section which functions of a linked module are asynchronous.
///
/// LLVM cuts an asynchronous Swift function at its suspension points. The parts keep the name and
/// get the suffix `TY<n>_` or `TQ<n>_`, so a part is known for certain, and so is a function that
/// has parts. A function without suspension points has none; its own mangled name must tell.
struct AsyncFunctions {
  /// What a function is to the tail-call pass.
  enum Kind {
    /// Keeps its frame, for stack traces.
    case synchronous
    /// A Swift accessor, whose name would not tell if it were asynchronous.
    case accessor
    /// Swift code whose every exit hands over to an asynchronous function.
    case asynchronous
    /// Part of the concurrency runtime: perhaps what asynchronous code hands over to, and hands
    /// over in turn, but it also has functions that lend their frame to what they call last.
    case runtime
    /// Ends the program. The compiler lets an asynchronous function return after such a call, so it
    /// looks like the last one of many; its caller's frame belongs in the report.
    case stopping
  }

  private var kinds: [Kind] = []

  func kind(_ function: Int) -> Kind {
    function < kinds.count ? kinds[function] : .synchronous
  }

  init(_ layout: ModuleLayout, _ module: ByteReader) {
    var split: Set<String> = []
    var undecided: [(function: Int, name: Range<Int>)] = []
    kinds = Array(repeating: .synchronous, count: layout.functionNames.count)
    for function in layout.importedFunctionCount..<layout.functionNames.count {
      let name = layout.functionNames[function]
      if module.endsProgram(name) {
        kinds[function] = .stopping
        continue
      }
      if module.isRuntimeFunction(name) {
        kinds[function] = .runtime
        continue
      }
      var base = name
      if module.removeSuffixes(&base) {
        kinds[function] = .asynchronous
        split.insert(module.string(base))
      } else {
        undecided.append((function, base))
      }
    }
    for (function, base) in undecided where base.count > 2 {
      let text = UnsafeBufferPointer(start: module.base + base.lowerBound, count: base.count)
      if split.contains(module.string(base)) {
        kinds[function] = .asynchronous
        continue
      }
      switch MangledEffect(of: text) {
      case .asynchronous: kinds[function] = .asynchronous
      case .untold: kinds[function] = .accessor
      case .synchronous: break
      }
    }
  }
}

extension ByteReader {
  /// Whether the function reports a failure and never returns, or is a specialization of one.
  fileprivate func endsProgram(_ name: Range<Int>) -> Bool {
    contains(name, "webble_fatal_error") || contains(name, "17_assertionFailure")
      || contains(name, "18_fatalErrorMessage")
  }

  fileprivate func isRuntimeFunction(_ name: Range<Int>) -> Bool {
    hasPrefix(name, "swift_") || hasPrefix(name, "webble_")
  }

  /// Takes off what LLVM adds to a name: `.<n>` where it had to make it unique, `Tm` where it
  /// merged functions, and the suffixes of the parts of an asynchronous function.
  ///
  /// - Returns: Whether one of those was among them.
  func removeSuffixes(_ name: inout Range<Int>) -> Bool {
    var isPart = false
    while true {
      let lower = name.lowerBound
      var upper = name.upperBound
      if name.count > 2, equals(upper - 2..<upper, "Tm") {
        name = lower..<upper - 2
        continue
      }
      let isIndex = name.count > 1 && base[upper - 1] == UInt8(ascii: "_")
      if isIndex { upper -= 1 }
      let digits = upper
      while upper > lower, 0x30...0x39 ~= base[upper - 1] { upper -= 1 }
      guard upper < digits else { return isPart }
      if isIndex {
        guard upper - lower > 2,
          equals(upper - 2..<upper, "TY") || equals(upper - 2..<upper, "TQ")
        else { return isPart }
        name = lower..<upper - 2
        isPart = true
      } else {
        guard upper - lower > 1, base[upper - 1] == UInt8(ascii: ".") else { return isPart }
        name = lower..<upper - 1
      }
    }
  }
}
