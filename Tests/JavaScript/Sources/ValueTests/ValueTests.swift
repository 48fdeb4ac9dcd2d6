import JavaScript
import WebbleTesting

@main struct ValueTests {
  @MainActor static func main() async {
    await runTests {
      test("a number") {
        expectEqual(JSObject.global.Math.max(1, 2.5).number ?? 0, 2.5)
      }
    }
  }
}
