import Webble

@main struct BetweenTasksBenchmarks {
  static func main() async {
    await measureChannels()
    await measureLocks()
    await measureAlgorithms()
  }
}
