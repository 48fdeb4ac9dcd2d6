import Webble

/// A square part of the plane on which the Mandelbrot set lies.
public struct View: Sendable, Equatable {
  /// The middle.
  public var x, y: Double
  /// How much of the plane there is from one edge to the other.
  public var extent: Double

  /// All of the set.
  public static let whole = View(x: -0.75, y: 0, extent: 3)

  public init(x: Double, y: Double, extent: Double) {
    (self.x, self.y, self.extent) = (x, y, extent)
  }

  /// A picture of `size` rows of as many pixels, from the top: red, green, blue and alpha of each. The pool's
  /// workers share the rows.
  public func picture(size: Int, on pool: ThreadPool) async -> [UInt8] {
    let rows = await pool.map(Array(0..<size)) { row in pixels(row: row, of: size) }
    return Array(rows.joined())
  }

  private func pixels(row: Int, of size: Int) -> [UInt8] {
    let step = extent / Double(size)
    let top = y - extent / 2
    let left = x - extent / 2
    let y = top + (Double(row) + 0.5) * step
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * 4)
    for column in 0..<size {
      let steps = escapeTime(left + (Double(column) + 0.5) * step, y)
      // The set itself is black.
      let shade = UInt8(255 - steps)
      pixels += [shade / 2, shade, shade == 0 ? 0 : 255, 255]
    }
    return pixels
  }
}

/// How many steps z ← z² + c takes to leave the circle of radius 2; 255 if it has not by then.
private func escapeTime(_ x: Double, _ y: Double) -> Int {
  var (real, imaginary) = (0.0, 0.0)
  for step in 0..<255 {
    let (square, other) = (real * real, imaginary * imaginary)
    if square + other > 4 { return step }
    (real, imaginary) = (square - other + x, 2 * real * imaginary + y)
  }
  return 255
}
