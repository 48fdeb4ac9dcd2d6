import Files
import JavaScript
import Mandelbrot
import Particles
import PathTracer
import Scheduler
import Search
import Synthesizer

/// Each page starts the program with its exhibit's name.
@main struct Gallery {
  @MainActor static func main() async {
    let pool = try! ThreadPool()
    switch programArguments.first {
    case "mandelbrot": await mandelbrot(on: pool)
    case "particles": await particles(on: pool)
    case "pathtracer": await pathTracer(on: pool)
    case "synthesizer": await synthesizer(on: pool)
    case "files": await files(on: pool)
    case "search": await search(on: pool)
    case "scheduler": await scheduler(on: pool)
    default: fatalError("start({ arguments: [exhibit] }) takes the name of an exhibit")
    }
  }
}
