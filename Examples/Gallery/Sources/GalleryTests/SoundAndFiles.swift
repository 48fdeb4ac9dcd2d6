import Files
import Synthesizer
import Webble
import WebbleTesting

@MainActor func soundAndFiles() {
  test("a synthesiser's notes have their frequencies", timeLimit: .seconds(60)) {
    for (note, frequency) in [(57, 220.0), (69, 440), (76, 659.26)] {
      var synthesizer = Synthesizer(rate: 48000)
      var samples = [Float](repeating: 0, count: 48000)
      synthesizer.fill(&samples)
      expect(samples.allSatisfy { $0 == 0 }, "silence")
      synthesizer.handle(.set(Sound(brightness: 0.3, release: 0, echo: 0)))
      synthesizer.handle(.down(note))
      synthesizer.fill(&samples)
      expect(samples.allSatisfy { abs($0) < 1 }, "loudness")
      expect(strength(of: frequency, in: samples) > 20 * strength(of: frequency * 1.26, in: samples), "\(note)")
      synthesizer.handle(.up(note))
      synthesizer.fill(&samples)
      expect(samples.suffix(1000).allSatisfy { abs($0) < 0.001 }, "it ends")
    }
    var many = Synthesizer(rate: 48000)
    for note in 40..<80 { many.handle(.down(note)) }
    var samples = [Float](repeating: 0, count: 4800)
    many.fill(&samples)
    expect(samples.allSatisfy { abs($0) < 1 }, "all keys at once")
    expect(samples.contains { abs($0) > 0.3 })
  }

  test("samples go round in their ring", timeLimit: .seconds(60)) {
    let ring = SampleRing()
    ring.write((0..<8000).map { Float($0) })
    expectEqual(ring.count, 8000)
    expectEqual(ring.latest(2), [7998, 7999])
  }

  test("a store keeps what was written, up to where its file is torn", timeLimit: .seconds(60)) {
    let file = MemoryFile()
    var store = LogStore(file)
    store["name"] = "Ada"
    store["empty"] = ""
    store["gone"] = "soon"
    store["gone"] = nil
    store["name"] = "Grace · ß"
    func check(_ store: LogStore<MemoryFile>) {
      expectEqual(store.keys, ["empty", "name"])
      expectEqual(store["name"], "Grace · ß")
      expectEqual(store["empty"], "")
      expect(store["gone"] == nil)
    }
    check(store)
    check(LogStore(file))
    let whole = file.bytes
    // Cut anywhere, a file gives what was written before, and takes more.
    for length in 0..<whole.count {
      let torn = MemoryFile(Array(whole.prefix(length)))
      var store = LogStore(torn)
      expect(torn.bytes.count == store.fileSize && store.fileSize <= length, "\(length)")
      store["more"] = "\(length)"
      expectEqual(LogStore(torn)["more"], "\(length)")
    }
    // A byte that has changed is noticed, wherever it is.
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 0x10
      expect(LogStore(MemoryFile(bytes)).fileSize < whole.count, "\(index)")
    }
    expect(store.deadSize > 0)
    store.compact()
    expectEqual(store.deadSize, 0)
    expect(file.bytes.count < whole.count)
    check(store)
    check(LogStore(file))
  }
}

/// How much of a frequency there is: Goertzel's algorithm, over a second.
private func strength(of frequency: Double, in samples: [Float]) -> Double {
  let turn = 2 * cos(2 * Double.pi * frequency / 48000)
  var (last, before) = (0.0, 0.0)
  for sample in samples { (last, before) = (Double(sample) + turn * last - before, last) }
  return last * last + before * before - turn * last * before
}

private final class MemoryFile: LogFile {
  var bytes: [UInt8]

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  var size: Int { bytes.count }
  func read(_ count: Int, at offset: Int) -> [UInt8] { Array(bytes.dropFirst(offset).prefix(count)) }
  func write(_ new: [UInt8], at offset: Int) {
    bytes.replaceSubrange(offset..<min(offset + new.count, bytes.count), with: new)
  }
  func truncate(to size: Int) { bytes.removeLast(bytes.count - size) }
  func flush() {}
}
