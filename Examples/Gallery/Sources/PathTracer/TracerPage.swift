import Exhibit
import JavaScript

/// Refines the picture until the task is cancelled. Whoever drags turns the camera.
@MainActor public func pathTracer(on pool: ThreadPool) async {
  let canvas = element("canvas")
  let screen = Screen(of: canvas, maximum: 500_000)
  let angle = Watch<Float>(0.5)
  let passes = Watch(0)
  let meter = Meter()

  let gestures = Gestures(on: canvas, zooms: false) { gesture in
    if gesture.dx != 0 { angle.send(angle.value - Float(gesture.dx) * 0.01) }
  }
  let sent = canvas.handedOver()
  let drawing = pool.spawn { () async in
    if let canvas = try? await sent.receive() { await refine(screen, angle, passes, on: Surface(canvas), pool) }
  }
  let telling = Task {
    await meter.show("frames/s of the page") { "\(passes.value) paths a pixel · \(pool.workerCount) workers" }
  }
  while !Task.isCancelled {
    await nextFrame()
    meter.countFrame()
  }
  withExtendedLifetime(gestures) {}
  telling.cancel()
  drawing.cancel()
  await drawing.value
}

private nonisolated(nonsending) func refine(
  _ screen: Screen, _ angle: Watch<Float>, _ passes: Watch<Int>, on surface: Surface, _ pool: ThreadPool
) async {
  while !Task.isCancelled {
    let now = angle.value
    var tracer = Tracer(width: screen.width, height: screen.height, angle: now)
    while angle.value == now, !Task.isCancelled {
      await tracer.addPass(on: pool) { angle.value == now }
      // The first is shown though the camera has turned on: else nothing would be seen of the turn.
      if angle.value != now, tracer.passCount > 1 { break }
      surface.show(await tracer.picture(on: pool), width: tracer.width, height: tracer.height)
      passes.send(tracer.passCount)
      await nextFrame()
    }
  }
}
