import JavaScript

/// Programs whose ends Tests/EndToEndTests looks at: the first argument chooses.
@main struct Endings {
  static func main() async {
    switch programArguments.first {
    case "leaks":
      let pool = try! ThreadPool(workerCount: 1)
      await pool.spawn { leaveClosures() }.value
      await pool.shutdown()
      leaveClosures()
      exit(0)
    case "wrong thread":
      let pool = try! ThreadPool(workerCount: 1)
      nonisolated(unsafe) let object = JSObject()
      await pool.spawn { object.name = 1 }.value
    default:
      exit(2)
    }
  }
}

/// One that holds itself, and three that are none of Swift's any more.
private func leaveClosures() {
  var itself: JSClosure?
  itself = JSClosure { _ in
    withExtendedLifetime(itself) {}
    return .undefined
  }
  JSObject.global.callback = .object(JSClosure { _ in .undefined })
  let released = JSClosure { _ in .undefined }
  released.release()
  JSOneshotClosure { _ in .undefined }()
}
