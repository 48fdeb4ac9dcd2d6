import Webble

/// A part of the complex plane, and how finely it is to be drawn.
public struct View: Equatable, Sendable {
  public var x, y: Double
  /// How wide a pixel is.
  public var pixel: Double
  public var width, height: Int

  /// The whole set.
  public init(width: Int, height: Int) {
    (x, y, self.width, self.height) = (-0.65, 0, width, height)
    pixel = max(3 / Double(width), 2.5 / Double(height))
  }

  /// The same part by fewer pixels.
  public func coarser(by step: Double) -> View {
    var view = self
    view.pixel *= step
    view.width = max(1, Int(Double(width) / step))
    view.height = max(1, Int(Double(height) / step))
    return view
  }

  /// The deeper one looks, the longer points take to show that they are not in the set.
  public var iterationLimit: Int { 256 + Int(64 * max(0, log2(0.004 / pixel))) }
}

/// Which worker has drawn what can be shown by a colour for each.
public enum Coloring: Sendable { case byTime, byWorker }

extension ThreadPool {
  /// The picture of a view, row after row. Rows go to whichever worker is free.
  ///
  /// - Parameter isWanted: asked before each row, on any thread: whether to go on.
  public func picture(
    of view: View, coloring: Coloring = .byTime, while isWanted: @escaping @Sendable () -> Bool = { true }
  ) async -> [SIMD4<UInt8>] {
    var pixels = [SIMD4<UInt8>](repeating: .zero, count: view.width * view.height)
    await forEachChunk(of: &pixels, size: view.width) { start, row in
      guard isWanted() else { return }
      draw(&row, of: view, at: start / view.width)
      if coloring == .byWorker, let color = ThreadID.current.map({ color(of: $0) }) {
        for x in row.indices { row[x] = row[x] / 2 &+ color }
      }
    }
    return pixels
  }
}

/// Half as bright as can be.
private func color(of thread: ThreadID) -> SIMD4<UInt8> {
  if case .worker(let index) = thread { return palette[(index * 389 + 80) % palette.count] / 2 }
  return [64, 64, 64, 127]
}

private func draw(_ row: inout MutableSpan<SIMD4<UInt8>>, of view: View, at y: Int) {
  let limit = view.iterationLimit
  let imaginary = view.y + (Double(y) - Double(view.height) / 2) * view.pixel
  let left = view.x - Double(view.width) / 2 * view.pixel
  for x in stride(from: 0, to: row.count, by: Lanes.scalarCount) {
    let real = left + (Double(x) + numbers) * view.pixel
    let times = escapeTimes(real, imaginary, limit: limit)
    for lane in 0..<min(Lanes.scalarCount, row.count - x) { row[x + lane] = color(times[lane]) }
  }
}

/// Pixels at a time: as many as two vectors of the machine have room for, so that neither waits for its own last step.
typealias Lanes = SIMD4<Double>
private let numbers = Lanes(0, 1, 2, 3)

/// How many steps z ← z² + c takes until it is far away, with a fraction so that colours have no bands; infinite if it
/// has not got there by `limit`.
func escapeTimes(_ real: Lanes, _ imaginary: Double, limit: Int) -> Lanes {
  let far = 65536.0
  let imaginaries = Lanes(repeating: imaginary)
  var (x, y) = (Lanes.zero, Lanes.zero)
  var times = Lanes(repeating: .infinity)
  var step = 0
  while step < limit {
    // Eight steps between two looks, which cost more than a step.
    let before = (x, y)
    for _ in 0..<8 {
      let xy = x * y
      (x, y) = (x * x - y * y + real, xy + xy + imaginaries)
    }
    let distance = x * x + y * y
    step += 8
    // Of what is infinite by now, or no number, this is true as well.
    if distance.x <= far && distance.y <= far && distance.z <= far && distance.w <= far { continue }
    for lane in 0..<Lanes.scalarCount where times[lane] == .infinity && !(distance[lane] <= far) {
      times[lane] = escapeTime(from: before.0[lane], before.1[lane], real[lane], imaginary, after: step - 8, far: far)
    }
    if times.max() < .infinity { break }
  }
  return times
}

private func escapeTime(
  from x: Double, _ y: Double, _ real: Double, _ imaginary: Double, after steps: Int, far: Double
) -> Double {
  var (x, y, count) = (x, y, steps)
  while x * x + y * y <= far {
    (x, y) = (x * x - y * y + real, 2 * x * y + imaginary)
    count += 1
  }
  return Double(count) + 1 - log2(log2(x * x + y * y) / 16)
}

private func color(_ time: Double) -> SIMD4<UInt8> {
  if time == .infinity { return [0, 0, 0, 255] }
  return palette[Int(max(time, 0).squareRoot() * 96) & (palette.count - 1)]
}

/// Round and round: night blue, sky, white, amber, and back.
private let palette = (0..<1024).map { index -> SIMD4<UInt8> in
  let turn = Double(index) / 1024 * 2 * Double.pi
  let color = SIMD3(cos(turn + 3.3), cos(turn + 3.9), cos(turn + 4.7)) * 115 + 125
  return SIMD4(SIMD4(color, 255).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
}
