import JavaScript

/// How many pixels a canvas of the page has, and how many of them make one of CSS.
public struct Screen: Equatable, Sendable {
  public var width, height: Int
  public var density: Double

  /// The canvas as it is laid out now, as sharp as the screen or, beyond `maximum` pixels, less so.
  @MainActor public init(of canvas: JSObject, maximum: Int) {
    let (width, height) = (max(canvas.clientWidth.number ?? 1, 1), max(canvas.clientHeight.number ?? 1, 1))
    let sharpest = JSObject.global.devicePixelRatio.number ?? 1
    density = min(sharpest, (Double(maximum) / (width * height)).squareRoot())
    self.width = max(1, Int(width * density))
    self.height = max(1, Int(height * density))
  }
}

extension JSObject {
  /// The canvas, with which a worker is to draw from now on.
  public func handedOver() -> JSSending { .transfer(self.transferControlToOffscreen().object!) }
}

/// A canvas that this thread draws on.
public struct Surface {
  private let canvas, context: JSObject

  public init(_ canvas: JSObject) {
    self.canvas = canvas
    // Once: Firefox does not give a worker's again.
    context = canvas.getContext("2d").object!
  }

  /// Shows pixels, row after row from above. The canvas then has their size.
  public func show(_ pixels: [SIMD4<UInt8>], width: Int, height: Int) {
    if canvas.width.number != Double(width) { canvas.width = .number(width) }
    if canvas.height.number != Double(height) { canvas.height = .number(height) }
    // Of memory that threads share no picture can be made: of a copy it can.
    let bytes = pixels.withUnsafeBytes { JSTypedArray(clamped: Array($0)) }
    let picture = JSObject.global.ImageData.function!.new(bytes, width, height)
    context.putImageData(picture, 0, 0)
  }
}
