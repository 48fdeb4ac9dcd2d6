import Webble

typealias Vector = SIMD3<Float>

/// A picture that gets better with each pass: the mean of what light comes to a pixel along ever more paths.
public struct Tracer: Sendable {
  public let width, height: Int
  /// Where the camera stands: the angle round the middle.
  public let angle: Float
  public private(set) var passCount = 0
  private var sums: [SIMD4<Float>]

  public init(width: Int, height: Int, angle: Float) {
    (self.width, self.height, self.angle) = (width, height, angle)
    sums = Array(repeating: .zero, count: width * height)
  }

  /// One more path for each pixel. Rows go to whichever worker is free.
  ///
  /// - Parameter isWanted: asked before each row, on any thread. Once it is false the picture is of no use.
  public mutating func addPass(
    on pool: ThreadPool, while isWanted: @escaping @Sendable () -> Bool = { true }
  ) async {
    let camera = Camera(angle: angle, width: width, height: height)
    let (width, pass) = (width, passCount)
    await pool.forEachChunk(of: &sums, size: width) { start, row in
      guard isWanted() else { return }
      let y = start / width
      for x in row.indices {
        var random = Random(start + x, pass)
        let ray = camera.ray(Float(x) + random.next(), Float(y) + random.next())
        row[x] += SIMD4(light(along: ray, &random), 1)
      }
    }
    passCount += 1
  }

  /// Row after row from above.
  public func picture(on pool: ThreadPool) async -> [SIMD4<UInt8>] {
    let (sums, width) = (sums, width)
    var pixels = [SIMD4<UInt8>](repeating: .zero, count: sums.count)
    await pool.forEachChunk(of: &pixels, size: width) { start, row in
      for x in row.indices {
        let sum = sums[start + x]
        let light = sum / max(sum.w, 1)
        // What is very bright loses its colour, as on film; and screens are darker than light.
        let color = (light / (light + 0.6) * 1.6).squareRoot() * 255
        row[x] = SIMD4(color.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
        row[x].w = 255
      }
    }
    return pixels
  }
}

struct Ray {
  var origin, direction: Vector

  func at(_ distance: Float) -> Vector { origin + distance * direction }
}

private struct Camera {
  var origin, corner, right, down: Vector

  init(angle: Float, width: Int, height: Int) {
    origin = Vector(6.5 * sin(angle), 2.1, 6.5 * cos(angle))
    let forward = normalized(Vector(0, 0.75, 0) - origin)
    right = normalized(cross(forward, Vector(0, 1, 0))) * (0.8 / Float(height))
    down = normalized(cross(forward, right)) * (0.8 / Float(height))
    corner = forward - right * (Float(width) / 2) - down * (Float(height) / 2)
  }

  func ray(_ x: Float, _ y: Float) -> Ray {
    Ray(origin: origin, direction: normalized(corner + x * right + y * down))
  }
}

/// What light comes back along a ray: after each surface from one direction, which chance has chosen.
private func light(along first: Ray, _ random: inout Random) -> Vector {
  var (ray, color) = (first, Vector(repeating: 1))
  for _ in 0..<6 {
    guard let (place, normal, material) = hit(ray) else { return color * sky(ray.direction) }
    switch material {
    case .light(let brightness):
      return color * brightness
    case .matte(let surface):
      color *= surface
      ray = Ray(origin: place, direction: normalized(normal + random.direction()))
    case .metal(let surface, let roughness):
      color *= surface
      let mirrored = ray.direction - 2 * dot(ray.direction, normal) * normal
      ray = Ray(origin: place, direction: normalized(mirrored + roughness * random.direction()))
    case .glass:
      ray = Ray(origin: place, direction: throughGlass(ray.direction, normal, &random))
    }
    // So that it does not meet the same surface again.
    ray.origin += 0.001 * ray.direction
  }
  return .zero
}

/// Snell's law, and Schlick's approximation of how much is mirrored.
private func throughGlass(_ direction: Vector, _ outward: Vector, _ random: inout Random) -> Vector {
  let isEntering = dot(direction, outward) < 0
  let normal = isEntering ? outward : -outward
  let ratio: Float = isEntering ? 1 / 1.5 : 1.5
  let cosine = min(-dot(direction, normal), 1)
  let sine = max(0, 1 - cosine * cosine).squareRoot()
  let away = 1 - cosine
  let mirrored = 0.04 + 0.96 * away * away * away * away * away
  if ratio * sine > 1 || random.next() < mirrored { return direction + 2 * cosine * normal }
  let along = ratio * (direction + cosine * normal)
  return normalized(along - max(0, 1 - dot(along, along)).squareRoot() * normal)
}

/// Dawn: bright at the horizon, blue above.
private func sky(_ direction: Vector) -> Vector {
  let height = max(direction.y, 0).squareRoot()
  return Vector(1.0, 0.62, 0.4) * (0.55 * (1 - height)) + Vector(0.12, 0.2, 0.42) * height
}

func dot(_ a: Vector, _ b: Vector) -> Float { (a * b).sum() }

func cross(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

func normalized(_ vector: Vector) -> Vector { vector / dot(vector, vector).squareRoot() }

/// Numbers by chance, others for each pixel and pass: the hash PCG-RXS-M-XS, by O'Neill.
private struct Random {
  private var state: UInt32

  init(_ pixel: Int, _ pass: Int) {
    state = UInt32(truncatingIfNeeded: pixel) &* 9781 &+ UInt32(truncatingIfNeeded: pass) &* 6271
    _ = next()
  }

  /// From 0 to 1, without 1.
  mutating func next() -> Float {
    state = state &* 747_796_405 &+ 2_891_336_453
    let word = ((state >> ((state >> 28) &+ 4)) ^ state) &* 277_803_737
    return Float((word >> 22 ^ word) >> 8) / Float(1 << 24)
  }

  /// Any direction, each as likely as any other.
  mutating func direction() -> Vector {
    let height = 2 * next() - 1, turn = 2 * Float.pi * next()
    let radius = (1 - height * height).squareRoot()
    return Vector(radius * cos(turn), height, radius * sin(turn))
  }
}
