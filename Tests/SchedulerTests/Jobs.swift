import NativeScheduler

/// Jobs to put in queues, told apart by their number, which each keeps in `info`.
final class Jobs: @unchecked Sendable {
  private let headers: Job
  let count: Int

  init(_ count: Int) {
    self.count = count
    headers = .allocate(capacity: count)
    for number in 0..<count { (headers + number).initialize(to: JobHeader(info: UInt(number))) }
  }

  deinit { headers.deallocate() }

  subscript(number: Int) -> Job {
    precondition((0..<count).contains(number))
    return headers + number
  }
}

func number(of job: Job) -> Int { Int(job.pointee.info) }

func numbers(of list: JobList) -> [Int] {
  var rest = list
  var numbers: [Int] = []
  while let job = rest.popFirst() { numbers.append(number(of: job)) }
  return numbers
}

func numbers(ofChain chain: Job?) -> [Int] {
  Array(sequence(first: chain) { $0.flatMap(\.pointee.next) }.prefix { $0 != nil })
    .map { number(of: $0!) }
}
