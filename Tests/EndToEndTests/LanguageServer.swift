import Foundation

/// A sourcekit-lsp at work on a package, spoken to as editors do.
final class LanguageServer {
  private let process = Process()
  private let input = Pipe()
  private var messages: AsyncStream<Data>.Iterator
  private var requests = 0

  struct Ended: Error {}

  init(_ server: URL, package: URL) throws {
    let output = Pipe()
    let (stream, continuation) = AsyncStream.makeStream(of: Data.self)
    messages = stream.makeAsyncIterator()
    process.executableURL = server
    process.currentDirectoryURL = package
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    nonisolated(unsafe) var parts = MessageSplitter()
    // Called by one thread at a time.
    output.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
        continuation.finish()
      }
      for message in parts.add(data) { continuation.yield(message) }
    }
    try process.run()
  }

  deinit { process.terminate() }

  func start(_ package: URL) async throws {
    _ = try await request(
      "initialize",
      ["processId": .null, "rootUri": .string(package.absoluteString), "capabilities": [:]])
    try send(["method": "initialized", "params": [:]])
  }

  func open(_ file: URL, _ text: String) throws {
    try send([
      "method": "textDocument/didOpen",
      "params": [
        "textDocument": [
          "uri": .string(file.absoluteString), "languageId": "swift", "version": 1,
          "text": .string(text),
        ]
      ],
    ])
  }

  func change(_ uri: Message, _ text: String) throws {
    try send([
      "method": "textDocument/didChange",
      "params": [
        "textDocument": ["uri": uri, "version": 2],
        "contentChanges": .array([["text": .string(text)]]),
      ],
    ])
  }

  /// Its messages meanwhile are answered as by an editor that takes no interest.
  func request(_ method: String, _ parameters: Message) async throws -> Message {
    requests += 1
    let number = Message.number(Double(requests))
    try send(["id": number, "method": .string(method), "params": parameters])
    while let data = await messages.next() {
      let message = try JSONDecoder().decode(Message.self, from: data)
      if message["method"] != .null {
        if message["id"] != .null { try send(["id": message["id"], "result": .null]) }
      } else if message["id"] == number {
        return message["result"]
      }
    }
    throw Ended()
  }

  private func send(_ message: Message) throws {
    var message = message
    message["jsonrpc"] = "2.0"
    let body = try JSONEncoder().encode(message)
    try input.fileHandleForWriting.write(
      contentsOf: Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
  }

  /// Finds the messages in what arrives: each has a head with its length.
  private struct MessageSplitter {
    private var rest = Data()

    mutating func add(_ data: Data) -> [Data] {
      rest += data
      var messages: [Data] = []
      while let end = rest.range(of: Data("\r\n\r\n".utf8)) {
        let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let length = line.flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
        guard rest.endIndex - end.upperBound >= length else { break }
        messages.append(Data(rest[end.upperBound..<end.upperBound + length]))
        rest = Data(rest[(end.upperBound + length)...])
      }
      return messages
    }
  }
}

/// A value of JSON.
enum Message: Codable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByDictionaryLiteral
{
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([Message])
  case object([String: Message])

  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(dictionaryLiteral elements: (String, Message)...) {
    self = .object(Dictionary(uniqueKeysWithValues: elements))
  }

  /// A member of an object; null if there is none.
  subscript(_ name: String) -> Message {
    get { if case .object(let members) = self { members[name] ?? .null } else { .null } }
    set {
      guard case .object(var members) = self else { return }
      members[name] = newValue
      self = .object(members)
    }
  }

  var elements: [Message] { if case .array(let elements) = self { elements } else { [] } }
  var text: String { if case .string(let text) = self { text } else { "" } }

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let array = try? value.decode([Message].self) {
      self = .array(array)
    } else {
      self = .object(try value.decode([String: Message].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let bool): try value.encode(bool)
    case .number(let number):
      // Numbers of requests are integers.
      if let integer = Int(exactly: number) { try value.encode(integer) } else { try value.encode(number) }
    case .string(let string): try value.encode(string)
    case .array(let array): try value.encode(array)
    case .object(let object): try value.encode(object)
    }
  }
}
