import Exhibit
import Files
import JavaScript
import Synthesizer
import WebbleTesting

@MainActor func pagesOfSoundAndFiles() {
  test("the page of the synthesiser", timeLimit: .seconds(60)) {
    await open("synthesizer") { pool in await synthesizer(on: pool) } visit: {
      await eventually { element("#figures").textContent.string?.hasPrefix("Starting") == false }
      // Without sound cards, and in engines without AudioWorklet, the page says so.
      guard element("#figures").textContent.string?.contains("ahead") == true else { return }
      element("#arpeggio").click()
      await eventually { element("#arpeggio").textContent.string == "Stop" }
    }
  }
  test("a worklet plays what a worker has written", timeLimit: .seconds(60)) {
    guard JSObject.global.crossOriginIsolated.boolean == true, !JSObject.global.OfflineAudioContext.isUndefined else {
      return
    }
    let context = JSObject.global.OfflineAudioContext.function!.new(1, 4096, 48000)
    guard !context.audioWorklet.isUndefined else { return }
    let pool = try! ThreadPool(workerCount: 1)
    let ring = SampleRing()
    // Twice round the ring in all: what is played makes room.
    await pool.spawn { ring.write((0..<6000).map { Float($0) / 8192 }) }.value
    try! await play(ring, in: context)
    let buffer = try! await JSPromise(context.startRendering().object!)!.value.object!
    let played = Array(JSTypedArray<Float>(buffer.getChannelData(0).object!)!)
    expect(played == (0..<4096).map { Float($0) / 8192 })
    expectEqual(ring.count, 6000 - 4096)
    await pool.shutdown()
  }
  test("the page of the files", timeLimit: .seconds(60)) {
    await open("files") { pool in await files(on: pool, named: "test.log") } visit: {
      await eventually { element("#figures").textContent.string?.hasPrefix("Starting") == false }
      await eventually { element("#figures").textContent.string?.hasPrefix("Opening") == false }
      guard element("#figures").textContent.string?.hasPrefix("opened") == true else {
        print(element("#figures").textContent.string ?? "")
        return
      }
      element("[name=key]").value = "a <b>key"
      element("[name=value]").value = "its value"
      element("form button").click()
      await eventually { element("#figures").textContent.string?.hasPrefix("written") == true }
      expectEqual(element("td").textContent.string, "a <b>key")
      element("[data-action=fill]").click()
      await eventually { element("#figures").textContent.string?.contains("10001 entries") == true }
    }
    // Another worker opens what the first has closed.
    await open("files") { pool in await files(on: pool, named: "test.log") } visit: {
      await eventually { element("#figures").textContent.string?.hasPrefix("Starting") == false }
      await eventually { element("#figures").textContent.string?.hasPrefix("Opening") == false }
      guard element("#figures").textContent.string?.hasPrefix("opened") == true else { return }
      expect(element("#figures").textContent.string?.contains("10001 entries") == true)
      element("td button").click()
      await eventually { element("#figures").textContent.string?.contains("10000 entries") == true }
      element("[data-action=compact]").click()
      await eventually { element("#figures").textContent.string?.contains(" 0 of them dead") == true }
    }
  }
}
