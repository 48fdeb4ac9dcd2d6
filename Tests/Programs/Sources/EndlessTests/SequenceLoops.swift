import TestSupport
import Webble

let sequenceLoops = loopsOfTheWeb + [
  EndlessLoop("AsyncStream") { rounds in
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    var iterator = stream.makeAsyncIterator()
    while true {
      continuation.yield(opaque(1))
      require(await iterator.next(), 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("AsyncStream, suspended") { rounds in
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    Task.detached { while !rounds.isDone { continuation.yield(1); await Task.yield() } }
    for await number in stream {
      precondition(number == 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("AsyncStream(unfolding:) and operators") { rounds in
    let numbers = AsyncStream(unfolding: { opaque(1) })
    for await number in numbers.map({ $0 + 1 }).filter({ $0 > 1 }) {
      precondition(number == 2)
      await rounds.tickOrRest()
    }
  },
]

#if arch(wasm32)
/// Natively such a stream throws `any Error`.
private let loopsOfTheWeb = [
  EndlessLoop("AsyncThrowingStream") { rounds in
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: Int.self, throwing: TestError.self)
    var iterator = stream.makeAsyncIterator()
    while true {
      continuation.yield(opaque(1))
      require(try! await iterator.next(), 1)
      await rounds.tickOrRest()
    }
  },
]
#else
private let loopsOfTheWeb: [EndlessLoop] = []
#endif
