import Exhibit
import JavaScript
import Mandelbrot
import Particles
import PathTracer
import Scheduler
import Search
import WebbleTesting

@MainActor func pages() {
  test("the page of the Mandelbrot set", timeLimit: .seconds(60)) {
    await open("mandelbrot") { pool in await mandelbrot(on: pool) } visit: {
      await drawn()
      // Blue sky all round, the set in the middle; black is nothing else on the page.
      await eventually { let pixel = picture(at: 0.02, 0.05); return pixel[3] == 255 && pixel[2] > pixel[0] }
      await eventually { picture(at: 0.55, 0.5) == [0, 0, 0, 255] }
      // A wheel that is turned over the right edge goes in there: out of the set.
      for _ in 0..<12 { turnWheel(at: 0.99, 0.5, by: -300) }
      await eventually { picture(at: 0.5, 0.5)[0] > 30 }
    }
  }
  test("the page of the particles", timeLimit: .seconds(60)) {
    await open("particles") { pool in await particles(on: pool) } visit: {
      await eventually { ["60,000", "200,000"].contains(element("label output").textContent.string) }
      await drawn()
      await eventually { picture(at: 0.5, 0.5)[0] > 0 || picture(at: 0.45, 0.5)[0] > 0 }
      set("input", to: "10000")
      await eventually { element("label output").textContent.string == "10,000" }
    }
  }
  test("the page of the search", timeLimit: .seconds(60)) {
    await open("search") { pool in await search(on: pool, documentCount: 2000) } visit: {
      await eventually { element("input").disabled.boolean == false }
      for query in ["a", "am", "amb", "amber"] { set("input", to: query) }
      await eventually { element("#figures").textContent.string?.contains("4 searches") == true }
      await eventually { !JSObject.global.document.querySelector("li").isNull }
      expectEqual(element("mark").textContent.string?.lowercased().hasPrefix("amber"), true)
    }
  }
  test("the page of the scheduler", timeLimit: .seconds(60)) {
    await open("scheduler") { pool in await scheduler(on: pool) } visit: {
      set("input[name=rate]", to: "4")
      await eventually { element("output[name=rate]").textContent.string == "10,000" }
      // A line for each tenth of a second, of which some are busy.
      await eventually {
        let line = element(".busy").getAttribute("d").string ?? ""
        return line.split(separator: "L").count > 6 && line.split(separator: "L").contains { !$0.hasSuffix(",100") && !$0.contains("M") && !$0.contains("Z") }
      }
    }
  }
  test("the page of the path tracer", timeLimit: .seconds(60)) {
    await open("pathtracer") { pool in await pathTracer(on: pool) } visit: {
      await eventually { element("#figures").textContent.string?.contains(" 0 paths") == false }
      await eventually { element("#figures").textContent.string?.hasPrefix("Starting") == false }
      await eventually { picture(at: 0.5, 0.02)[3] == 255 }
      let sky = picture(at: 0.5, 0.02)
      expect(sky[0] > sky[1] + 10, "\(sky)")
    }
  }
}

/// Shows the page of an exhibit and runs what it runs while somebody visits it.
@MainActor func open(
  _ name: String, run: @escaping @MainActor (ThreadPool) async -> Void, visit: @MainActor () async -> Void
) async {
  let pool = try! ThreadPool(workerCount: 2)
  try! await pool.ready()
  let text = try! await fetch("/\(name).html").text()
  let page = JSObject.global.DOMParser.function!.new().parseFromString(text, "text/html").object!
  let document = JSObject.global.document
  document.body.replaceWith(page.body)
  // The style that gives the canvas its size.
  if document.querySelector("link[href='gallery.css']").isNull {
    let style = page.querySelector("link[rel=stylesheet]").object!
    await withUnsafeContinuation { (loaded: UnsafeContinuation<Void, Never>) in
      style.onload = .object(
        JSOneshotClosure { _ in
          loaded.resume()
          return .undefined
        })
      document.head.append(style)
    }
  }
  let running = Task { await run(pool) }
  await visit()
  running.cancel()
  await running.value
  await pool.shutdown()
  document.body.replaceChildren()
}

/// Waits until the page has counted frames.
@MainActor private func drawn() async {
  await eventually { ("1"..."9").contains(element("#figures").textContent.string?.prefix(1) ?? "") }
}

/// What the page's canvas shows at a place, from 0 to 1 in both directions: red, green, blue and alpha.
@MainActor func picture(at x: Double, _ y: Double) -> [UInt8] {
  let canvas = element("canvas")
  let copy = JSObject.global.document.createElement("canvas").object!
  (copy.width, copy.height) = (.number(1), .number(1))
  let context = copy.getContext("2d").object!
  context.drawImage(
    canvas, -x * (canvas.width.number ?? 0), -y * (canvas.height.number ?? 0))
  return Array(JSTypedArray<UInt8>(context.getImageData(0, 0, 1, 1).data.object!)!)
}

@MainActor private func set(_ selector: String, to value: String) {
  element(selector).value = .string(value)
  let options = JSObject()
  options.bubbles = true
  element(selector).dispatchEvent(JSObject.global.InputEvent.function!.new("input", options))
}

@MainActor private func turnWheel(at x: Double, _ y: Double, by delta: Double) {
  let box = element("canvas").getBoundingClientRect().object!
  let options = JSObject()
  options.clientX = .number((box.left.number ?? 0) + x * (box.width.number ?? 0))
  options.clientY = .number((box.top.number ?? 0) + y * (box.height.number ?? 0))
  options.deltaY = .number(delta)
  element("canvas").dispatchEvent(JSObject.global.WheelEvent.function!.new("wheel", options))
}

/// Waits, from frame to frame, until `condition` holds.
@MainActor func eventually(_ condition: () -> Bool) async {
  for await _ in animationFrames() where condition() { return }
}
