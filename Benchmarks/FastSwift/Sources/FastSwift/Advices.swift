import Webble

/// Two ways to do the same.
struct Advice: Sendable {
  var instead, write: String
  var slow, fast: @Sendable () -> Float

  init(
    _ instead: String, _ write: String, _ slow: @escaping @Sendable () -> Float,
    _ fast: @escaping @Sendable () -> Float
  ) {
    (self.instead, self.write, self.slow, self.fast) = (instead, write, slow, fast)
  }

  /// How many times as fast the second is, by turns, the best of each.
  func ratio() -> String {
    var best = (slow: Double.infinity, fast: Double.infinity)
    for _ in 0..<9 {
      var sums: (Float, Float) = (0, 0)
      best.slow = min(best.slow, time { for _ in 0..<repetitions { sums.0 += slow() } })
      best.fast = min(best.fast, time { for _ in 0..<repetitions { sums.1 += fast() } })
      precondition(abs(sums.0 - sums.1) <= abs(sums.0) / 1000, "the two do not do the same: \(instead)")
    }
    return text(best.slow / best.fast)
  }
}

private let repetitions = 20
private let count = 50_000
private let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
private let words = bytes.map { Int32($0) }
private let rows = (0..<500).map { row in (0..<100).map { bytes[row * 100 + $0] } }
private let pixels = (0..<count / 4).map {
  SIMD4(bytes[$0 * 4], bytes[$0 * 4 + 1], bytes[$0 * 4 + 2], bytes[$0 * 4 + 3])
}

let advices = [
  Advice(
    "`sums[i] += x` with `sums` a property of a class", "the same with a local array, stored at the end",
    { let mixer = Mixer(); mixer.mixInPlace(bytes); return mixer.sums[count / 2] },
    { let mixer = Mixer(); mixer.mixLocally(bytes); return mixer.sums[count / 2] }),
  Advice(
    "`zip(a, b).map { … }`", "a loop over indices into an array that is there",
    { zipped(bytes)[count / 2] }, { looped(bytes)[count / 2] }),
  Advice(
    "`result.append(x)` for each element", "`[T](repeating: 0, count: n)` and `result[i] = x`",
    { appended(bytes)[count / 2] }, { assigned(bytes)[count / 2] }),
  Advice(
    "`for i in stride(from: 0, to: n, by: 4)`, four bytes a turn", "an array of `SIMD4<UInt8>`",
    { byStride(bytes)[0] }, { byPixel(pixels)[0] }),
  Advice(
    "`sum += Int(x)`", "`sum &+= Int(x)`, where it cannot overflow",
    { Float(checkedSum(words)) }, { Float(wrappingSum(words)) }),
  Advice(
    "`[[UInt8]]`", "one `[UInt8]`, and `row * width + column`",
    { Float(nested(rows)) }, { Float(flat(bytes)) }),
  Advice(
    "`Double`", "`Float`, of which a vector holds four",
    { Float(doubles(bytes)[count / 2]) }, { floats(bytes)[count / 2] }),
  Advice(
    "`UnsafeBufferPointer`, and `p[start + i]`", "`span`, which is checked, or `p[start &+ i]`",
    { byPointer(bytes, 16)[count / 2] }, { bySpan(bytes, 16)[count / 2] }),
  Advice(
    "`UInt8(sum)` for each channel", "`SIMD4<UInt8>(sum)`: one check for four",
    { Float(channels(pixels)[7].x) }, { Float(vectors(pixels)[7].x) }),
]

private final class Mixer {
  var sums = [Float](repeating: 0.5, count: count)

  @inline(never) func mixInPlace(_ bytes: [UInt8]) {
    for i in bytes.indices { sums[i] += 0.5 * Float(bytes[i]) }
  }

  @inline(never) func mixLocally(_ bytes: [UInt8]) {
    var local = sums
    sums = []
    for i in bytes.indices { local[i] += 0.5 * Float(bytes[i]) }
    sums = local
  }
}

@inline(never) private func zipped(_ bytes: [UInt8]) -> [Float] {
  zip(bytes, bytes).map { Float($0) + Float($1) }
}

@inline(never) private func looped(_ bytes: [UInt8]) -> [Float] {
  var sums = [Float](repeating: 0, count: bytes.count)
  for i in bytes.indices { sums[i] = Float(bytes[i]) + Float(bytes[i]) }
  return sums
}

@inline(never) private func appended(_ bytes: [UInt8]) -> [Float] {
  var result: [Float] = []
  for byte in bytes { result.append(Float(byte) * 0.5) }
  return result
}

@inline(never) private func assigned(_ bytes: [UInt8]) -> [Float] {
  var result = [Float](repeating: 0, count: bytes.count)
  for i in bytes.indices { result[i] = Float(bytes[i]) * 0.5 }
  return result
}

@inline(never) private func byStride(_ bytes: [UInt8]) -> SIMD4<Float> {
  var sums: (Float, Float, Float, Float) = (0, 0, 0, 0)
  for i in stride(from: 0, to: bytes.count, by: 4) {
    sums.0 += Float(bytes[i])
    sums.1 += Float(bytes[i + 1])
    sums.2 += Float(bytes[i + 2])
    sums.3 += Float(bytes[i + 3])
  }
  return SIMD4(sums.0, sums.1, sums.2, sums.3)
}

@inline(never) private func byPixel(_ pixels: [SIMD4<UInt8>]) -> SIMD4<Float> {
  var sum = SIMD4<Float>()
  for pixel in pixels { sum += SIMD4<Float>(pixel) }
  return sum
}

@inline(never) private func checkedSum(_ words: [Int32]) -> Int {
  var sum = 0
  for word in words { sum += Int(word) }
  return sum
}

@inline(never) private func wrappingSum(_ words: [Int32]) -> Int {
  var sum = 0
  for word in words { sum &+= Int(word) }
  return sum
}

@inline(never) private func nested(_ rows: [[UInt8]]) -> Int {
  var sum = 0
  for column in 0..<100 { for row in 0..<500 { sum &+= Int(rows[row][column]) } }
  return sum
}

@inline(never) private func flat(_ bytes: [UInt8]) -> Int {
  var sum = 0
  for column in 0..<100 { for row in 0..<500 { sum &+= Int(bytes[row * 100 + column]) } }
  return sum
}

@inline(never) private func doubles(_ bytes: [UInt8]) -> [Double] {
  var result = [Double](repeating: 0, count: bytes.count)
  for turn in 0..<8 { for i in bytes.indices { result[i] += Double(turn) * Double(bytes[i]) } }
  return result
}

@inline(never) private func floats(_ bytes: [UInt8]) -> [Float] {
  var result = [Float](repeating: 0, count: bytes.count)
  for turn in 0..<8 { for i in bytes.indices { result[i] += Float(turn) * Float(bytes[i]) } }
  return result
}

@inline(never) private func byPointer(_ bytes: [UInt8], _ start: Int) -> [Float] {
  var result = [Float](repeating: 0, count: bytes.count)
  bytes.withUnsafeBufferPointer { bytes in
    result.withUnsafeMutableBufferPointer { result in
      for turn in 0..<8 {
        for i in 0..<count - 16 { result[i] += Float(turn) * Float(bytes[start + i]) }
      }
    }
  }
  return result
}

@inline(never) private func bySpan(_ bytes: [UInt8], _ start: Int) -> [Float] {
  var result = [Float](repeating: 0, count: bytes.count)
  let bytes = bytes.span
  var sums = result.mutableSpan
  for turn in 0..<8 {
    for i in 0..<count - 16 { sums[i] += Float(turn) * Float(bytes[start + i]) }
  }
  return result
}

@inline(never) private func channels(_ pixels: [SIMD4<UInt8>]) -> [SIMD4<UInt8>] {
  var result = pixels
  for i in pixels.indices {
    let sum = SIMD4<Float>(pixels[i]) * 0.5
    result[i] = SIMD4(UInt8(sum.x), UInt8(sum.y), UInt8(sum.z), UInt8(sum.w))
  }
  return result
}

@inline(never) private func vectors(_ pixels: [SIMD4<UInt8>]) -> [SIMD4<UInt8>] {
  var result = pixels
  for i in pixels.indices { result[i] = SIMD4<UInt8>(SIMD4<Float>(pixels[i]) * 0.5) }
  return result
}
