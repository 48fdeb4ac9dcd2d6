import BigInt
import Webble
import WebbleTesting

/// The product of a range's numbers, which `2...1000` and its like have room for.
func product(_ range: ClosedRange<Int>) -> BigUInt {
  if range.count <= 8 { return range.reduce(1) { $0 * BigUInt($1) } }
  let middle = range.lowerBound + range.count / 2
  return product(range.lowerBound...middle - 1) * product(middle...range.upperBound)
}

@main struct BigIntTests {
  @MainActor static func main() async {
    await runTests {
      test("a factorial on two workers") {
        let pool = try! ThreadPool(workerCount: 2)
        let halves = [1...500, 501...1000].map { range in pool.spawnStealable { product(range) } }
        var factorial: BigUInt = 1
        for half in halves { factorial *= await half.value }
        let text = factorial.description
        expectEqual(text.utf8.count, 2568)
        expect(text.hasPrefix("402387260077093773543702433923003985719374864210714632543799910429938512398629"))
        expectEqual(factorial.trailingZeroBitCount, 994)
        // What one worker has made, another takes apart.
        let rest = await pool.spawn(on: 1) { (2...1000).reduce(factorial) { $0 / BigUInt($1) } }.value
        expectEqual(rest, 1)
        await pool.shutdown()
      }

      test("long division gives quotient and remainder") {
        var state: UInt64 = 1
        func random(_ width: Int) -> BigUInt {
          var number = BigUInt()
          for _ in 0..<(width + 63) / 64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            number = number << 64 | BigUInt(state)
          }
          return number
        }
        for width in [1, 31, 32, 33, 64, 65, 96, 128, 500, 3000] {
          for _ in 0..<20 {
            let divisor = random(width) + 1, quotient = random(700)
            let remainder = random(width) % divisor
            let (q, r) = (quotient * divisor + remainder).quotientAndRemainder(dividingBy: divisor)
            expectEqual(q, quotient)
            expectEqual(r, remainder)
          }
        }
        // Where the quotient of two words is guessed too high.
        let high = BigUInt(1) << 128 - 1
        expectEqual((high * high) / high, high)
        expectEqual((high * high) % (high - 1), 1)
      }

      test("texts in any radix, and back") {
        let number: BigInt = "-123456789012345678901234567890123456789"
        expectEqual("\(number)", "-123456789012345678901234567890123456789")
        expectEqual(String(number.magnitude, radix: 16), "5ce0e9a56015fec5aadfa328ae398115")
        expectEqual(BigInt(String(number, radix: 35), radix: 35), number)
        let word = "12x"
        expect(BigInt(word) == nil)
        let literal: BigUInt = "340282366920938463463374607431768211456"
        expectEqual(literal, BigUInt(1) << 128)
      }

      test("powers, roots, divisors, primes") {
        let prime = BigUInt(1) << 521 - 1
        expect(prime.isPrime())
        expect(!(prime - 2).isPrime())
        expectEqual(BigUInt(3).power(prime - 1, modulus: prime), 1)
        expectEqual(BigUInt(3).inverse(prime).map { $0 * 3 % prime }, 1)
        expectEqual((prime * prime).squareRoot(), prime)
        expectEqual((prime * 12).greatestCommonDivisor(with: prime * 18), prime * 6)
      }

      test("beside other numbers") {
        expectEqual(BigInt(Int64.min) - 1, BigInt("-9223372036854775809"))
        expectEqual(Int64(exactly: BigInt(Int64.max)), .max)
        expect(Int64(exactly: BigInt(Int64.max) + 1) == nil)
        expectEqual(Double(BigUInt(1) << 100), 0x1p100)
        expectEqual(BigUInt(exactly: 0x1p70), BigUInt(1) << 70)
        expectEqual(BigInt(-7).modulus(3), 2)
        expectEqual(Set([BigInt(5), BigInt(5), BigInt(-5)]).count, 2)
        expectEqual([BigInt(3), -4, 0].sorted(), [-4, 0, 3])
      }
    }
  }
}
