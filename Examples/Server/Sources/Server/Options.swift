/// What the program is told when it starts.
struct Options {
  var host = "127.0.0.1"
  var port = 8080
  /// The folder that `webble build` has made of the page.
  var site: String?
  /// How long clients have, at the end, to send the rest of a request and to take the answer.
  var patience = Duration.seconds(25)

  static let usage =
    "usage: Server [--host ADDRESS] [--port 0-65535] [--site FOLDER] [--patience SECONDS]"

  struct Invalid: Error {
    let message: String
  }

  init(_ arguments: [String]) throws(Invalid) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Invalid(message: "\(name) needs a value") }
      switch name {
      case "--host": host = value
      case "--site": site = value
      case "--port":
        guard let number = UInt16(value) else {
          throw Invalid(message: "--port \(value): a port is a number from 0 to 65535")
        }
        port = Int(number)
      case "--patience":
        guard let number = UInt16(value) else {
          throw Invalid(message: "--patience \(value): seconds are a whole number from 0 to 65535")
        }
        patience = .seconds(number)
      default: throw Invalid(message: "there is no option \(name)")
      }
    }
  }
}
