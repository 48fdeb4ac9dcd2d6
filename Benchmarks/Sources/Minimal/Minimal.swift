import Webble

/// A pool, one spawn of each kind, and a look at each result from time to time, as a frame loop does.
@main
struct Minimal {
  static func main() async {
    let pool = try! ThreadPool()
    let pinned = pool.spawn { 1 }
    let stealable = pool.spawnStealable { 2 }
    while pinned.tryRecv() == nil || stealable.tryRecv() == nil {
      await sleep(milliseconds: 16)
    }
    print("done")
  }
}
