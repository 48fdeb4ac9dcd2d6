import Measuring
import Webble

/// A thousand bodies that attract each other, for ten steps: all pairs, with softened distances.
struct Bodies: Kernel {
  private let count = amount(1_000, tiny: 20)
  private let positions: Vectors
  private let velocities: Vectors
  private let masses: Memory<Double>

  private struct Vectors {
    let (x, y, z): (Memory<Double>, Memory<Double>, Memory<Double>)

    init(_ count: Int) { (x, y, z) = (Memory(count, 0), Memory(count, 0), Memory(count, 0)) }
  }

  init() {
    positions = Vectors(count)
    velocities = Vectors(count)
    masses = Memory(count, 0)
  }

  func prepare() {
    var random = RandomNumbers()
    func next() -> Double { Double(random.next()) / 4_294_967_296 }
    for body in 0..<count {
      positions.x.elements[body] = next()
      positions.y.elements[body] = next()
      positions.z.elements[body] = next()
      masses.elements[body] = next() / Double(count)
      velocities.x.elements[body] = 0
      velocities.y.elements[body] = 0
      velocities.z.elements[body] = 0
    }
  }

  func run() {
    for _ in 0..<10 {
      for body in 0..<count { accelerate(body) }
      for body in 0..<count { move(body) }
    }
  }

  func run(on pool: ThreadPool) async {
    for _ in 0..<10 {
      await pool.forEach(0..<count) { accelerate($0) }
      for body in 0..<count { move(body) }
    }
  }

  private static let timeStep = 0.001

  private func accelerate(_ body: Int) {
    let (xs, ys, zs) = (positions.x.elements, positions.y.elements, positions.z.elements)
    let masses = masses.elements
    let (x, y, z) = (xs[body], ys[body], zs[body])
    var (ax, ay, az) = (0.0, 0.0, 0.0)
    for other in 0..<count {
      let (dx, dy, dz) = (xs[other] - x, ys[other] - y, zs[other] - z)
      let squared = dx * dx + dy * dy + dz * dz + 1e-4
      let pull = masses[other] / (squared * squared.squareRoot())
      ax += dx * pull
      ay += dy * pull
      az += dz * pull
    }
    velocities.x.elements[body] += ax * Self.timeStep
    velocities.y.elements[body] += ay * Self.timeStep
    velocities.z.elements[body] += az * Self.timeStep
  }

  private func move(_ body: Int) {
    positions.x.elements[body] += velocities.x.elements[body] * Self.timeStep
    positions.y.elements[body] += velocities.y.elements[body] * Self.timeStep
    positions.z.elements[body] += velocities.z.elements[body] * Self.timeStep
  }

  var checksum: UInt32 {
    var sum = Checksum()
    for x in positions.x.elements {
      sum.add(UInt32(truncatingIfNeeded: x.bitPattern))
      sum.add(UInt32(truncatingIfNeeded: x.bitPattern >> 32))
    }
    return sum.value
  }
}
