import Mandelbrot
import Particles
import PathTracer
import Search
import Webble
import WebbleTesting

@MainActor func computations() {
  test("the Mandelbrot set", timeLimit: .seconds(60)) {
    let pool = try! ThreadPool(workerCount: 2)
    var view = View(width: 300, height: 200)
    view.x = -0.5
    let pixels = await pool.picture(of: view)
    // Black is what never leaves: the middle of the cardioid and of the disc on its left, not the corners.
    let black = SIMD4<UInt8>(0, 0, 0, 255)
    func isInSet(_ x: Double, _ y: Double) -> Bool {
      let column = 150 + Int((x + 0.5) / view.pixel), row = 100 + Int(y / view.pixel)
      return pixels[row * 300 + column] == black
    }
    let inside: [(Double, Double)] = [(0, 0), (-1, 0), (-0.5, 0.4), (-0.12, 0.75)]
    for (x, y) in inside { expect(isInSet(x, y), "\(x) \(y)") }
    let outside: [(Double, Double)] = [(0.5, 0), (-1.7, 0.5), (0, 1.1), (-0.75, 0.1)]
    for (x, y) in outside { expect(!isInSet(x, y), "\(x) \(y)") }
    // The set is its own mirror image.
    for row in 1..<100 { expect(pixels[row * 300 + 77] == pixels[(200 - row) * 300 + 77], "row \(row)") }
    let unwanted = await pool.picture(of: view) { false }
    expect(unwanted.allSatisfy { $0 == .zero })
    await pool.shutdown()
  }

  test("a swarm stays a swarm", timeLimit: .seconds(60)) {
    let pool = try! ThreadPool(workerCount: 2)
    var swarm = Swarm(count: 4000, width: 100, height: 100, parts: 3)
    expect((4000..<4012).contains(swarm.count))
    func light(_ pixels: [SIMD4<UInt8>], at x: Range<Int>) -> Int {
      pixels.indices.reduce(0) { x.contains($1 % 100) ? $0 + Int(pixels[$1].x) : $0 }
    }
    await swarm.step([], on: pool)
    let before = await swarm.picture(on: pool)
    expect(abs(light(before, at: 0..<50) - light(before, at: 50..<100)) < light(before, at: 0..<100) / 20)
    // All go where they are drawn to.
    for _ in 0..<40 {
      await swarm.step([Pull(x: 0.9, y: 0.5, strength: 0.4)], on: pool)
      _ = await swarm.picture(on: pool)
    }
    let after = await swarm.picture(on: pool)
    expect(light(after, at: 50..<100) * 10 > light(after, at: 0..<50) * 11)
    await pool.shutdown()
  }

  test("an index finds what a look at each document finds", timeLimit: .seconds(60)) {
    let pool = try! ThreadPool(workerCount: 2)
    let index = await Index.build(documentCount: 3000, on: pool)
    let documents = Array(index.documents.joined())
    expectEqual(documents.count, 3000)
    for (query, beginnings) in [("Amber", ["amber"]), ("lant harb", ["lant", "harb"]), ("zzz", ["zzz"])] {
      let expected = documents.count { document in
        let words = (document.title + " " + document.text).lowercased().split { !$0.isLetter }
        return beginnings.allSatisfy { beginning in words.contains { $0.hasPrefix(beginning) } }
      }
      let answer = await index.search(query, on: pool)!
      expectEqual(answer.count, expected)
      expect(query == "zzz" || answer.count > 0)
      expect(zip(answer.best, answer.best.dropFirst()).allSatisfy { $0.score >= $1.score })
    }
    expectEqual(await index.search(" , ", on: pool)!.count, 0)
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await index.search("amber", on: pool) == nil
    }
    expect(await cancelled.value)
    await pool.shutdown()
  }

  test("a path tracer's picture, the same on one worker and on three", timeLimit: .seconds(60)) {
    var pictures: [[SIMD4<UInt8>]] = []
    for workers in [1, 3] {
      let pool = try! ThreadPool(workerCount: workers)
      var tracer = Tracer(width: 80, height: 50, angle: 0.5)
      for _ in 0..<4 { await tracer.addPass(on: pool) }
      expectEqual(tracer.passCount, 4)
      pictures.append(await tracer.picture(on: pool))
      let before = await tracer.picture(on: pool)
      await tracer.addPass(on: pool) { false }
      expect(await tracer.picture(on: pool) == before, "rows that nobody wants")
      await pool.shutdown()
    }
    expect(pictures[0] == pictures[1])
    // Above the sky at dawn, below the floor, which has as much of all colours.
    let above = mean(pictures[0].prefix(80)), below = mean(pictures[0].suffix(80))
    expect(above.x > above.y + 10, "sky")
    expect(abs(below.z - below.x) < 40, "floor")
    expect(below.x > 20 && below.x < 230, "floor")
  }
}

private func mean(_ pixels: ArraySlice<SIMD4<UInt8>>) -> SIMD3<Int> {
  pixels.reduce(SIMD3(0, 0, 0)) { $0 &+ SIMD3(Int($1.x), Int($1.y), Int($1.z)) } / pixels.count
}
