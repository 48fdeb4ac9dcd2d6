import JavaScript
import Webble
import WebbleTesting

// What JavaScript answers later, as ExplorationTests.swift has the rest.

@main struct AnswerTests {
  @MainActor static func main() async {
    await runTests {
      for isMended in [false, true] { orderTests(isMended) }
      fetchTests()
    }
  }
}

@MainActor private func program(
  _ name: String, _ isMended: Bool, _ body: @escaping @MainActor () async -> Void
) {
  test("\(isMended ? "mended" : "faulty"): \(name)", body)
}

@MainActor private func orderTests(_ isMended: Bool) {
  program("answers are taken for ordered as the questions", isMended) {
    var answers: [Int] = []
    let tasks = (1...3).map { number in
      Task { @MainActor in
        if let answer = try? await JSPromise.resolve(number).value.number { answers.append(Int(answer)) }
      }
    }
    for task in tasks { await task.value }
    expectEqual(isMended ? answers.sorted() : answers, [1, 2, 3])
  }

  program("an answer is taken for faster than its timeout", isMended) {
    var hasAnswer = false
    let question = Task { @MainActor in
      // A timer of the page.
      let promise = JSPromise { settle in
        JSObject.global.setTimeout(
          JSOneshotClosure { _ in
            settle(.success(.number(1)))
            return .undefined
          }, 1)
      }
      _ = await promise.result
      hasAnswer = true
    }
    if isMended { await question.value } else { try? await Task.sleep(for: .seconds(30)) }
    expect(hasAnswer, "no answer after thirty seconds")
    await question.value
  }

  program("a text that was fetched is there before the next task", isMended) {
    var text = "nothing"
    let loader = Task { @MainActor in
      do throws(JSError) {
        text = try await fetch("data:text/plain,before").text()
      } catch {
        text = error.description
      }
    }
    if isMended { await loader.value } else { await Task.yield() }
    let seen = text
    await loader.value
    expectEqual(seen, "before", "then \(text)")
  }
}

/// Of a text that can be fetched only under the first schedule.
@MainActor private var address = ""

@MainActor private func fetchTests() {
  test("ours: fetch is asked under the first schedule only") {
    let url = JSObject.global.URL
    if address.isEmpty {
      let text = JSObject.global.Blob.function!.new(JSArray(["once"]))
      address = url.createObjectURL(text).string!
    }
    do throws(JSError) {
      let response = try await fetch(address, FetchOptions(headers: ["x-number": "1"]))
      expectEqual(response.status, 200)
      expectEqual(response.url, address)
      expectEqual(try await response.text(), "once")
    } catch {
      expect(false, error.description)
    }
    _ = url.revokeObjectURL(address)
    let failure = await JSPromise(JSObject.global.fetch("nowhere:").object!)!.result
    if case .success = failure { expect(false, "nowhere is somewhere") }
  }

  test("ours: what a function has answered first is its answer under every schedule") {
    // It goes on counting from one schedule to the next.
    let page = JSObject.global
    _ = page.eval(
      """
      globalThis.tickets ??= { count: 0, async draw(kind) {
        const number = ++this.count;
        if (kind === "none") throw new RangeError(`none is left of ${number}`);
        return kind === "map" ? new Map() : { number, text: "ä", bytes: new Uint8Array([number, 255]), none: undefined };
      } };
      """)
    let tickets = page.tickets.object!
    func draw(_ kind: String) async -> Result<JSValue, JSError> { await JSPromise(tickets.draw(kind).object!)!.result }
    for number in [1, 2] {
      guard case .success(let ticket) = await draw("adult"), let ticket = ticket.object else {
        expect(false, "there is no ticket")
        return
      }
      expectEqual(ticket.number.number, Double(number))
      expectEqual(ticket.text.string, "ä")
      expectEqual(ticket.bytes.object?[1].number, 255)
      expect(ticket.none.isUndefined)
    }
    if case .failure(let error) = await draw("none") {
      expectEqual(error.description, "RangeError: none is left of 3")
    } else {
      expect(false, "one is left")
    }
    _ = await draw("map")
  }

  test("ours: a test may have a fetch of its own") {
    let original = JSObject.global.fetch
    defer { JSObject.global.fetch = original }
    let own = JSClosure { arguments in
      let response = JSObject.global.Response.function!.new("own \(arguments[0].string ?? "")")
      return JSPromise.resolve(response).jsValue
    }
    JSObject.global.fetch = own.jsValue
    do throws(JSError) {
      expectEqual(try await fetch("https://example.com/").text(), "own https://example.com/")
    } catch {
      expect(false, error.description)
    }
  }
}
