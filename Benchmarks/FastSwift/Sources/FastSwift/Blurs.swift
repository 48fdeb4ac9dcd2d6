import JavaScript
import PhotoEditing
import TunedBlur
import Webble

/// The blur of Examples/PhotoEditor, as it is there, as one writes it first, in plain JavaScript and in C by hand.
func compareBlurs(on pool: ThreadPool) async {
  let photo = await Photo.landscape(width: 1000, height: 750, on: pool)
  let radius = 8
  let bytes = photo.bytes
  let plain = await pool.spawn { PlainBlur(bytes, photo.width, photo.height, radius) }.value

  var best = [Double](repeating: .infinity, count: 4)
  var results = [[UInt8]](repeating: [], count: 4)
  // By turns, so that a disturbance meets all of them.
  for _ in 0..<7 {
    best[0] = min(best[0], await pool.spawn { plain.value.run() }.value)
    results[0] = await pool.spawn { plain.value.result }.value
    for (index, blur) in [firstTry, example, tuned].enumerated() {
      let begin = ContinuousClock.now
      let blurred = await blur(photo, bytes, radius, pool)
      let (seconds, attoseconds) = begin.duration(to: .now).components
      best[index + 1] = min(best[index + 1], Double(seconds) * 1e3 + Double(attoseconds) / 1e15)
      results[index + 1] = blurred.bytes
    }
  }
  for result in results { precondition(areAlike(result, results[3]), "a blur is wrong") }
  for (name, time) in zip(
    ["plain JavaScript", "as one writes it first: bytes, one by one", "Examples/PhotoEditor", "C, `-O3 -msimd128`"],
    best)
  {
    print("| \(name) | \(text(time)) | \(text(best[0] / time)) | \(text(time / best[3])) |")
  }
}

/// Sums of floating-point numbers depend on their order, so a byte may be off by one.
private func areAlike(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
}

private typealias Blur = @Sendable (Photo, [UInt8], Int, ThreadPool) async -> Pixels

/// What a blur makes, looked at after the clock.
private enum Pixels: Sendable {
  case bytes([UInt8])
  case photo(Photo)

  var bytes: [UInt8] {
    switch self {
    case .bytes(let bytes): bytes
    case .photo(let photo): photo.bytes
    }
  }
}

private let example: Blur = { photo, _, radius, pool in
  .photo(await photo.blurred(radius: radius, on: pool))
}

private let firstTry: Blur = { photo, pixels, radius, pool in
  let weights = bell(radius: radius)
  let (width, height) = (photo.width, photo.height)
  var along = [UInt8](repeating: 0, count: pixels.count)
  await pool.forEachChunk(of: &along, size: width * 4) { start, row in
    for x in 0..<width {
      for channel in 0..<4 {
        var sum: Float = 0
        for k in -radius...radius {
          sum += weights[k + radius] * Float(pixels[start + min(max(x + k, 0), width - 1) * 4 + channel])
        }
        row[x * 4 + channel] = UInt8(sum + 0.5)
      }
    }
  }
  let halfway = along
  var across = [UInt8](repeating: 0, count: pixels.count)
  await pool.forEachChunk(of: &across, size: width * 4) { start, row in
    let y = start / (width * 4)
    for i in 0..<width * 4 {
      var sum: Float = 0
      for k in -radius...radius {
        sum += weights[k + radius] * Float(halfway[min(max(y + k, 0), height - 1) * width * 4 + i])
      }
      row[i] = UInt8(sum + 0.5)
    }
  }
  return .bytes(across)
}

private let tuned: Blur = { photo, pixels, radius, pool in
  let weights = bell(radius: radius)
  let (width, height) = (photo.width, photo.height)
  var along = [UInt8](repeating: 0, count: pixels.count)
  await pool.forEachChunk(of: &along, size: width * 4) { start, row in
    var padded = [Float](repeating: 0, count: (width + 2 * radius) * 4)
    row.withUnsafeMutableBufferPointer { row in
      pixels.withUnsafeBufferPointer {
        tuned_blur_along(
          $0.baseAddress! + start, row.baseAddress!, Int32(width), weights, Int32(radius), &padded)
      }
    }
  }
  let halfway = along
  var across = [UInt8](repeating: 0, count: pixels.count)
  await pool.forEachChunk(of: &across, size: width * 4) { start, row in
    let y = start / (width * 4)
    row.withUnsafeMutableBufferPointer { row in
      halfway.withUnsafeBufferPointer { pixels in
        let rows = (-radius...radius).map {
          UnsafePointer<UInt8>?(pixels.baseAddress! + min(max(y + $0, 0), height - 1) * width * 4)
        }
        tuned_blur_across(rows, row.baseAddress!, Int32(width), weights, Int32(radius))
      }
    }
  }
  return .bytes(across)
}

/// The blur in JavaScript, on the worker that made it.
private struct PlainBlur: Sendable {
  let value: Pinned

  init(_ bytes: [UInt8], _ width: Int, _ height: Int, _ radius: Int) {
    value = Pinned(bytes, width, height, radius)
  }

  final class Pinned: @unchecked Sendable {
    private let blur: JSFunction, pixels, weights: JSObject
    private let width, height, radius: Int
    private(set) var result: [UInt8] = []

    init(_ bytes: [UInt8], _ width: Int, _ height: Int, _ radius: Int) {
      let make = JSObject.global.Function.function!.new(Self.source).jsValue.function!
      blur = make().function!
      pixels = JSTypedArray(clamped: bytes).jsObject
      weights = JSTypedArray(bell(radius: radius)).jsObject
      (self.width, self.height, self.radius) = (width, height, radius)
    }

    /// Milliseconds.
    func run() -> Double {
      var blurred = JSValue.undefined
      let time = time { blurred = blur(pixels, width, height, radius, weights) }
      result = Array(JSTypedArray<UInt8>(blurred.object!)!)
      return time
    }

    // The two passes as functions of their own, each of a row: V8 took as long with one loop over all.
    private static let source = """
      function along(from, to, y, width, radius, weights) {
        for (let x = 0; x < width; x++) {
          let red = 0, green = 0, blue = 0, alpha = 0;
          for (let k = -radius; k <= radius; k++) {
            const index = (y * width + Math.min(Math.max(x + k, 0), width - 1)) * 4;
            const weight = weights[k + radius];
            red += weight * from[index];
            green += weight * from[index + 1];
            blue += weight * from[index + 2];
            alpha += weight * from[index + 3];
          }
          const index = (y * width + x) * 4;
          to[index] = red;
          to[index + 1] = green;
          to[index + 2] = blue;
          to[index + 3] = alpha;
        }
      }
      function across(from, to, y, width, height, radius, weights) {
        for (let x = 0; x < width; x++) {
          let red = 0, green = 0, blue = 0, alpha = 0;
          for (let k = -radius; k <= radius; k++) {
            const index = (Math.min(Math.max(y + k, 0), height - 1) * width + x) * 4;
            const weight = weights[k + radius];
            red += weight * from[index];
            green += weight * from[index + 1];
            blue += weight * from[index + 2];
            alpha += weight * from[index + 3];
          }
          const index = (y * width + x) * 4;
          to[index] = red;
          to[index + 1] = green;
          to[index + 2] = blue;
          to[index + 3] = alpha;
        }
      }
      return function blur(pixels, width, height, radius, weights) {
        const halfway = new Uint8ClampedArray(pixels.length), blurred = new Uint8ClampedArray(pixels.length);
        for (let y = 0; y < height; y++) along(pixels, halfway, y, width, radius, weights);
        for (let y = 0; y < height; y++) across(halfway, blurred, y, width, height, radius, weights);
        return blurred;
      };
      """
  }
}
