import JavaScript

/// What one or two pointers, or the wheel, have done to an element. In pixels of CSS, from the element's upper left corner.
public struct Gesture: Sendable {
  /// Where the pointer is, or the middle between two.
  public var x, y: Double
  /// How far it has moved.
  public var dx = 0.0, dy = 0.0
  /// What distances have been multiplied by.
  public var zoom = 1.0
  /// Whether a finger or a button is down.
  public var isDown = false
}

/// Listens to an element for as long as it lives. On the main thread.
@MainActor public final class Gestures {
  private var pointers: [Int: SIMD2<Double>] = [:]
  private let element: JSObject
  private var listener: JSClosure!
  private let names: [String]

  /// - Parameter zooms: whether the wheel zooms here and does not scroll the page.
  public init(on element: JSObject, zooms: Bool = true, _ body: @escaping (Gesture) -> Void) {
    self.element = element
    names = ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"] + (zooms ? ["wheel"] : [])
    listener = JSClosure { [unowned(unsafe) self] arguments in
      if let event = arguments[0].object, let gesture = gesture(event) { body(gesture) }
      return .undefined
    }
    let options = JSObject()
    options.passive = false
    for name in names { element.addEventListener(name, listener, options) }
  }

  isolated deinit {
    for name in names { element.removeEventListener(name, listener) }
    listener.release()
  }

  private func gesture(_ event: JSObject) -> Gesture? {
    let place = SIMD2(event.offsetX.number ?? 0, event.offsetY.number ?? 0)
    let pointer = event.pointerId.fromJSValue() ?? -1
    switch event.type.string {
    case "wheel":
      event.preventDefault()
      // Lines or pages in place of pixels.
      let unit = [1.0, 30, 300][event.deltaMode.fromJSValue() ?? 0]
      let zoom = exp(-0.002 * unit * (event.deltaY.number ?? 0))
      return Gesture(x: place.x, y: place.y, zoom: min(max(zoom, 0.5), 2))
    case "pointerdown":
      element.setPointerCapture(pointer)
      pointers[pointer] = place
      return Gesture(x: place.x, y: place.y, isDown: true)
    case "pointermove":
      guard pointers[pointer] != nil else { return Gesture(x: place.x, y: place.y) }
      let before = spread()
      pointers[pointer] = place
      let after = spread()
      return Gesture(
        x: after.middle.x, y: after.middle.y, dx: after.middle.x - before.middle.x,
        dy: after.middle.y - before.middle.y, zoom: after.distance / before.distance, isDown: true)
    default:
      pointers[pointer] = nil
      return Gesture(x: place.x, y: place.y, isDown: !pointers.isEmpty)
    }
  }

  /// The middle of all fingers, and how far they are from it.
  private func spread() -> (middle: SIMD2<Double>, distance: Double) {
    let middle = pointers.values.reduce(SIMD2(0, 0), +) / Double(pointers.count)
    let distance = pointers.values.reduce(0) { sum, place in
      let offset = place - middle
      return sum + (offset * offset).sum().squareRoot()
    }
    return (middle, pointers.count < 2 ? 1 : max(distance, 1))
  }
}
