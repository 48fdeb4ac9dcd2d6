import Mandelbrot
import NIOCore
import NIOHTTP1
import NIOPosix
import Webble

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// An HTTP service whose heavy route runs on a pool. SIGTERM and SIGINT end it: it answers what has been asked
// by then, and ends with status 0.

@main struct Server {
  static func main() async {
    let options: Options
    do throws(Options.Invalid) {
      options = try Options(programArguments)
    } catch {
      print("\(error.message)\n\(Options.usage)")
      exit(64)
    }
    let signals = EndSignals()
    let pool = try! ThreadPool()
    let listener: Listener
    do {
      let service = Service(pool: pool, site: try Site(options.site))
      listener = try await Listener(host: options.host, port: options.port, service.respond)
    } catch {
      print("cannot start on \(options.host), port \(options.port): \(error)")
      exit(1)
    }
    print("listening on \(listener.address)")
    // A reader at the other end of a pipe has it now.
    fflush(nil)

    await signals.next()
    await listener.end(patience: options.patience)
    await pool.shutdown()
    print("ended")
  }
}
