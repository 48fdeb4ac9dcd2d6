import JavaScript
import PhotoEditing

/// What the page's JavaScript calls. `webble build` writes the types into app.d.ts.
@main struct PhotoEditor {
  @MainActor static func main() {
    let studio = Studio(pool: try! ThreadPool())

    JSExports.addAsync("landscape", "width", "height") { (width: Int, height: Int) async -> Picture? in
      await studio.openLandscape(width: width, height: height)
    }
    JSExports.addAsync("open", "bytes", "width", "height") {
      (bytes: JSTypedArray<UInt8>, width: Int, height: Int) async -> Picture? in
      await studio.open(Photo(width: width, height: height, bytes: Array(bytes)))
    }
    JSExports.addAsync("preview", "edits", documentation: "Edits a small copy, as often as a slider moves.") {
      (edits: PageEdits) async -> Picture? in
      await studio.preview(edits)
    }
    JSExports.addAsync(
      "edit", "edits", "progress", "signal",
      documentation: "Edits the photo, tells how far it has come, from 0 to 1, and rejects when the signal aborts."
    ) {
      (edits: PageEdits, progress: JSCallback1<Double, JSVoid>, signal: JSAbortSignal?) async -> Picture? in
      await studio.edit(edits) { _ = try? progress($0) }
    }
  }
}

/// The photo that is open, and its copy for previews.
@MainActor final class Studio {
  private let pool: ThreadPool
  private var photo: Photo?
  private var small: Photo?

  init(pool: ThreadPool) { self.pool = pool }

  func openLandscape(width: Int, height: Int) async -> Picture? {
    guard width >= 1, height >= 1, width <= 100_000_000 / height else { return nil }
    return await open(.landscape(width: width, height: height, on: pool))
  }

  /// Returns the copy, or nil if there is no photo.
  func open(_ new: Photo?) async -> Picture? {
    guard let new else { return nil }
    let copy = await new.scaled(toFit: 800, on: pool)
    (photo, small) = (new, copy)
    return Picture(copy)
  }

  func preview(_ edits: PageEdits) async -> Picture? {
    guard let photo, let small else { return nil }
    // What a radius is in the photo is less in its copy.
    let edits = edits.edits(scale: Double(small.width) / Double(photo.width))
    return await small.edited(edits, on: pool).map { Picture($0) }
  }

  func edit(_ edits: PageEdits, tell: @escaping (Double) -> Void) async -> Picture? {
    guard let photo else { return nil }
    let progress = EditProgress()
    let telling = Task {
      while !Task.isCancelled {
        tell(progress.part)
        try? await Task.sleep(for: .milliseconds(50))
      }
    }
    let edited = await photo.edited(edits.edits(scale: 1), on: pool, progress: progress)
    telling.cancel()
    if edited != nil { tell(1) }
    return edited.map { Picture($0) }
  }
}

/// `Edits` as the page gives them.
struct PageEdits: JSExportableStruct {
  var brightness = 0.0, contrast = 1.0, saturation = 1.0, blur = 0.0

  mutating func visit(_ fields: inout JSFields) {
    fields.visit("brightness", &brightness)
    fields.visit("contrast", &contrast)
    fields.visit("saturation", &saturation)
    fields.visit("blur", &blur)
  }

  func edits(scale: Double) -> Edits {
    Edits(
      brightness: Float(brightness), contrast: Float(contrast), saturation: Float(saturation),
      blurRadius: Int((min(max(blur, 0), 1000) * scale).rounded()))
  }
}

/// A photo as the page gets it: what `new ImageData(pixels, width, height)` takes.
struct Picture: JSExportableStruct {
  var width = 0, height = 0, pixels = JSUInt8ClampedArray([])

  init() {}

  init(_ photo: Photo) {
    (width, height) = (photo.width, photo.height)
    pixels = JSUInt8ClampedArray(photo.bytes)
  }

  mutating func visit(_ fields: inout JSFields) {
    fields.visit("width", &width)
    fields.visit("height", &height)
    fields.visit("pixels", &pixels)
  }
}
