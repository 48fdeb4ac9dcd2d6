/// Who a request says it is for, and who it comes from. A page of any site can make a browser send requests
/// to this machine; these are told by what the page cannot change.
struct RequestOrigin {
  private let method: String
  private let host: String
  private let origin: String?

  init(_ request: HTTPRequest) {
    method = request.method
    host = request.headers["Host"] ?? ""
    origin = request.headers["Origin"]
  }

  /// The answer to a request that another site's page sent, or nil.
  ///
  /// - Parameter names: what the server answers to. A name that is not known may be one that another
  ///   site's owner has led to this machine, so that their page counts as of the same origin. Addresses
  ///   in numbers nobody can lead elsewhere, nor `localhost`.
  func refusal(names: [String]) -> HTTPResponse? {
    let name = Self.name(of: host)
    guard Self.isOfThisMachine(name) || names.contains(where: { $0.lowercased() == name }) else {
      return .text(
        """
        This server does not answer as “\(name)”, which could be another site's name for this machine. \
        If it is yours, allow it: webble serve --host \(name)
        """, status: .misdirectedRequest)
    }
    guard method != "GET" && method != "HEAD", let origin, !isOwn(origin) else { return nil }
    return .text("Another site's page may not send this.", status: .forbidden)
  }

  /// Whether a page at `origin` is this server's.
  private func isOwn(_ origin: String) -> Bool {
    let origin = origin.lowercased()
    return ["http://", "https://"].contains { origin == $0 + host.lowercased() }
  }

  /// The host without the port.
  private static func name(of host: String) -> String {
    let host = host.lowercased()
    if let match = host.wholeMatch(of: /\[([^\]]*)\](:\d*)?/) { return String(match.1) }
    let name = host.prefix { $0 != ":" }
    return String(name.hasSuffix(".") ? name.dropLast() : name)
  }

  private static func isOfThisMachine(_ name: String) -> Bool {
    name == "localhost" || name.hasSuffix(".localhost") || isAddress(name)
  }

  /// Whether it is an address in numbers.
  static func isAddress(_ name: String) -> Bool {
    if name.contains(":") { return name.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }
}
