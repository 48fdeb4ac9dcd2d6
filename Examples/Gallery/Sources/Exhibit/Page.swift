import JavaScript

/// The first element of the page that `selector` finds. On the main thread.
@MainActor public func element(_ selector: String) -> JSObject {
  guard let element = JSObject.global.document.querySelector(selector).object else {
    fatalError("the page has no \(selector)")
  }
  return element
}

/// What the slider called `name` says.
@MainActor public func slider(_ name: String) -> Double {
  element("input[name=\(name)]").valueAsNumber.number ?? 0
}

/// Waits until the browser is about to draw, on the main thread and, where it has frames there, on a worker: what
/// has been drawn on a canvas by then is seen. Returns the time in milliseconds.
@discardableResult
public nonisolated(nonsending) func nextFrame() async -> Double {
  if JSObject.global.requestAnimationFrame.isUndefined {
    try? await Task.sleep(for: .milliseconds(16))
    return JSPerformance.now()
  }
  let frame = JSPromise { settle in
    JSObject.global.requestAnimationFrame(
      JSOneshotClosure { arguments in
        settle(.success(arguments[0]))
        return .undefined
      })
  }
  return (try? await frame.value.number) ?? 0
}
