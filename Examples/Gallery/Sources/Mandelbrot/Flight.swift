import Exhibit
import JavaScript

/// Flies into the Mandelbrot set until the task is cancelled, or somebody takes the controls: drag, pinch, wheel.
@MainActor public func mandelbrot(on pool: ThreadPool) async {
  let canvas = element("canvas")
  var screen = Screen(of: canvas, maximum: 3_000_000)
  var view = View(width: screen.width, height: screen.height)
  var flight: Double? = 0
  let scene = Watch(Scene(view: view, coloring: .byTime))
  let meter = Meter()

  let gestures = Gestures(on: canvas) { gesture in
    guard gesture.isDown || gesture.zoom != 1 else { return }
    flight = nil
    // What is under the pointer stays there.
    let size = view.pixel * screen.density
    let x = gesture.x - Double(screen.width) / screen.density / 2
    let y = gesture.y - Double(screen.height) / screen.density / 2
    view.x += (x * (1 - 1 / gesture.zoom) - gesture.dx) * size
    view.y += (y * (1 - 1 / gesture.zoom) - gesture.dy) * size
    view.pixel = min(max(view.pixel / gesture.zoom, 1e-16), 0.1)
  }
  let canvasSent = canvas.handedOver()
  let drawing = pool.spawn { () async in
    if let canvas = try? await canvasSent.receive() { await draw(scene, on: Surface(canvas), pool, meter) }
  }
  let telling = Task {
    await meter.show("pictures/s") {
      "\(pool.workerCount) workers · \(magnification(of: view))×"
    }
  }
  let restarting = Task {
    for await _ in events(of: "click", on: element("button")) { flight = 0 }
  }

  var last = await nextFrame()
  while !Task.isCancelled {
    let now = await nextFrame()
    let newScreen = Screen(of: canvas, maximum: 3_000_000)
    if newScreen != screen {
      view.pixel *= Double(screen.height) / Double(newScreen.height)
      (view.width, view.height, screen) = (newScreen.width, newScreen.height, newScreen)
    }
    if let seconds = flight {
      flight = seconds + min(now - last, 100) / 1000
      view.fly(to: seconds)
    }
    last = now
    let coloring = element("input").checked.boolean == true ? Coloring.byWorker : .byTime
    let new = Scene(view: view, coloring: coloring)
    if new != scene.value { scene.send(new) }
  }
  withExtendedLifetime(gestures) {}
  restarting.cancel()
  telling.cancel()
  scene.close()
  await drawing.value
}

/// What is to be seen.
struct Scene: Equatable, Sendable {
  var view: View
  var coloring: Coloring
}

extension View {
  /// Where a flight is after so many seconds: in for a minute, and out again.
  mutating func fly(to seconds: Double) {
    let whole = View(width: width, height: height)
    let depth = 26 * (1 - cos(seconds * .pi / 60)) / 2
    pixel = whole.pixel * exp(-depth)
    // The nearer, the more of the middle the place takes that everybody goes to.
    let share = exp(-depth * 0.9)
    x = -0.743643887037151 + (whole.x + 0.743643887037151) * share
    y = 0.131825904205330 + (whole.y - 0.131825904205330) * share
  }
}

/// Draws each scene at once, as coarsely as it takes to keep up, and finer while no other comes.
private nonisolated(nonsending) func draw(
  _ scene: Watch<Scene>, on surface: Surface, _ pool: ThreadPool, _ meter: Meter
) async {
  var quickStep = 4.0
  for await new in scene {
    let start = ContinuousClock.now
    let coarse = new.view.coarser(by: quickStep)
    let pixels = await pool.picture(of: coarse, coloring: new.coloring)
    let time = (ContinuousClock.now - start) / .milliseconds(1)
    surface.show(pixels, width: coarse.width, height: coarse.height)
    meter.countFrame()
    await nextFrame()

    var step = quickStep
    quickStep = min(max(quickStep * (time / 25).squareRoot(), 1), 5)
    while step > 1, scene.value == new {
      step = max(1, step / 2)
      let view = new.view.coarser(by: step)
      let pixels = await pool.picture(of: view, coloring: new.coloring) { scene.value == new }
      if scene.value == new { surface.show(pixels, width: view.width, height: view.height) }
      await nextFrame()
    }
  }
}

private func magnification(of view: View) -> String {
  let whole = View(width: view.width, height: view.height)
  let power = log10(whole.pixel / view.pixel)
  if power < 4 { return "\(Int(exp(power * log(10.0))))" }
  let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
  return "10" + "\(Int(power))".utf8.map { String(digits[Int($0) - 48]) }.joined()
}
