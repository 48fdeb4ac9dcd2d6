import Exhibit
import JavaScript

/// Plays what the page's keys say until the task is cancelled.
@MainActor public func synthesizer(on pool: ThreadPool) async {
  let figures = element("#figures")
  let ring = SampleRing()
  guard JSObject.global.crossOriginIsolated.boolean == true else {
    figures.textContent = "This page is not isolated: a ring takes memory that threads share."
    return
  }
  let context = JSObject.global.AudioContext.function!.new()
  guard (try? await play(ring, in: context)) != nil else {
    figures.textContent = "This browser has no AudioWorklet."
    return
  }
  let events = Channel<KeyEvent>()
  let rate = context.sampleRate.number ?? 48000
  let making = pool.spawn { () async in await fill(ring, with: events, rate: rate) }
  let listener = listen(to: context) { events.trySend($0) }

  let wave = element(".wave path")
  var sound = Sound()
  while !Task.isCancelled {
    await nextFrame()
    let new = Sound(
      brightness: Float(slider("brightness")), release: Float(slider("release")), echo: Float(slider("echo")))
    if new != sound {
      sound = new
      events.trySend(.set(new))
    }
    // Of the same memory that the player reads.
    let samples = ring.latest(512)
    let points = samples.enumerated().map { "\($0),\(Int(50 - $1 * 120))" }
    wave.setAttribute("d", "M" + points.joined(separator: "L"))
    let milliseconds = Int(Double(ring.count) * 1000 / rate)
    let state = context.state.string == "running" ? "playing" : "press a key"
    figures.textContent = .string("\(state) · \(Int(rate)) Hz · \(milliseconds) ms ahead · \(pool.workerCount) workers")
  }
  listener.release()
  _ = try? await JSPromise(unsafelyWrapping: context.close().object!).value
  making.cancel()
  await making.value
}

/// Makes a node that plays a ring, in a context or an offline one.
@MainActor public func play(_ ring: SampleRing, in context: JSObject) async throws(JSError) {
  guard let worklet = context.audioWorklet.object else { throw JSError(message: "no AudioWorklet") }
  _ = try await JSPromise(unsafelyWrapping: worklet.addModule("ring-player.js").object!).value
  let options = JSObject()
  options.numberOfInputs = 0
  options.processorOptions = .object(ring.views)
  let node = JSObject.global.AudioWorkletNode.function!.new(context, "ring-player", options)
  node.connect(context.destination)
}

/// Keeps the ring a little ahead of the player: a twentieth of a second. On a worker.
private nonisolated(nonsending) func fill(_ ring: SampleRing, with events: Channel<KeyEvent>, rate: Double) async {
  var synthesizer = Synthesizer(rate: rate)
  var block = [Float](repeating: 0, count: 128)
  while !Task.isCancelled {
    while let event = events.tryReceive() { synthesizer.handle(event) }
    while ring.count < Int(rate / 20) {
      synthesizer.fill(&block)
      ring.write(block)
    }
    try? await Task.sleep(for: .milliseconds(4))
  }
}

/// Keys of the page and of the computer, and the button for those who have no hand free.
@MainActor private func listen(to context: JSObject, _ send: @escaping (KeyEvent) -> Void) -> JSClosure {
  let letters = Array("awsedftgyhujkolpö")
  let keys = element("#keys"), button = element("#arpeggio")
  for (index, letter) in letters.enumerated() {
    let key = JSObject.global.document.createElement("button").object!
    key.dataset.note = .number(60 + index)
    key.className = [1, 3, 6, 8, 10].contains(index % 12) ? "black" : ""
    key.ariaLabel = .string("Key \(letter)")
    keys.append(key)
  }
  var isPlaying = false
  func press(_ key: JSObject, _ isDown: Bool) {
    guard let note = Int(key.dataset.note.string ?? ""), key.classList.contains("down").boolean != isDown else { return }
    key.classList.toggle("down", isDown)
    send(isDown ? .down(note) : .up(note))
  }
  let listener = JSClosure { arguments in
    let event = arguments[0].object!
    guard let type = event.type.string, let target = event.target.object else { return .undefined }
    // Browsers are silent until somebody has touched the page.
    if type != "pointerup", context.state.string == "suspended" {
      let resuming = JSPromise(unsafelyWrapping: context.resume().object!)
      // It fails if the page is left before the sound begins.
      spawnLocal { _ = try? await resuming.value }
    }
    switch type {
    case "keydown", "keyup":
      let letter = event.key.string ?? ""
      guard event.repeat.boolean == false, event.ctrlKey.boolean == false, event.metaKey.boolean == false,
        let index = letters.firstIndex(where: { String($0) == letter })
      else { break }
      press(keys.children[index].object!, type == "keydown")
    case "click":
      isPlaying.toggle()
      button.textContent = isPlaying ? "Stop" : "Arpeggio"
      send(.arpeggio(isPlaying))
    case "pointerdown":
      // So that a finger can glide from key to key.
      target.releasePointerCapture(event.pointerId)
      press(target, true)
    case "pointerover":
      if event.buttons.number != 0 { press(target, true) }
    default: press(target, false)
    }
    return .undefined
  }
  for name in ["pointerdown", "pointerover", "pointerup", "pointerout", "pointercancel"] {
    keys.addEventListener(name, listener)
  }
  for name in ["keydown", "keyup"] { JSObject.global.document.addEventListener(name, listener) }
  button.addEventListener("click", listener)
  return listener
}
