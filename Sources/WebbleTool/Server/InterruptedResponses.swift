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
    if self == .unanswered {
      while true { try await Task.sleep(for: .seconds(3600)) }
    }
    var response = HTTPResponse(statusCode: .ok, headers: [.contentType: "text/plain"])
    response.body = .partial(Data("begun".utf8), of: 1000, ends: self == .cutOff)
    return response
  }
}
