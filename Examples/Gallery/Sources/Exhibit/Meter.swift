import JavaScript
import Synchronization

/// How many frames a second were drawn. Whoever draws counts, on any thread.
public final class Meter: Sendable {
  private let frames = Atomic(0)

  public init() {}

  public var count: Int { frames.load(ordering: .relaxed) }

  public func countFrame() { frames.add(1, ordering: .relaxed) }

  /// Writes them into the page's `#figures` twice a second, and what `more` says, until the task is cancelled.
  @MainActor public func show(_ unit: String = "frames/s", _ more: () -> String) async {
    let figures = element("#figures")
    var (count, time) = (count, JSPerformance.now())
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(500))
      let (newCount, now) = (self.count, JSPerformance.now())
      let rate = Int((Double(newCount - count) * 1000 / max(now - time, 1)).rounded())
      (count, time) = (newCount, now)
      figures.textContent = .string("\(rate) \(unit) · \(more())")
    }
  }
}
