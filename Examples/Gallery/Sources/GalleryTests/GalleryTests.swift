import JavaScript
import WebbleTesting

/// What the exhibits compute, in every engine, and what their pages show, in browsers.
@main struct GalleryTests {
  @MainActor static func main() async {
    await runTests {
      computations()
      soundAndFiles()
      if !JSObject.global.document.isUndefined {
        pages()
        pagesOfSoundAndFiles()
      }
    }
  }
}
