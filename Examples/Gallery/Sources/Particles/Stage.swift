import Exhibit
import JavaScript

/// Shows a swarm until the task is cancelled. The pointer draws it near; pressed, it pushes it away.
@MainActor public func particles(on pool: ThreadPool) async {
  let canvas = element("canvas"), count = element("input"), label = element("label output")
  // A telephone has fewer, and weaker, processors.
  let isSmall = (JSObject.global.innerWidth.number ?? 0) < 700
  if isSmall { count.value = .string("60000") }
  let settings = Watch(settings(canvas, count))
  let pointer = Mutex<Pull?>(nil)
  let meter = Meter()

  let gestures = Gestures(on: canvas) { gesture in
    let height = Float(canvas.clientHeight.number ?? 1)
    pointer.withLock {
      $0 = Pull(x: Float(gesture.x) / height, y: Float(gesture.y) / height, strength: gesture.isDown ? -0.6 : 0.35)
    }
  }
  let sent = canvas.handedOver()
  let drawing = pool.spawn { () async in
    if let canvas = try? await sent.receive() { await draw(settings, pointer, on: Surface(canvas), pool, meter) }
  }
  let telling = Task {
    await meter.show { "\(pool.workerCount) workers · \(settings.value.screen.width) × \(settings.value.screen.height)" }
  }
  while !Task.isCancelled {
    await nextFrame()
    let new = Particles.settings(canvas, count)
    label.textContent = .string("\(new.count / 1000),000")
    if new != settings.value { settings.send(new) }
  }
  withExtendedLifetime(gestures) {}
  telling.cancel()
  drawing.cancel()
  await drawing.value
}

private struct Settings: Equatable, Sendable {
  var screen: Screen
  var count: Int
}

@MainActor private func settings(_ canvas: JSObject, _ count: JSObject) -> Settings {
  Settings(screen: Screen(of: canvas, maximum: 1_200_000), count: Int(count.valueAsNumber.number ?? 0))
}

private nonisolated(nonsending) func draw(
  _ settings: Watch<Settings>, _ pointer: Mutex<Pull?>, on surface: Surface, _ pool: ThreadPool, _ meter: Meter
) async {
  var now = settings.value
  var swarm = makeSwarm(now, pool)
  var frame: Float = 0
  while !Task.isCancelled {
    if settings.value != now {
      now = settings.value
      swarm = makeSwarm(now, pool)
    }
    // Three that wander, and the pointer.
    let middle = Float(now.screen.width) / Float(now.screen.height) / 2
    var pulls = (0..<3).map { index -> Pull in
      let angle = frame / 170 * (1 + Float(index) * 0.37) + Float(index) * 2.1
      return Pull(x: middle + 0.62 * middle * cos(angle), y: 0.5 + 0.3 * sin(angle * 1.3), strength: 0.09)
    }
    if let pull = pointer.withLock({ $0 }) { pulls.append(pull) }
    await swarm.step(pulls, on: pool)
    surface.show(await swarm.picture(on: pool), width: swarm.width, height: swarm.height)
    meter.countFrame()
    frame += 1
    await nextFrame()
  }
}

private func makeSwarm(_ settings: Settings, _ pool: ThreadPool) -> Swarm {
  Swarm(
    count: settings.count, width: settings.screen.width, height: settings.screen.height,
    parts: min(pool.workerCount, 8))
}
