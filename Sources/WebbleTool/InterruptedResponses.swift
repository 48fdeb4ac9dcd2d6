import FlyingFox
import FlyingSocks
import Foundation

/// What the page of `webble test` can ask its server for, to see what a program makes of a bad network.
enum InterruptedResponse: String {
  /// There is no answer.
  case unanswered
  /// Of the body there comes a beginning, and the rest never.
  case unfinished
  /// After the beginning of the body the connection ends.
  case cutOff = "cut-off"

  static let prefix = "/.webble/test/"

  init?(path: String) {
    guard path.hasPrefix(Self.prefix) else { return nil }
    self.init(rawValue: String(path.dropFirst(Self.prefix.count)))
  }

  func answer() async throws -> HTTPResponse {
    if self == .unanswered { try await untilCancelled() }
    return HTTPResponse(
      statusCode: .ok, headers: [.contentType: "text/plain"],
      body: HTTPBodySequence(from: Body(isCutOff: self == .cutOff), count: 1000))
  }

  private struct Body: AsyncBufferedSequence, AsyncBufferedIteratorProtocol {
    typealias Element = UInt8
    let isCutOff: Bool
    var hasBegun = false

    func makeAsyncIterator() -> Body { self }

    mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      if !hasBegun {
        hasBegun = true
        return Array("begun".utf8)
      }
      if isCutOff { throw SocketError.disconnected }
      try await untilCancelled()
      return nil
    }
  }
}

private func untilCancelled() async throws {
  while true { try await Task.sleep(for: .seconds(3600)) }
}
