import JavaScript

/// A new canvas of the page. On the main thread.
public func makeCanvas(width: Int, height: Int) -> JSObject {
  let canvas = JSObject.global.document.createElement("canvas").object!
  canvas.width = .number(width)
  canvas.height = .number(height)
  return canvas
}

/// Draws `frameCount` frames of a flight into the Mandelbrot set. A worker of the pool owns the
/// canvas from now on; all workers compute.
public func drawFractal(on canvas: JSObject, pool: ThreadPool, frameCount: Int) async {
  let (width, height) = (canvas.width.fromJSValue() ?? 0, canvas.height.fromJSValue() ?? 0)
  let sent = JSSending.transfer(canvas.transferControlToOffscreen().object!)
  await pool.spawn { () async in
    // These objects live on the worker, across every await.
    guard let canvas = try? await sent.receive() else { return }
    let context = canvas.getContext("2d").object!
    let imageData = JSObject.global.ImageData.function!
    for frame in 0..<frameCount {
      let rows = await pool.map(Array(0..<height)) { row in
        pixels(row: row, width: width, height: height, frame: frame)
      }
      let picture = JSTypedArray(clamped: Array(rows.joined()))
      context.putImageData(imageData.new(picture, width, height), 0, 0)
      // Lets the worker's event loop show the frame.
      try? await Task.sleep(for: .milliseconds(16))
    }
  }.value
}

/// One row of a frame: red, green, blue and alpha of each pixel.
private func pixels(row: Int, width: Int, height: Int, frame: Int) -> [UInt8] {
  let scale = 3 / Double(height) / (1 + Double(frame) / 20)
  let y = (Double(row) - Double(height) / 2) * scale
  var pixels: [UInt8] = []
  pixels.reserveCapacity(width * 4)
  for column in 0..<width {
    let x = -0.75 + (Double(column) - Double(width) / 2) * scale
    let steps = escapeTime(x, y)
    // The set itself is black.
    let shade = UInt8(steps == 255 ? 0 : 255 - steps)
    pixels += [shade / 2, shade, shade == 0 ? 0 : 255, 255]
  }
  return pixels
}

/// How many steps z ← z² + c takes to leave the circle of radius 2; 255 if it has not by then.
private func escapeTime(_ x: Double, _ y: Double) -> Int {
  var (real, imaginary) = (0.0, 0.0)
  for step in 0..<255 {
    let (square, other) = (real * real, imaginary * imaginary)
    if square + other > 4 { return step }
    (real, imaginary) = (square - other + x, 2 * real * imaginary + y)
  }
  return 255
}
