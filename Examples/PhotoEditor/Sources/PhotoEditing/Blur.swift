import Webble

extension Photo {
  /// Blurs the photo by Gauss's bell, first along its rows, then across them. Beyond its edges it goes on as at the
  /// edges. Ends early, with a photo to be thrown away, when the task is cancelled.
  ///
  /// - Parameter radius: how many pixels on each side count; three times the bell's deviation.
  public func blurred(radius: Int, on pool: ThreadPool, progress: EditProgress = EditProgress()) async -> Photo {
    if radius == 0 { return self }
    let weights = bell(radius: radius)
    let (width, height) = (width, height)

    let pixels = pixels
    var along = [Pixel](repeating: .zero, count: pixels.count)
    await pool.forEachChunk(of: &along, size: width) { start, row in
      blur(row: pixels.span.extracting(start..<start + width), into: &row, weights.span)
      progress.add(rows: 1)
    }

    let halfway = along
    var across = [Pixel](repeating: .zero, count: pixels.count)
    await pool.forEachChunk(of: &across, size: width) { start, row in
      let y = start / width
      let rows = (-radius...radius).map { min(max(y + $0, 0), height - 1) * width }
      blur(across: halfway.span, rows: rows.span, into: &row, weights.span)
      progress.add(rows: 1)
    }
    return Photo(width: width, height: height, pixels: across)
  }
}

/// What makes of rounding towards zero a rounding to the nearest.
private let half = SIMD4<Float>(repeating: 0.5)

/// The weights of a pixel and its neighbours. Their sum is 1.
public func bell(radius: Int) -> [Float] {
  let deviation = Float(radius) / 3
  let heights = (-radius...radius).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
  let sum = heights.reduce(0, +)
  return heights.map { $0 / sum }
}

private func blur(row: Span<Photo.Pixel>, into blurred: inout MutableSpan<Photo.Pixel>, _ weights: Span<Float>) {
  // With what lies beyond the edges, so that the inner loop need not look for them.
  let (radius, width) = (weights.count / 2, row.count)
  let (first, last) = (SIMD4<Float>(row[0]), SIMD4<Float>(row[width - 1]))
  var wide = [SIMD4<Float>](repeating: first, count: width + 2 * radius)
  for x in 0..<width { wide[radius + x] = SIMD4<Float>(row[x]) }
  for x in radius + width..<wide.count { wide[x] = last }

  let padded = wide.span
  // Four at a time: an addition need not wait for the one before.
  var x = 0
  while x + 4 <= width {
    let near = padded.extracting(x..<x + weights.count + 3)
    var (a, b, c, d) = (half, half, half, half)
    for k in 0..<weights.count {
      let weight = weights[k]
      a += weight * near[k]
      b += weight * near[k + 1]
      c += weight * near[k + 2]
      d += weight * near[k + 3]
    }
    blurred[x] = Photo.Pixel(a)
    blurred[x + 1] = Photo.Pixel(b)
    blurred[x + 2] = Photo.Pixel(c)
    blurred[x + 3] = Photo.Pixel(d)
    x += 4
  }
  while x < width {
    var sum = half
    for k in weights.indices { sum += weights[k] * padded[x + k] }
    blurred[x] = Photo.Pixel(sum)
    x += 1
  }
}

/// - Parameter rows: where the rows begin of which `blurred` is to be made, one for each weight.
private func blur(
  across pixels: Span<Photo.Pixel>, rows: Span<Int>, into blurred: inout MutableSpan<Photo.Pixel>,
  _ weights: Span<Float>
) {
  var x = 0
  while x + 4 <= blurred.count {
    var (a, b, c, d) = (half, half, half, half)
    for k in 0..<weights.count {
      let weight = weights[k], index = rows[k] + x
      let four = pixels.extracting(index..<index + 4)
      a += weight * SIMD4<Float>(four[0])
      b += weight * SIMD4<Float>(four[1])
      c += weight * SIMD4<Float>(four[2])
      d += weight * SIMD4<Float>(four[3])
    }
    blurred[x] = Photo.Pixel(a)
    blurred[x + 1] = Photo.Pixel(b)
    blurred[x + 2] = Photo.Pixel(c)
    blurred[x + 3] = Photo.Pixel(d)
    x += 4
  }
  while x < blurred.count {
    var sum = half
    for k in weights.indices { sum += weights[k] * SIMD4<Float>(pixels[rows[k] + x]) }
    blurred[x] = Photo.Pixel(sum)
    x += 1
  }
}
