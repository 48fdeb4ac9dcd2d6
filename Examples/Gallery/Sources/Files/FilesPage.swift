import Exhibit
import JavaScript

/// What the page asks of the worker that has the file.
private enum Request: Sendable {
  case set(String, String), remove(String), fill, compact
}

/// What the page shows of the file.
private struct Listing: Sendable {
  var entries: [(key: String, value: String)] = []
  var figures = "Opening the file…"
}

/// Keeps entries in a file until the task is cancelled.
@MainActor public func files(on pool: ThreadPool, named name: String = "gallery.log") async {
  let requests = Channel<Request>()
  let listings = Watch(Listing())
  // This task is pinned: the file's handle lives on its worker, across every wait for a request.
  let keeping = pool.spawn { () async in
    do throws(JSError) {
      let file = try await PrivateFile(name)
      var store = LogStore(file)
      listings.send(listing(store, "opened"))
      for await request in requests {
        let start = JSPerformance.now()
        let did = carryOut(request, in: &store)
        file.flush()
        let time = Double(Int((JSPerformance.now() - start) * 10)) / 10
        listings.send(listing(store, "\(did) in \(time) ms"))
      }
      file.close()
    } catch {
      listings.send(Listing(figures: error.message))
    }
  }
  let showing = Task {
    for await listing in listings { show(listing) }
  }
  let key = element("[name=key]"), value = element("[name=value]")
  let listener = JSClosure { arguments in
    let event = arguments[0].object!
    event.preventDefault()
    let action = event.type.string == "submit" ? "set" : event.target.dataset.action.string
    switch action {
    case "set":
      if let text = key.value.string, !text.isEmpty { requests.trySend(.set(text, value.value.string ?? "")) }
    case "fill": requests.trySend(.fill)
    case "compact": requests.trySend(.compact)
    case "remove": requests.trySend(.remove(event.target.dataset.key.string ?? ""))
    default: break
    }
    return .undefined
  }
  element("form").addEventListener("submit", listener)
  for part in ["table", "#actions"] { element(part).addEventListener("click", listener) }
  while !Task.isCancelled { await nextFrame() }
  requests.close()
  await keeping.value
  listings.close()
  await showing.value
  listener.release()
}

private func carryOut(_ request: Request, in store: inout LogStore<PrivateFile>) -> String {
  switch request {
  case .set(let key, let value):
    store[key] = value
    return "written"
  case .remove(let key):
    store[key] = nil
    return "removed"
  case .fill:
    let first = store.count
    store.append((first..<first + 10_000).map { number -> (key: String, value: String?) in
      ("entry \(number)", "the square is \(UInt64(number) * UInt64(number))")
    })
    return "10,000 entries written"
  case .compact:
    store.compact()
    return "compacted"
  }
}

private func listing(_ store: LogStore<PrivateFile>, _ did: String) -> Listing {
  let entries = store.keys.prefix(30).map { (key: $0, value: store[$0] ?? "") }
  let figures = "\(did) · \(store.count) entries · \(store.fileSize) bytes, \(store.deadSize) of them dead"
  return Listing(entries: entries, figures: figures)
}

@MainActor private func show(_ listing: Listing) {
  let document = JSObject.global.document
  let rows = listing.entries.map { (key, value) -> JSValue in
    let row = document.createElement("tr").object!
    // Texts of the user's are no HTML.
    for text in [key, value] {
      let cell = document.createElement("td").object!
      cell.textContent = .string(text)
      row.append(cell)
    }
    let button = document.createElement("button").object!
    button.textContent = "Remove"
    (button.dataset.action, button.dataset.key) = ("remove", .string(key))
    let cell = document.createElement("td").object!
    cell.append(button)
    row.append(cell)
    return row.jsValue
  }
  let table = element("table")
  table.replaceChildren.function!.callAsFunction(this: table, arguments: rows)
  element("#figures").textContent = .string(listing.figures)
}
