import Webble

/// What draws particles near, or pushes them away if it is negative. Places go from 0 to 1 from above, and as far to the
/// right as the picture is wide.
public struct Pull: Sendable {
  public var x, y, strength: Float

  public init(x: Float, y: Float, strength: Float) {
    (self.x, self.y, self.strength) = (x, y, strength)
  }
}

/// Many particles without weight, and the light that they leave behind.
public struct Swarm: Sendable {
  public let width, height: Int
  private var parts: [Part]
  private var light: [Float]

  /// - Parameter parts: how many workers can move particles at the same time.
  public init(count: Int, width: Int, height: Int, parts: Int) {
    (self.width, self.height) = (width, height)
    light = Array(repeating: 0, count: width * height)
    self.parts = (0..<parts).map { part in
      Part(count: count * (part + 1) / parts - count * part / parts, width: width, height: height, seed: part)
    }
  }

  public var count: Int { parts.reduce(0) { $0 + $1.fours.count * 4 } }

  /// Moves all particles by a sixtieth of a second.
  public mutating func step(_ pulls: [Pull], on pool: ThreadPool) async {
    let (width, height) = (width, height)
    await pool.forEachChunk(of: &parts, size: 1) { _, parts in
      parts[0].move(pulls)
      parts[0].count(width: width, height: height)
    }
  }

  /// What the particles look like, row after row from above.
  public mutating func picture(on pool: ThreadPool) async -> [SIMD4<UInt8>] {
    let counts = parts.map { $0.counts }
    await pool.forEachChunk(of: &light, size: width) { start, row in
      for x in row.indices { row[x] *= 0.82 }
      for counts in counts {
        let counts = counts.span.extracting(start..<start + row.count)
        for x in row.indices { row[x] += Float(counts[x]) }
      }
    }
    let light = light
    var pixels = [SIMD4<UInt8>](repeating: .zero, count: width * height)
    await pool.forEachChunk(of: &pixels, size: width) { start, row in
      let light = light.span.extracting(start..<start + row.count)
      for x in row.indices { row[x] = palette[min(Int(light[x] * 24), palette.count - 1)] }
    }
    return pixels
  }
}

/// A worker's share of the particles. It counts them in a picture of its own: nobody waits for anybody.
private struct Part: Sendable {
  /// Four particles: a vector of the machine for each coordinate.
  struct Four {
    var x, y, speedX, speedY: SIMD4<Float>
  }

  var fours: [Four]
  /// How many particles are in each pixel.
  var counts: [UInt16]

  /// A disc that turns round its middle.
  init(count: Int, width: Int, height: Int, seed: Int) {
    var random = Random(state: UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15)
    let middle = Float(width) / Float(height) / 2
    fours = (0..<(count + 3) / 4).map { _ in
      var four = Four(x: .zero, y: .zero, speedX: .zero, speedY: .zero)
      for lane in 0..<4 {
        let angle = random.next() * 2 * Float.pi, radius = 0.48 * random.next().squareRoot()
        (four.x[lane], four.y[lane]) = (middle + radius * cos(angle), 0.5 + radius * sin(angle))
        let speed = 0.5 * radius.squareRoot()
        (four.speedX[lane], four.speedY[lane]) = (-speed * sin(angle), speed * cos(angle))
      }
      return four
    }
    counts = Array(repeating: 0, count: width * height)
  }

  mutating func move(_ pulls: [Pull]) {
    let time: Float = 1 / 60
    var fours = fours.mutableSpan
    for index in fours.indices {
      var four = fours[index]
      for pull in pulls {
        let (dx, dy) = (pull.x - four.x, pull.y - four.y)
        let force = time * pull.strength / (dx * dx + dy * dy + 0.004)
        four.speedX += dx * force
        four.speedY += dy * force
      }
      four.speedX *= 0.998
      four.speedY *= 0.998
      four.x += four.speedX * time
      four.y += four.speedY * time
      fours[index] = four
    }
  }

  mutating func count(width: Int, height: Int) {
    let fours = fours
    var counts = counts.mutableSpan
    for index in counts.indices { counts[index] = 0 }
    let scale = Float(height)
    for four in fours {
      let (x, y) = (four.x * scale, four.y * scale)
      for lane in 0..<4 where x[lane] >= 0 && y[lane] >= 0 && x[lane] < Float(width) && y[lane] < scale {
        counts[Int(y[lane]) * width + Int(x[lane])] &+= 1
      }
    }
  }
}

/// Numbers from 0 to 1 that are the same in each run: xorshift64*, by Vigna.
private struct Random {
  var state: UInt64

  mutating func next() -> Float {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Float(UInt32(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 40)) / Float(1 << 24)
  }
}

/// From the night through embers to white.
private let palette = (0..<1024).map { index -> SIMD4<UInt8> in
  let light = (Float(index) / 1023).squareRoot()
  let color = SIMD4(light * 1.5, light * light * 1.15, 0.06 + light * 0.5 * (2 - light) + light * light * light * 0.6, 1)
  return SIMD4((color * 255).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
}
