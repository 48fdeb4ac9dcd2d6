import Synchronization
import Webble

/// What is to be done with a photo.
public struct Edits: Sendable {
  /// Added to each channel, from -1 to 1.
  public var brightness: Float
  /// How far each channel is from the middle: 1 leaves it as it is.
  public var contrast: Float
  /// How far each channel is from grey: 1 leaves it as it is, 0 makes it grey.
  public var saturation: Float
  /// In pixels, at most as many as the photo's longer side.
  public var blurRadius: Int

  public init(brightness: Float = 0, contrast: Float = 1, saturation: Float = 1, blurRadius: Int = 0) {
    (self.brightness, self.contrast) = (brightness, contrast)
    (self.saturation, self.blurRadius) = (saturation, blurRadius)
  }
}

/// How far an edit has come. Workers count, anybody looks.
public final class EditProgress: Sendable {
  private let rows = Atomic(0), allRows = Atomic(1)

  public init() {}

  /// From 0 to 1.
  public var part: Double {
    Double(rows.load(ordering: .relaxed)) / Double(allRows.load(ordering: .relaxed))
  }

  func begin(rows: Int) { allRows.store(rows, ordering: .relaxed) }

  func add(rows count: Int) { rows.add(count, ordering: .relaxed) }
}

extension Photo {
  /// The photo with the edits.
  ///
  /// - Returns: nil if the task was cancelled.
  public func edited(
    _ edits: Edits, on pool: ThreadPool, progress: EditProgress = EditProgress()
  ) async -> Photo? {
    let radius = min(max(edits.blurRadius, 0), max(width, height))
    progress.begin(rows: height * (radius > 0 ? 3 : 1))
    var photo = await blurred(radius: radius, on: pool, progress: progress)
    if Task.isCancelled { return nil }
    await photo.adjust(edits, on: pool, progress: progress)
    return Task.isCancelled ? nil : photo
  }

  /// Brightness, contrast and saturation.
  mutating func adjust(_ edits: Edits, on pool: ThreadPool, progress: EditProgress) async {
    // Of red, green and blue in what the eye takes for bright (ITU-R BT.709).
    let brightnesses = SIMD4<Float>(0.2126, 0.7152, 0.0722, 0)
    let middle = SIMD4<Float>(repeating: 128)
    await pool.forEachChunk(of: &pixels, size: width) { _, row in
      for x in row.indices {
        let old = SIMD4<Float>(row[x])
        let grey = SIMD4<Float>(repeating: (old * brightnesses).sum())
        let color = grey + (old - grey) * edits.saturation
        var new = (color - middle) * edits.contrast + middle + 255 * edits.brightness + 0.5
        new.clamp(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
        new.w = old.w
        row[x] = Pixel(new)
      }
      progress.add(rows: 1)
    }
  }
}
