import Mandelbrot
import Webble
import WebbleTesting

@main struct MandelbrotTests {
  @MainActor static func main() async {
    await runTests {
      test("a picture is the same to the bit on a server and in a page") {
        let pool = try! ThreadPool(workerCount: 2)
        let picture = await View(x: -0.75, y: 0.1, extent: 0.2).picture(size: 64, on: pool)
        expectEqual(picture.count, 64 * 64 * 4)
        // FNV-1a.
        let hash = picture.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
          ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        expectEqual(hash, 8_949_516_137_084_466_550)
        await pool.shutdown()
      }
    }
  }
}
