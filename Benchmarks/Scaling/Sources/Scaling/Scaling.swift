import Glibc

@main
struct Scaling {
  static func main() {
    guard let options = Options(CommandLine.arguments.dropFirst()) else {
      print(Options.help)
      exit(64)
    }
    configureMemory()
    if options.isSmoke { exit(smoke() ? 0 : 1) }
    if options.printsLayout {
      printLayout()
      return
    }
    for workload in workloads(share: 100)
    where options.rows.isEmpty || options.rows.contains(workload.name) {
      print("\n\(workload.name)\n\(Run.heading)")
      let runs = options.workers.map { Run(workload, workers: $0, options) }
      for run in runs { print(run.line) }
      if options.printsWords { for run in runs { print(run.words) } }
    }
  }

  /// The allocator's memory: what is not touched costs nothing.
  private static func configureMemory() {
    let bytes = 1 << 30
    let base = mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)!
    Allocator.configure(heapBase: base, pageLimit: UInt(bytes) / Span.pageSize - 1)
  }
}

struct Options {
  static let help = """
    Scaling [ROW…] [OPTION…]
      --threads        threads of the system's, not the simulated machine
      --yield N        those give way before every Nth write on average
      --workers N      not 1, 2, 4, 8, 16, 32
      --line N         bytes of a cache line: 64, or 128 for pairs that are fetched together
      --words          what each word had to do with it
      --layout         where the words lie
      --smoke          a little of each row, and every check
    """

  var rows: [String] = []
  var isSimulated = true
  var yieldInterval: UInt32 = 0
  var workers = [1, 2, 4, 8, 16, 32]
  var lineSize: UInt = 64
  var printsWords = false
  var printsLayout = false
  var isSmoke = false

  init() {}

  init?(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let argument = rest.popFirst() {
      switch argument {
      case "--threads": isSimulated = false
      case "--words": printsWords = true
      case "--layout": printsLayout = true
      case "--smoke": isSmoke = true
      case "--yield", "--workers", "--line":
        guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { return nil }
        switch argument {
        case "--yield": yieldInterval = UInt32(number)
        case "--workers" where number < 64: workers = [number]
        case "--line" where [64, 128].contains(number): lineSize = UInt(number)
        default: return nil
        }
      case _ where workloads(share: 100).contains { $0.name == argument }: rows.append(argument)
      default: return nil
      }
    }
  }
}
