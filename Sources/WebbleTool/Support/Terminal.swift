import Foundation
import Rainbow

/// What the tool itself says goes to the error stream; standard output is the program's.
enum Terminal {
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  static func note(_ message: String) {
    write(line: message, to: STDERR_FILENO)
  }

  static func error(_ message: String) {
    let label = errorIsTerminal ? "error:".red.bold : "error:"
    write(line: "\(label) \(message)", to: STDERR_FILENO)
  }

  /// Writes one whole line with as few system calls as the descriptor allows, so that lines of
  /// several tasks do not mix.
  static func write(line: String, to descriptor: Int32) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        #if canImport(Darwin)
        Darwin.write(descriptor, $0.baseAddress, $0.count)
        #else
        Glibc.write(descriptor, $0.baseAddress, $0.count)
        #endif
      }
      if count > 0 {
        offset += count
      } else if errno != EINTR && errno != EAGAIN {
        return  // The reader is gone: there is nobody left to tell.
      }
    }
  }
}
