/// The mangled name of a function that throws a typed error.
struct TypedErrorName {
  private let bytes: [UInt8]

  init(_ name: String) { bytes = Array(name.utf8) }

  /// Whether it is a closure, or a function that is one without more ado: one that belongs to no type and has no
  /// parameters. (What takes closures with parameters from a function's name gets a closure around it.)
  var mayBeCalledAsClosure: Bool {
    guard let error = lastIndex(of: "YK", before: bytes.count) else { return false }
    var index = error + 2
    while index < bytes.count, bytes[index] != UInt8(ascii: "F") {
      // The operators of closures, written and implicit.
      if has("fU", at: index) || has("fu", at: index) { return true }
      index += 1
    }
    guard index < bytes.count, !belongsToType, let effect = lastIndex(of: "Ya", before: error) else { return false }
    return effect > 0 && bytes[effect - 1] == UInt8(ascii: "y")
  }

  /// Whether a type comes behind the module's name.
  private var belongsToType: Bool {
    // $s or $e, then identifiers with their lengths; LL makes one private.
    var index = 2
    while let length = number(at: &index) {
      index += length
      if has("LL", at: index) { index += 2 }
    }
    // Types, extensions, and names that repeat earlier ones.
    return index < bytes.count && "ACEOPV".utf8.contains(bytes[index])
  }

  private func number(at index: inout Int) -> Int? {
    var number = 0
    let start = index
    while index < bytes.count, 0x30...0x39 ~= bytes[index], number < bytes.count {
      number = number * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return index == start ? nil : number
  }

  private func has(_ text: StaticString, at index: Int) -> Bool {
    index + 2 <= bytes.count && bytes[index] == text.utf8Start[0] && bytes[index + 1] == text.utf8Start[1]
  }

  private func lastIndex(of text: StaticString, before end: Int) -> Int? {
    stride(from: end - 2, through: 0, by: -1).first { has(text, at: $0) }
  }
}
