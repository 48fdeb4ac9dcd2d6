import Fractal
import JavaScript

@main struct Canvas {
  static func main() async {
    let pool = try! ThreadPool()
    let canvas = makeCanvas(width: 480, height: 320)
    JSObject.global.document.body.append(canvas)
    await drawFractal(on: canvas, pool: pool, frameCount: 100)
  }
}
