import Measuring
import Webble

/// How soon each point of a square about the Mandelbrot set escapes, 500 iterations at most.
struct Mandelbrot: Kernel {
  private let size = amount(1_024, tiny: 32)
  private let iterations: Memory<UInt16>

  init() { iterations = Memory(size * size, 0) }

  func run() {
    for row in 0..<size { computeRow(row) }
  }

  func run(on pool: ThreadPool) async {
    await pool.forEach(0..<size) { computeRow($0) }
  }

  private func computeRow(_ row: Int) {
    let points = iterations.elements
    let scale = 3 / Double(size)
    let imaginary = Double(row) * scale - 1.5
    for column in 0..<size {
      let real = Double(column) * scale - 2
      var (x, y) = (0.0, 0.0)
      var iteration = 0
      while iteration < 500 {
        let (xx, yy) = (x * x, y * y)
        if xx + yy > 4 { break }
        y = 2 * x * y + imaginary
        x = xx - yy + real
        iteration &+= 1
      }
      points[row &* size &+ column] = UInt16(truncatingIfNeeded: iteration)
    }
  }

  var checksum: UInt32 {
    var sum = Checksum()
    for point in iterations.elements { sum.add(UInt32(point)) }
    return sum.value
  }
}
