/// The script without comments, indentation and empty lines: what a release build serves.
///
/// Reads lines, not JavaScript, and so counts on how the scripts in Glue/ are written: a comment takes
/// whole lines, or is a type (`/** @type {…} */`) within one; no string holds either, or spans lines.
func withoutComments(_ script: String) -> String {
  var isInComment = false
  let lines = script.split(separator: "\n").compactMap { line -> String? in
    let text = line.drop { $0 == " " }
    if isInComment || text.hasPrefix("/*") && !text.dropFirst(2).contains("*/") {
      isInComment = !text.hasSuffix("*/")
      return nil
    }
    let code = text.hasPrefix("//") ? "" : text.replacing(/\/\*\* @[^*]*\*\/ ?/, with: "")
    return code.isEmpty || code.hasPrefix("/*") && code.hasSuffix("*/") ? nil : String(code)
  }
  return lines.joined(separator: "\n") + "\n"
}
