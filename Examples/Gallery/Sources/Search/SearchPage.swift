import Exhibit
import JavaScript

/// Builds an index, and searches it at each key, until the task is cancelled.
@MainActor public func search(on pool: ThreadPool, documentCount: Int = 100_000) async {
  let input = element("input"), results = element("#results"), figures = element("#figures")
  let start = JSPerformance.now()
  let stage = Watch("Starting…")
  let telling = Task { for await stage in stage { figures.textContent = .string(stage) } }
  let index = await pool.spawn { () async in
    await Index.build(documentCount: documentCount, on: pool) { stage.send($0) }
  }.value
  stage.close()
  await telling.value
  let seconds = Double(Int((JSPerformance.now() - start) / 100)) / 10
  figures.textContent = .string(
    "\(documentCount) documents, \(index.wordCount) words, in \(seconds) s · \(pool.workerCount) workers")
  input.disabled = .boolean(false)
  input.focus()

  var searching: WorkerHandle<Answer?, Never>?
  var (keys, cancelled) = (0, 0)
  for await _ in events(of: "input", on: input) {
    // Whoever types on does not want that any more.
    searching?.cancel()
    let query = input.value.string ?? ""
    let start = JSPerformance.now()
    let handle = pool.spawn { () async in await index.search(query, on: pool) }
    (searching, keys) = (handle, keys + 1)
    spawnLocal {
      guard let answer = await handle.value else {
        cancelled += 1
        return
      }
      let time = Double(Int((JSPerformance.now() - start) * 10)) / 10
      results.innerHTML = .string(answer.best.map { entry(index[$0], query) }.joined())
      figures.textContent = .string(
        "\(answer.count) of \(documentCount) in \(time) ms · \(pool.workerCount) workers"
          + " · \(keys) searches, \(cancelled) cancelled")
    }
  }
}

/// A document as HTML, with what was looked for marked. Its words are made up here: nothing in them is HTML.
private func entry(_ document: Document, _ query: String) -> String {
  let beginnings = wordsOf(query)
  func marked(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let plain = wordsOf(String(word)).first ?? ""
      return beginnings.contains { plain.hasPrefix($0) } ? "<mark>\(word)</mark>" : String(word)
    }.joined(separator: " ")
  }
  return "<li><h2>\(marked(document.title))</h2><p>\(marked(document.text))</p></li>"
}
