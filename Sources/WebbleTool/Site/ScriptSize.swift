/// The script without comments and without the white space that means nothing: what a release build serves.
///
/// Reads lines, not JavaScript, and so counts on how the scripts in Glue/ are written: a comment takes
/// whole lines, or is a type (`/** @type {…} */`) within one; no string holds either; no string, template
/// or regular expression spans lines, or has another of its kind within; a regular expression does not
/// begin with a space, and a division has spaces around it.
func shortened(_ script: String) -> String {
  var isInComment = false
  let lines = script.split(separator: "\n").compactMap { line -> String? in
    let text = line.drop { $0 == " " }
    if isInComment || text.hasPrefix("/*") && !text.dropFirst(2).contains("*/") {
      isInComment = !text.hasSuffix("*/")
      return nil
    }
    let code = text.hasPrefix("//") ? "" : text.replacing(/\/\*\* @[^*]*\*\/ ?/, with: "")
    return code.isEmpty || code.hasPrefix("/*") && code.hasSuffix("*/") ? nil : withoutSpaces(code)
  }
  // After these no statement ends by the end of its line.
  return (lines.joined(separator: "\n") + "\n").replacing(/([{;,(])\n/) { $0.1 }
}

/// The line without spaces beside punctuation, except for those that divide, and signs that would meet their like.
private func withoutSpaces(_ line: Substring) -> String {
  let literal = #/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|/(?![ *])(?:[^/\\\[]|\\.|\[[^\]]*\])+//#
  let punctuation = #/\ *([!=<>?:;,(){}\[\]&|]+)\ */#
  let sign = #/\ ([-+*]=?)\ (?=[\w(])/#
  func short(_ code: Substring) -> Substring { code.replacing(sign) { $0.1 }.replacing(punctuation) { $0.1 } }
  var result = ""
  var rest = line.startIndex
  for match in line.matches(of: literal) {
    result += short(line[rest..<match.range.lowerBound]) + line[match.range]
    rest = match.range.upperBound
  }
  return result + short(line[rest...])
}
