import JavaScript
import Mandelbrot

// Draws on this computer's workers what the server draws on its own, and how long either takes. A click on
// a picture goes nearer.

@main struct Page {
  @MainActor static func main() async {
    let pool = try! ThreadPool()
    let document = JSObject.global.document
    let canvas = document.getElementById("here").object!
    let image = document.getElementById("there").object!
    let size = canvas.width.fromJSValue() ?? 0
    var view = View.whole
    await draw(view, size, canvas, pool)

    for await click in events(of: "click", on: canvas) {
      let (column, row) = (click.offsetX.number ?? 0, click.offsetY.number ?? 0)
      view.x += (column / Double(size) - 0.5) * view.extent
      view.y += (row / Double(size) - 0.5) * view.extent
      view.extent /= 2
      image.src = .string("mandelbrot?x=\(view.x)&y=\(view.y)&extent=\(view.extent)&size=\(size)")
      await draw(view, size, canvas, pool)
    }
  }

  @MainActor private static func draw(
    _ view: View, _ size: Int, _ canvas: JSObject, _ pool: ThreadPool
  ) async {
    let start = ContinuousClock.now
    let picture = JSTypedArray(clamped: await view.picture(size: size, on: pool))
    let time = ContinuousClock.now - start
    let pixels = JSObject.global.ImageData.function!.new(picture, size, size)
    canvas.getContext("2d").object!.putImageData(pixels, 0, 0)
    JSObject.global.document.getElementById("time").textContent = .string(
      "\(time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000) ms")
  }
}
