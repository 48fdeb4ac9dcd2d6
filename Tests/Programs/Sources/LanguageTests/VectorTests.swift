import TestSupport
import Webble
import WebbleTesting

// What compiles to vector instructions, against the same by hand, element by element. Elements are
// computed at run time, so that the compiler does not know them.

@inline(never) private func values(_ count: Int) -> [Float] {
  (0..<count).map { Float(($0 &* 7 &+ 3) % 19) - 9.5 }
}

@inline(never) private func bytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
}

@inline(never) private func scaled(_ x: [Float], _ y: [Float], by a: Float) -> [Float] {
  var result = y
  for index in 0..<Swift.min(x.count, result.count) { result[index] += a * x[index] }
  return result
}

@inline(never) private func sum(_ all: [Int]) -> Int { all.reduce(0, &+) }
@inline(never) private func has(_ all: [UInt8], _ byte: UInt8) -> Bool {
  var found = false
  for one in all { found = found || one == byte }
  return found
}
@inline(never) private func brightened(_ all: [UInt8], by step: UInt8) -> [UInt8] {
  all.map { $0 > 255 - step ? 255 : $0 + step }
}

private func checkVectors() {
  let x = values(37), y = values(41).reversed() as [Float]
  for index in 0..<9 {
    let a = SIMD4(x[index], x[index + 1], x[index + 2], x[index + 3])
    let b = SIMD4(y[index], y[index + 1], y[index + 2], y[index + 3])
    let product = a * b + SIMD4(repeating: 0.5), quotient = a / b
    let mask = a .< b
    let chosen = a.replacing(with: b, where: mask)
    for lane in 0..<4 {
      expectEqual(product[lane], a[lane] * b[lane] + 0.5)
      expectEqual(quotient[lane], a[lane] / b[lane])
      expectEqual(mask[lane], a[lane] < b[lane])
      expectEqual(chosen[lane], a[lane] < b[lane] ? b[lane] : a[lane])
    }
    let lanes = (0..<4).map { a[$0] }
    expectEqual(a.sum(), (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]))
    expectEqual(a.max(), lanes.max()!)
    expectEqual(any(mask), (0..<4).contains { mask[$0] })
    expectEqual(all(mask), (0..<4).allSatisfy { mask[$0] })
    expectEqual(a.lowHalf[1], lanes[1])
  }
  let small = SIMD16<UInt8>(bytes(16)), other = SIMD16<UInt8>(bytes(32).suffix(16))
  let sums = small &+ other, shifted = small &<< 3, both = small & other
  for lane in 0..<16 {
    expectEqual(sums[lane], small[lane] &+ other[lane])
    expectEqual(shifted[lane], small[lane] &<< 3)
    expectEqual(both[lane], small[lane] & other[lane])
  }
  expectEqual(small.wrappedSum(), (0..<16).reduce(0) { $0 &+ small[$1] })
  let wide = SIMD4<UInt32>(truncatingIfNeeded: SIMD4(small[0], small[1], small[2], small[3]))
  expectEqual(wide[3], UInt32(small[3]))
  let doubles = SIMD2<Double>(SIMD2(x[0], x[1]))
  expectEqual(doubles.squareRoot()[0].isNaN, x[0] < 0)
}

private func checkLoops() {
  // Lengths around those of vectors, so that the turns left over are taken, too.
  for count in [0, 1, 3, 4, 5, 15, 16, 17, 33, 1000] {
    let x = values(count), y = values(count)
    let result = scaled(x, y, by: 1.5)
    for index in 0..<count { expectEqual(result[index], y[index] + 1.5 * x[index]) }
    let numbers = Array(0..<count)
    expectEqual(sum(numbers), count * (count - 1) / 2)
    let all = bytes(count)
    expectEqual(has(all, 48), all.contains(48))
    let bright = brightened(all, by: 100)
    for index in 0..<count { expectEqual(bright[index], UInt8(Swift.min(255, Int(all[index]) + 100))) }
  }
}

@MainActor func vectorTests() {
  test("vectors compute what their elements do", timeLimit: testLimit) {
    checkVectors()
    let pool = try! ThreadPool(workerCount: 2)
    await pool.spawn(on: 1) { checkVectors() }.value
    await pool.shutdown()
  }
  test("loops over arrays compute the same with vectors, whatever their length", timeLimit: testLimit) {
    checkLoops()
  }
}
