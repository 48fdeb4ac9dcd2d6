import Interleavings
import Testing

@testable import ConcurrencyStates

/// Every interleaving of what threads do to the words of the concurrency library; and the same models with
/// one thing done wrong, since a model is worth something only if it notices.
@Suite struct StateTests {
  private func expectNoFault(
    _ model: some InterleavingModel, states: Int, _ location: SourceLocation = #_sourceLocation
  ) {
    let result = explore(from: model)
    #expect(
      result.fault?.description == nil, "after \(result.fault?.path ?? [])",
      sourceLocation: location)
    #expect(result.stateCount >= states, sourceLocation: location)
  }

  private func expectFault(
    _ model: some InterleavingModel, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(explore(from: model).fault != nil, sourceLocation: location)
  }

  @Test func aContinuationResumesItsTaskOnce() {
    expectNoFault(ContinuationModel(), states: 8)
  }

  @Test(arguments: ContinuationModel.Variant.allCases.filter { $0 != .asWritten })
  func aBrokenContinuationIsFound(variant: ContinuationModel.Variant) {
    expectFault(ContinuationModel(variant))
  }

  @Test(arguments: [1, 2, 3, 4])
  func aGroupHandsOverEachResultOnce(children: Int) {
    expectNoFault(GroupModel(children: children), states: children * 5)
  }

  @Test(arguments: GroupModel.Variant.allCases.filter { $0 != .asWritten })
  func aBrokenGroupIsFound(variant: GroupModel.Variant) {
    expectFault(GroupModel(variant, children: 2))
  }

  @Test(arguments: [0, 1, 2, 5])
  func aDiscardingGroupResumesItsParentOnceAllHaveEnded(children: Int) {
    expectNoFault(DiscardingGroupModel(children: children), states: children + 1)
  }

  @Test(arguments: [(2, 3), (3, 2), (4, 1)])
  func anActorRunsAllTasksOneAtATime(tasks: Int, entries: Int) {
    expectNoFault(ActorModel(tasks: tasks, entries: entries), states: 100)
  }

  @Test(arguments: ActorModel.Variant.allCases.filter { $0 != .asWritten })
  func aBrokenActorIsFound(variant: ActorModel.Variant) {
    expectFault(ActorModel(variant, tasks: 3, entries: 1))
  }

  @Test func aDeallocatedActorIsFreedByWhoeverIsLast() {
    let held = ActorState(word: ActorState.locked).deallocating()
    #expect(!held.frees)
    #expect(held.0.unlocking() == .frees)
    #expect(ActorState(word: 0).deallocating().frees)
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 2), (3, 2), (2, 3), (3, 3)])
  func aQueuedTaskRunsOnceHoweverOftenItIsEscalated(runs: Int, escalations: Int) {
    expectNoFault(QueueTicketModel(runs: runs, escalations: escalations), states: runs + 1)
  }

  @Test(arguments: QueueTicketModel.Variant.allCases.filter { $0 != .asWritten })
  func aBrokenTicketIsFound(variant: QueueTicketModel.Variant) {
    expectFault(QueueTicketModel(variant, runs: 3, escalations: 2))
  }

  @Test(arguments: [[2], [2, 3], [3, 2], [2, 3, 4], [3, 3, 2]] as [[UInt]])
  func anEscalationReachesTheChild(priorities: [UInt]) {
    expectNoFault(EscalationModel(priorities: priorities), states: 5)
  }

  @Test(arguments: EscalationModel.Variant.allCases.filter { $0 != .asWritten })
  func aBrokenEscalationIsFound(variant: EscalationModel.Variant) {
    expectFault(EscalationModel(variant, priorities: [2, 3]))
  }

  @Test(arguments: [[2], [2, 3], [3, 2], [2, 3, 4]] as [[UInt]])
  func anEscalationReachesWhatTheTaskWaitsFor(priorities: [UInt]) {
    expectNoFault(AwaitingModel(priorities: priorities), states: 30)
  }

  @Test(arguments: AwaitingModel.Variant.allCases.filter { $0 != .asWritten })
  func aBrokenWaitIsFound(variant: AwaitingModel.Variant) {
    expectFault(AwaitingModel(variant, priorities: [2, 3]))
  }
}
