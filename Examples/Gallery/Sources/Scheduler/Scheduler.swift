import Exhibit
import JavaScript
import Synchronization

/// Gives the pool the load that the sliders ask for, and draws what comes of it, until the task is cancelled.
@MainActor public func scheduler(on pool: ThreadPool) async {
  let charts = (0..<pool.workerCount).map { Chart(worker: $0) }
  let load = Load(pool: pool)
  let loading = Task { await load.run() }
  let figures = element("#figures")
  var before = pool.metrics
  var time = JSPerformance.now()
  while !Task.isCancelled {
    try? await Task.sleep(for: .milliseconds(100))
    let (metrics, now) = (pool.metrics, JSPerformance.now())
    let milliseconds = max(now - time, 1)
    for (chart, (old, new)) in zip(charts, zip(before.workers, metrics.workers)) {
      chart.add(from: old, to: new, milliseconds: milliseconds)
    }
    let polls = Double(metrics.totalPollsCount &- before.totalPollsCount) * 1000 / milliseconds
    figures.textContent = .string(
      "\(grouped(polls)) tasks/s · \(grouped(Double(load.waiting))) waiting · \(pool.workerCount) workers")
    (before, time) = (metrics, now)
  }
  loading.cancel()
  await loading.value
}

/// Tasks that do nothing but take their time.
@MainActor private final class Load {
  private let pool: ThreadPool
  private let unfinished = Unfinished()

  init(pool: ThreadPool) { self.pool = pool }

  var waiting: Int { unfinished.count.load(ordering: .relaxed) }

  func run() async {
    let rateText = element("output[name=rate]"), timeText = element("output[name=time]")
    let track = element("select")
    var due = 0.0
    var last = await nextFrame()
    while !Task.isCancelled {
      let now = await nextFrame()
      // Sliders go by powers of ten.
      let rate = exp(slider("rate") * log(10)).rounded(), time = exp(slider("time") * log(10)).rounded()
      rateText.textContent = .string(grouped(rate))
      timeText.textContent = .string("\(grouped(time)) µs")
      due += rate * min(now - last, 100) / 1000
      last = now
      // What cannot be done in time is not piled up without end.
      let count = min(Int(due), 100_000 - waiting)
      due -= due.rounded(.down)
      if count > 0 { spawn(count, track.value.string, .microseconds(Int(time))) }
    }
  }

  private func spawn(_ count: Int, _ track: String?, _ time: Duration) {
    unfinished.count.add(count, ordering: .relaxed)
    let (pool, unfinished) = (pool, unfinished)
    let work = { @Sendable () async in
      let end = ContinuousClock.now + time
      while ContinuousClock.now < end {}
      unfinished.count.subtract(1, ordering: .relaxed)
    }
    switch track {
    case "pinned": for _ in 0..<count { pool.spawn(work) }
    case "first": for _ in 0..<count { pool.spawn(on: 0, work) }
    case "forked": pool.spawn(on: 0) { for _ in 0..<count { pool.spawnStealable(work) } }
    default: for _ in 0..<count { pool.spawnStealable(work) }
    }
  }
}

private final class Unfinished: Sendable {
  let count = Atomic(0)
}

/// How busy a worker was, and what it has stolen, in the last twenty seconds.
@MainActor private final class Chart {
  private let busyPath, stealsPath, text: JSObject
  private var busy: [Double] = [], steals: [Double] = []

  init(worker: Int) {
    let section = JSObject.global.document.createElement("section").object!
    section.innerHTML = .string(
      """
      <h2>Worker \(worker)</h2><output></output>
      <svg viewBox="0 0 200 100" preserveAspectRatio="none"><path class="busy"/><path class="steals"/></svg>
      """)
    element("#workers").append(section)
    busyPath = section.querySelector(".busy").object!
    stealsPath = section.querySelector(".steals").object!
    text = section.querySelector("output").object!
  }

  func add(from old: WorkerMetrics, to new: WorkerMetrics, milliseconds: Double) {
    let share = min((new.busyDuration - old.busyDuration) / .milliseconds(1) / milliseconds, 1)
    let stealsNow = Double(new.stealOperations &- old.stealOperations) * 1000 / milliseconds
    busy.append(share)
    // By powers of ten: a thousand a second reach the top.
    steals.append(min(log10(stealsNow + 1) / 3, 1))
    if busy.count > 200 {
      busy.removeFirst()
      steals.removeFirst()
    }
    busyPath.setAttribute("d", "M\(201 - busy.count),100L\(line(busy))L200,100Z")
    stealsPath.setAttribute("d", "M\(line(steals))")
    text.textContent = .string(
      "\(Int(share * 100)) % busy · \(grouped(stealsNow)) steals/s · \(grouped(Double(new.localQueueDepth))) ready")
  }

  private func line(_ values: [Double]) -> String {
    values.enumerated().map { "\(201 - values.count + $0),\(Int(100 - $1 * 100))" }.joined(separator: "L")
  }
}

/// A number in groups of three digits.
private func grouped(_ number: Double) -> String {
  var digits = Array("\(Int(number.rounded()))")
  for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
  return String(digits)
}
