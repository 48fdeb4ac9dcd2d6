import Fractal
import JavaScript
import PrimeForm
import Synchronization
import WebbleTesting
@_spi(Webble) import _Concurrency

/// Real pages in a real browser; Node has none.
@main struct PageTests {
  @MainActor static func main() async {
    await runTests {
      guard !JSObject.global.document.isUndefined else { return }
      test("a form driven from Swift", timeLimit: .seconds(20), form)
      test("a canvas that a worker draws", timeLimit: .seconds(20), canvas)
      test("a photo that is edited, as a canvas shows it", timeLimit: .seconds(20), photo)
      test("an edit that is cancelled gives nothing", timeLimit: .seconds(20), cancelledEdit)
      test(
        "a thousand requests on busy workers, and the page's frames", timeLimit: .seconds(60),
        requests)
    }
  }
}

/// A function of JavaScript, from its source.
private func function(_ parameter: String, _ body: String) -> JSFunction {
  JSObject.global.Function.function!.new(parameter, body).jsValue.function!
}

@MainActor private func form() async {
  let pool = try! ThreadPool(workerCount: 1)
  let form = PrimeForm(pool: pool)
  JSObject.global.document.body.append(form.element)
  let answering = Task { await form.run() }
  let button = form.element.querySelector("button").object!
  let output = form.element.querySelector("output").object!
  let type = function(
    "form, text",
    """
    const input = form.querySelector("input");
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    """)

  // The listeners are there when the form waits.
  for _ in 0..<10 { await Task.yield() }
  type(form.element, "many")
  await frames { output.textContent.string == "" }
  expect(button.disabled.boolean == true)
  type(form.element, "100")
  await frames { button.disabled.boolean == false }
  // A click submits the form, which would load another page.
  button.click()
  await frames { output.textContent.string == "25" }
  type(form.element, "1000")
  button.click()
  await frames { output.textContent.string == "168" }

  answering.cancel()
  await answering.value
  form.element.remove()
  await pool.shutdown()
}

/// Lets the page go on, from frame to frame, until `condition` holds.
@MainActor private func frames(until condition: () -> Bool) async {
  for await _ in animationFrames() where condition() { return }
}

@MainActor private func canvas() async {
  guard isIsolated() else { return }
  let pool = try! ThreadPool(workerCount: 2)
  let canvas = makeCanvas(width: 60, height: 40)
  JSObject.global.document.body.append(canvas)
  await drawFractal(on: canvas, pool: pool, frameCount: 3)

  // What the page shows: the middle is in the set, the corner is not.
  let copy = makeCanvas(width: 60, height: 40)
  let context = copy.getContext("2d").object!
  func pixel(_ x: Int, _ y: Int) -> String {
    context.getImageData(x, y, 1, 1).data.join().string ?? ""
  }
  await frames {
    context.drawImage(canvas, 0, 0)
    return pixel(30, 20) == "0,0,0,255"
  }
  expectEqual(pixel(0, 0), "127,254,255,255")
  canvas.remove()
  await pool.shutdown()
}

@MainActor private func requests() async {
  guard isIsolated() else { return }
  let pool = try! ThreadPool()
  try! await pool.ready()
  // What Chromium knows of frames that took longer than 50 ms: how long scripts ran in them.
  let longest = function(
    "unused",
    """
    let longest = 0;
    if (PerformanceObserver.supportedEntryTypes.includes("long-animation-frame")) {
      const look = (list) => {
        for (const { scripts } of list) {
          longest = Math.max(longest, scripts.reduce((sum, script) => sum + script.duration, 0));
        }
      };
      const observer = new PerformanceObserver((list) => look(list.getEntries()));
      observer.observe({ type: "long-animation-frame" });
      return () => { look(observer.takeRecords()); observer.disconnect(); return longest; };
    }
    return () => 0;
    """)().function!

  let isOver = Flag()
  let busy = (0..<pool.workerCount * 2).map { _ in
    pool.spawnStealable { () async -> Int in
      var sum = 0
      while !isOver.value.load(ordering: .relaxed) {
        sum &+= (0..<200_000).reduce(0) { $0 &+ ($1 ^ sum) }
        await Task.yield()
      }
      return sum
    }
  }
  let requests = (0..<1000).map { _ in
    pool.spawn { () async -> Bool in
      do throws(JSError) {
        let response = try await fetch("/index.html")
        return try await response.text().utf8.count > 0 && response.isOK
      } catch {
        return false
      }
    }
  }
  let counting = Task { () async -> Int in
    var count = 0
    for await _ in animationFrames() { count += 1 }
    return count
  }
  var arrived = 0
  for request in requests where await request.value { arrived += 1 }
  isOver.value.store(true, ordering: .relaxed)
  for task in busy { _ = await task.value }
  counting.cancel()
  expectEqual(arrived, 1000)
  expect(await counting.value > 10, "frames")
  let milliseconds = longest().number!
  // A script does nothing that takes long; a busy machine may take the processor from it meanwhile.
  expect(milliseconds <= 500, "scripts of a frame took \(milliseconds) ms")
  await pool.shutdown()
}

private final class Flag: Sendable {
  let value = Atomic(false)
}
