import TestSupport
import Webble

private actor Place {
  private var number = 0

  @inline(never) func step() -> Int {
    number += 1
    return number
  }

  @inline(never) func stepSlowly() async -> Int { step() }

  /// Never leaves the actor.
  func loop(_ rounds: Int) async -> Int {
    var last = 0
    while last < rounds { last = await stepSlowly() }
    return last
  }

  /// To the other actor and back in each round.
  func play(_ rounds: Int, with other: Place) async -> Int {
    var last = 0
    while last < rounds { last = await other.step() }
    return last
  }

  func playSlowly(_ rounds: Int, with other: Place) async -> Int {
    var last = 0
    while last < rounds { last = await other.stepSlowly() }
    return last
  }
}

@MainActor @inline(never) private func stepOnMain(_ number: Int) -> Int { number + 1 }
@MainActor @inline(never) private func stepOnMainSlowly(_ number: Int) async -> Int { number + 1 }
@inline(never) private func stepAnywhere(_ number: Int) async -> Int {
  await stepOnMainSlowly(number)
}

@inline(never)
private func step(_ number: Int, isolation: isolated (any Actor)? = #isolation) async -> Int {
  number + 1
}

let isolationShapes: [Shape] = [
  Shape(name: "an actor's methods from outside", passesThroughRuntime: true) { rounds in
    let place = Place()
    var last = 0
    while last < rounds { last = await place.step() }
    return last
  },
  Shape(name: "an actor's async methods from outside", passesThroughRuntime: true) { rounds in
    let place = Place()
    var last = 0
    while last < rounds { last = await place.stepSlowly() }
    return last
  },
  Shape(name: "an actor's async methods from inside", passesThroughRuntime: true) { rounds in
    await Place().loop(rounds)
  },
  Shape(name: "two actors in turn", passesThroughRuntime: true) { rounds in
    await Place().play(rounds, with: Place())
  },
  Shape(name: "two actors in turn, async methods", passesThroughRuntime: true) { rounds in
    await Place().playSlowly(rounds, with: Place())
  },
  Shape(name: "isolated parameters") { rounds in
    var number = 0
    while number < rounds { number = await step(number) }
    return number
  },
  Shape(name: "the main actor and back", passesThroughRuntime: true, roundsOnWorker: 2000) {
    rounds in
    var number = 0
    while number < rounds { number = await stepOnMain(number) }
    return number
  },
  Shape(name: "the main actor by way of another function", passesThroughRuntime: true,
    roundsOnWorker: 2000
  ) { rounds in
    var number = 0
    while number < rounds { number = await stepAnywhere(number) }
    return number
  },
]
