import Support

/// Elements that are equal without being the same.
private struct Card: Sendable, Comparable {
  var rank: Int
  var number: Int
  static func < (left: Card, right: Card) -> Bool { left.rank < right.rank }
  static func == (left: Card, right: Card) -> Bool { left.rank == right.rank }
}

private let cards = Numbers(count: 6).map { Card(rank: $0 % 3, number: $0) }

@MainActor func asyncSequenceReductionTests() {
  conformance("SE-0298: reduce combines all elements") {
    expectEqual(await Numbers(count: 4).reduce(100) { @Sendable in $0 + $1 }, 110)
    expectEqual(await Numbers(count: 4).reduce(0, +), 10)
    expectEqual(await Numbers(count: 0).reduce(7, +), 7)
  }

  conformance("SE-0298: reduce takes an asynchronous closure") {
    expectEqual(await Numbers(count: 4).reduce(0) { @Sendable in await later($0 + $1) }, 10)
  }

  conformance("SE-0298: reduce(into:) changes one value") {
    let list = await Numbers(count: 4).reduce(into: [Int]()) { @Sendable in $0.append($1 * $1) }
    expect(list == [1, 4, 9, 16])
  }

  conformance("SE-0298: reduce passes on the base's error") {
    do throws(Thrown) {
      _ = try await FailingNumbers(count: 3).reduce(0) { @Sendable in $0 + $1 }
      expect(false)
    } catch { expect(number(of: error) == 3) }
  }

  conformance("SE-0298: reduce passes on its closure's error") {
    let numbers = Numbers(count: 9)
    do throws(Thrown) {
      _ = try await numbers.reduce(0) { @Sendable (sum, value) throws(Thrown) in
        sum + (try check(value, not: 4))
      }
      expect(false)
    } catch { expect(number(of: error) == 4) }
    expectEqual(numbers.requests.value, 4)
  }

  conformance("SE-0298: contains reads as far as needed") {
    let numbers = Numbers(count: 9)
    expect(await numbers.contains(3))
    expectEqual(numbers.requests.value, 3)
    expect(await !Numbers(count: 9).contains(10))
    expect(await !Numbers(count: 0).contains(0))
  }

  conformance("SE-0298: contains(where:) reads as far as needed") {
    let numbers = Numbers(count: 9)
    expect(await numbers.contains { @Sendable in $0 > 4 })
    expectEqual(numbers.requests.value, 5)
    expect(await !Numbers(count: 9).contains { @Sendable in $0 > 9 })
  }

  conformance("SE-0298: allSatisfy reads as far as needed") {
    let numbers = Numbers(count: 9)
    expect(await !numbers.allSatisfy { @Sendable in $0 < 4 })
    expectEqual(numbers.requests.value, 4)
    expect(await Numbers(count: 9).allSatisfy { @Sendable in $0 < 10 })
    expect(await Numbers(count: 0).allSatisfy { @Sendable _ in false })
  }

  conformance("SE-0298: first(where:) reads as far as needed") {
    let numbers = Numbers(count: 9)
    expect(await numbers.first { @Sendable in $0 % 4 == 0 } == 4)
    expectEqual(numbers.requests.value, 4)
    expect(await Numbers(count: 3).first { @Sendable in $0 > 3 } == nil)
  }

  conformance("SE-0298: predicates that throw end the reading") {
    do throws(Thrown) {
      _ = try await Numbers(count: 9).contains { @Sendable (value) throws(Thrown) in
        try check(value, not: 2) > 5
      }
      expect(false)
    } catch { expect(number(of: error) == 2) }
    do throws(Thrown) {
      _ = try await Numbers(count: 9).first { @Sendable (value) throws(Thrown) in
        try check(value, not: 6) > 7
      }
      expect(false)
    } catch { expect(number(of: error) == 6) }
    do throws(Thrown) {
      _ = try await Numbers(count: 9).allSatisfy { @Sendable (value) throws(Thrown) in
        try check(value, not: 3) < 5
      }
      expect(false)
    } catch { expect(number(of: error) == 3) }
  }

  conformance("SE-0298: min and max, and of nothing") {
    let numbers = Numbers(count: 5).map { ($0 * 3) % 5 }
    expect(await numbers.min() == 0)
    expect(await numbers.max() == 4)
    expect(await Numbers(count: 0).min() == nil)
    expect(await Numbers(count: 0).max() == nil)
  }

  conformance("SE-0298: min and max are the first of equals") {
    expect(await cards.min()?.number == 3)
    expect(await cards.max()?.number == 2)
  }

  conformance("SE-0298: min(by:) and max(by:) take any order") {
    expect(await Numbers(count: 5).min { @Sendable in $0 > $1 } == 5)
    expect(await Numbers(count: 5).max { @Sendable in $0 > $1 } == 1)
    expect(await cards.min { @Sendable in $0.rank < $1.rank }?.number == 3)
    expect(await cards.max { @Sendable in $0.rank < $1.rank }?.number == 2)
    expect(await Numbers(count: 0).min { @Sendable in $0 < $1 } == nil)
  }

  conformance("SE-0298: an order that throws ends the reading") {
    do throws(Thrown) {
      _ = try await Numbers(count: 5).max { @Sendable (left, right) throws(Thrown) in
        try check(right, not: 4) > left
      }
      expect(false)
    } catch { expect(number(of: error) == 4) }
  }

  conformance("SE-0298: reductions pass on the base's error") {
    do throws(Thrown) {
      _ = try await FailingNumbers(count: 2).max()
      expect(false)
    } catch { expect(number(of: error) == 2) }
    do throws(Thrown) {
      _ = try await FailingNumbers(count: 2).contains(9)
      expect(false)
    } catch { expect(number(of: error) == 2) }
    do throws(Thrown) {
      expect(try await FailingNumbers(count: 2).contains(2))
    } catch { expect(false) }
  }
}
