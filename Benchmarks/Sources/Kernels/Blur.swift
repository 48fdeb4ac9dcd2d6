import Measuring
import Webble

/// An image of 3840 by 2160 pixels of four bytes, blurred along its rows and then its columns with
/// the weights 1, 4, 6, 4, 1. Beyond its edges the image goes on as at the edges.
struct Blur: Kernel {
  private let width = amount(3_840, tiny: 16)
  private let height = amount(2_160, tiny: 9)
  private let image, halfway, blurred: Memory<UInt8>

  init() {
    image = Memory(width * height * 4, 0)
    halfway = Memory(width * height * 4, 0)
    blurred = Memory(width * height * 4, 0)
    var random = RandomNumbers()
    for index in image.elements.indices {
      image.elements[index] = UInt8(truncatingIfNeeded: random.next() >> 8)
    }
  }

  func run() {
    for row in 0..<height { blurAlong(row) }
    for row in 0..<height { blurAcross(row) }
  }

  func run(on pool: ThreadPool) async {
    await pool.forEach(0..<height) { blurAlong($0) }
    await pool.forEach(0..<height) { blurAcross($0) }
  }

  private func blurAlong(_ row: Int) {
    let source = image.elements.baseAddress! + row * width * 4
    let target = halfway.elements.baseAddress! + row * width * 4
    func blur(_ index: Int, _ a: Int, _ b: Int, _ d: Int, _ e: Int) {
      target[index] = mean(source[a], source[b], source[index], source[d], source[e])
    }
    for channel in 0..<4 {
      let last = (width - 1) * 4 + channel
      blur(channel, channel, channel, channel + 4, channel + 8)
      blur(channel + 4, channel, channel, channel + 8, channel + 12)
      blur(last - 4, last - 12, last - 8, last, last)
      blur(last, last - 8, last - 4, last, last)
    }
    for index in 8..<width * 4 - 8 {
      blur(index, index &- 8, index &- 4, index &+ 4, index &+ 8)
    }
  }

  private func blurAcross(_ row: Int) {
    func source(_ row: Int) -> UnsafeMutablePointer<UInt8> {
      halfway.elements.baseAddress! + min(max(row, 0), height - 1) * width * 4
    }
    let (a, b, c, d, e) = (
      source(row - 2), source(row - 1), source(row), source(row + 1), source(row + 2)
    )
    let target = blurred.elements.baseAddress! + row * width * 4
    for index in 0..<width * 4 {
      target[index] = mean(a[index], b[index], c[index], d[index], e[index])
    }
  }

  @inline(__always)
  private func mean(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8) -> UInt8 {
    let outer = UInt32(a) &+ UInt32(e)
    let inner = UInt32(b) &+ UInt32(d)
    let sum = outer &+ inner &* 4 &+ UInt32(c) &* 6 &+ 8
    return UInt8(truncatingIfNeeded: sum >> 4)
  }

  var checksum: UInt32 {
    var sum = Checksum()
    for byte in blurred.elements { sum.add(UInt32(byte)) }
    return sum.value
  }
}
