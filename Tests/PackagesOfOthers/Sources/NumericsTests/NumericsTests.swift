import Numerics
import Webble
import WebbleTesting

@main struct NumericsTests {
  @MainActor static func main() async {
    await runTests {
      test("complex numbers on a worker") {
        let pool = try! ThreadPool(workerCount: 2)
        let turned = await pool.spawn { Complex<Double>.exp(Complex(0, .pi)) }.value
        expect((turned - Complex(-1, 0)).magnitude < 1e-15)
        expect(Complex<Double>.sqrt(Complex(-4, 0)) == Complex(0, 2))
        await pool.shutdown()
      }

      test("elementary functions of generic code") {
        func hypotenuse<Value: Real>(_ a: Value, _ b: Value) -> Value { .sqrt(a * a + b * b) }
        expectEqual(hypotenuse(3.0, 4.0), 5)
        expectEqual(hypotenuse(Float(3), 4), 5)
        expectEqual(Double.pow(2, 10), 1024)
        expect(abs(Double.sin(1) - 0.8414709848078965) < 1e-15)
        expectEqual(Double.log(onePlus: 0), 0)
      }
    }
  }
}
