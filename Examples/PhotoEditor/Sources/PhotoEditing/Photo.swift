import Webble

/// A picture.
public struct Photo: Sendable {
  public let width, height: Int
  /// Row after row: red, green, blue and alpha.
  public var pixels: [Pixel]

  public typealias Pixel = SIMD4<UInt8>

  /// - Parameter pixels: `width * height` of them.
  public init(width: Int, height: Int, pixels: [Pixel]) {
    precondition(width >= 1 && height >= 1, "a photo has at least one pixel")
    precondition(pixels.count == width * height, "a photo has width * height pixels")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// Of bytes in the order of a canvas: four for each pixel.
  ///
  /// Returns nil if there are not as many as the size demands.
  public init?(width: Int, height: Int, bytes: [UInt8]) {
    guard width >= 1, height >= 1, width <= Int.max / 4 / height, bytes.count == width * height * 4
    else { return nil }
    let pixels = [Pixel](unsafeUninitializedCapacity: width * height) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      count = width * height
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// In the order of a canvas.
  public var bytes: [UInt8] { pixels.withUnsafeBytes { Array($0) } }

  public subscript(x: Int, y: Int) -> Pixel {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// This photo, made smaller so that neither side is longer than `side`. Each pixel is the mean of those that it
  /// stands for.
  public func scaled(toFit side: Int, on pool: ThreadPool) async -> Photo {
    // How many pixels, along each side, become one.
    let step = max(1, (max(width, height) + side - 1) / side)
    if step == 1 { return self }
    let (width, pixels) = (width, pixels)
    let (newWidth, newHeight) = (max(1, width / step), max(1, height / step))
    let columns = min(step, width), rows = min(step, height)
    let scale = 1 / Float(columns * rows)
    var scaled = [Pixel](repeating: .zero, count: newWidth * newHeight)
    await pool.forEachChunk(of: &scaled, size: newWidth) { start, line in
      let top = start / newWidth * rows * width
      for x in line.indices {
        var sum = SIMD4<Float>(repeating: 0.5 / scale)
        for row in 0..<rows {
          let first = top + row * width + x * columns
          for index in first..<first + columns { sum += SIMD4<Float>(pixels[index]) }
        }
        line[x] = Pixel(sum * scale)
      }
    }
    return Photo(width: newWidth, height: newHeight, pixels: scaled)
  }

  /// A picture to try things with: a sky, hills, and a sun with a hard edge.
  public static func landscape(width: Int, height: Int, on pool: ThreadPool) async -> Photo {
    var pixels = [Pixel](repeating: .zero, count: width * height)
    await pool.forEachChunk(of: &pixels, size: width) { start, line in
      let y = Float(start / width) / Float(height)
      for x in line.indices {
        line[x] = landscapePixel(x: Float(x) / Float(width), y: y, ratio: Float(width) / Float(height))
      }
    }
    return Photo(width: width, height: height, pixels: pixels)
  }
}

/// - Parameters:
///   - x: from 0, left, to 1.
///   - y: from 0, above, to 1.
private func landscapePixel(x: Float, y: Float, ratio: Float) -> Photo.Pixel {
  for (hill, color) in [(4, [30, 70, 50]), (3, [60, 110, 70]), (2, [110, 150, 120])] as [(Float, SIMD3<Float>)] {
    let top = 0.35 + hill * 0.11 + 0.06 * sin(x * 5 * hill + hill) + 0.01 * sin(x * 60 + hill * 9)
    if y > top { return pixel(color * (1.2 - 0.5 * y)) }
  }
  let (dx, dy) = ((x - 0.7) * ratio, y - 0.25)
  if dx * dx + dy * dy < 0.01 { return pixel([255, 230, 120]) }
  return pixel([90 + 100 * y, 150 + 80 * y, 230])
}

private func pixel(_ color: SIMD3<Float>) -> Photo.Pixel {
  Photo.Pixel(SIMD4(color, 255).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
}
