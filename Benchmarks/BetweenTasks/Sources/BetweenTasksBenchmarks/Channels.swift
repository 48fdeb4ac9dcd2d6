import Webble

private let messageCount = 200_000

/// Messages per second, from `producers` tasks to `consumers` tasks by one channel.
private func throughput(
  _ pool: ThreadPool, capacity: Int?, producers: Int, consumers: Int
) async -> Int64 {
  let nanoseconds = await best {
    let channel = Channel<Int>(capacity: capacity)
    return await time {
      // Pinned in turn, so that with two workers producers and consumers are on both.
      let senders = (0..<producers).map { producer in
        pool.spawn(on: producer % pool.workerCount) {
          for number in 0..<messageCount / producers { await channel.send(number) }
        }
      }
      let receivers = (0..<consumers).map { consumer in
        pool.spawn(on: (consumer + 1) % pool.workerCount) { for await _ in channel {} }
      }
      for sender in senders { await sender.value }
      channel.close()
      for receiver in receivers { await receiver.value }
    }
  }
  return Int64(messageCount) * 1_000_000_000 / nanoseconds
}

func measureChannels() async {
  for workers in 1...2 {
    await withPool(workers) { pool in
      for (name, capacity) in [("bounded, 64", 64), ("rendezvous", 0), ("unbounded", nil)] {
        for (producers, consumers) in [(1, 1), (4, 1), (4, 4)] {
          let row = "channel \(name), \(producers) to \(consumers), workers: \(workers)"
          guard isWanted(row) else { continue }
          report(
            row,
            await throughput(pool, capacity: capacity, producers: producers, consumers: consumers))
        }
      }
    }
  }
}
