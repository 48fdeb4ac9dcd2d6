import Testing

@testable import WebbleTool

struct RequestOriginTests {
  private func status(
    _ method: String = "GET", host: String, origin: String? = nil, names: [String] = []
  ) -> Int? {
    var request = HTTPRequest(method: method, path: "/", headers: ["Host": host])
    request.headers["Origin"] = origin
    return RequestOrigin(request).refusal(names: names)?.statusCode.code
  }

  @Test(arguments: [
    "localhost", "localhost:8080", "LOCALHOST", "app.localhost:1", "127.0.0.1:8080", "192.168.1.7",
    "[::1]:8080", "[fe80::1]", "localhost.",
  ])
  func answersAsThisMachine(host: String) { #expect(status(host: host) == nil) }

  @Test(arguments: [
    "example.org", "example.org:8080", "localhost.example.org", "127.0.0.1.example.org", "", "1.2.3",
    "1.2.3.4.5", "evil-localhost", "0x7f.1", "999.1.1.1", "[::1].example.org:80",
  ])
  func doesNotAnswerAsAnotherSite(host: String) { #expect(status(host: host) == 421) }

  @Test func answersToItsNames() {
    #expect(status(host: "box.local:8080", names: ["Box.local"]) == nil)
    #expect(status(host: "box.local.example.org", names: ["box.local"]) == 421)
  }

  @Test func takesNothingFromAnotherSitesPage() {
    let host = "127.0.0.1:8080"
    #expect(status("POST", host: host, origin: "http://127.0.0.1:8080") == nil)
    #expect(status("POST", host: host, origin: "https://127.0.0.1:8080") == nil)
    for origin in ["http://example.org", "null", "http://127.0.0.1:8081", "http://localhost:8080", ""] {
      for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        #expect(status(method, host: host, origin: origin) == 403)
      }
    }
    #expect(status("GET", host: host, origin: "http://example.org") == nil)
  }
}
