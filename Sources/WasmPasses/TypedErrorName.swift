/// The mangled name of a function that throws a typed error.
struct TypedErrorName {
  private let bytes: [UInt8]

  init(_ name: String) { bytes = Array(name.utf8) }

  /// Whether it is a closure, or a function that is one without more ado: one that belongs to no type and has no
  /// parameters. (What takes closures with parameters from a function's name gets a closure around it.)
  var mayBeCalledAsClosure: Bool {
    guard !isSpecializedForClosures, let error = lastIndex(of: "YK", before: bytes.count) else { return false }
    var index = error + 2
    while index < bytes.count, bytes[index] != UInt8(ascii: "F") {
      // The operators of closures, written and implicit.
      if has("fU", at: index) || has("fu", at: index) { return true }
      index += 1
    }
    guard index < bytes.count, !belongsToType, let effect = lastIndex(of: "Ya", before: error) else { return false }
    return effect > 0 && bytes[effect - 1] == UInt8(ascii: "y")
  }

  /// Whether it is a function that the optimiser has made for one call, of another that takes closures. It takes what
  /// those capture, is called as nothing but itself, and has their names in its own.
  private var isSpecializedForClosures: Bool {
    // Tf, the pass, a letter for each parameter, c or C for a closure, and an underscore.
    for index in bytes.indices where has("Tf", at: index) {
      let letters = bytes[(index + 2)...].drop { $0 == UInt8(ascii: "q") }
      guard let pass = letters.first, 0x30...0x39 ~= pass else { continue }
      if letters.prefix(while: { $0 != UInt8(ascii: "_") }).contains(where: { "cC".utf8.contains($0) }) { return true }
    }
    return false
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
