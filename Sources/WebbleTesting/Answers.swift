/// Records a failure of the test if another schedule comes to another value here. Any thread.
///
/// For what no schedule should change, and where no one value could be expected:
///
///     let words = await collect(["one", "two", "three"], on: pool)
///     expectSameInEverySchedule(words)
///
/// `webble test --explore` then tells both values, and a schedule for each. Values are the same if their descriptions
/// are; where a schedule comes here several times, each time counts by itself. Without `--explore` there is one
/// schedule only, and this does nothing.
public func expectSameInEverySchedule<Value: CustomStringConvertible>(
  _ value: Value, file: String = #fileID, line: Int = #line
) {
  note(value.description, file, line)
}

/// The same for optionals.
public func expectSameInEverySchedule<Value: CustomStringConvertible>(
  _ value: Value?, file: String = #fileID, line: Int = #line
) {
  note(value?.description ?? "nil", file, line)
}

/// The same for arrays, whose elements Embedded Swift's arrays do not describe by themselves.
public func expectSameInEverySchedule<Element: CustomStringConvertible>(
  _ values: [Element], file: String = #fileID, line: Int = #line
) {
  note(text(values), file, line)
}

private func note(_ text: String, _ file: String, _ line: Int) {
  #if arch(wasm32)
    answers?.append(Answer(place: "\(file):\(line)", text: text))
  #endif
}

#if arch(wasm32)
/// A value that the schedule has come to, and where.
struct Answer {
  var place: String
  var text: String
}

/// Those of the schedule that is explored; nil if none is. On the one thread that there is then.
nonisolated(unsafe) var answers: [Answer]?

/// The first of the answers that another schedule did not come to, or whose place that has and these have not.
func difference(_ answers: [Answer], _ others: [Answer]) -> (place: String, answer: String)? {
  for place in (answers + others).map({ $0.place }) {
    let own = answers.filter { $0.place == place }
    let other = others.filter { $0.place == place }
    for index in 0..<max(own.count, other.count) {
      let text = index < own.count ? own[index].text : "no answer"
      if index >= own.count || index >= other.count || text != other[index].text { return (place, text) }
    }
  }
  return nil
}
#endif
