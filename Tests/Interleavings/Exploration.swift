/// What an exhaustive walk through the interleavings of a model has found.
public struct Exploration<State> {
  public var stateCount = 0
  /// A description of the first fault and the states that lead to it.
  public var fault: (description: String, path: [State])?
}

/// A model of threads that act on shared words, one atomic operation a step.
public protocol InterleavingModel: Hashable {
  /// The states after each step that some thread can take now.
  ///
  /// `certain` steps are those of threads that will run; `possible` ones need not ever happen: a
  /// spurious wake-up, an event. A wake-up is lost in a state with no certain step and work undone,
  /// even if a possible one would come to the rescue.
  func steps() -> (certain: [Self], possible: [Self])

  /// What is wrong with this state; `isAtRest` says that it has no certain step.
  func fault(isAtRest: Bool) -> String?
}

/// Walks every interleaving once, depth first, and stops at the first fault.
public func explore<Model: InterleavingModel>(from initial: Model) -> Exploration<Model> {
  var result = Exploration<Model>()
  // Each state met, with the index of the one it was first reached from.
  var met: [(state: Model, parent: Int?)] = [(initial, nil)]
  var seen: Set = [initial]
  var open = [0]
  while let index = open.popLast() {
    result.stateCount += 1
    let state = met[index].state
    let (certain, possible) = state.steps()
    if let description = state.fault(isAtRest: certain.isEmpty) {
      let path = sequence(first: index) { met[$0].parent }.map { met[$0].state }
      result.fault = (description, path.reversed())
      return result
    }
    for next in certain + possible where seen.insert(next).inserted {
      open.append(met.count)
      met.append((next, index))
    }
  }
  return result
}
