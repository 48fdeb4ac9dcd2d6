import JavaScript
import PrimeForm

@main struct Form {
  @MainActor static func main() async {
    let pool = try! ThreadPool()
    let form = PrimeForm(pool: pool)
    JSObject.global.document.body.append(form.element)
    await form.run()
  }
}
