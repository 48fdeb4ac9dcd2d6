import HTTPTypes
import Webble
import WebbleTesting

@main struct HTTPTypesTests {
  @MainActor static func main() async {
    await runTests {
      test("a request made by a worker") {
        let pool = try! ThreadPool(workerCount: 2)
        let request = await pool.spawn {
          var request = HTTPRequest(
            method: .get, scheme: "https", authority: "example.org", path: "/")
          request.headerFields[.accept] = "text/html"
          request.headerFields.append(HTTPField(name: .accept, value: "text/plain"))
          return request
        }.value
        expect(request.headerFields[.accept] == "text/html, text/plain")
        expect(request.headerFields[HTTPField.Name("ACCEPT")!] == "text/html, text/plain")
        expect(request.method == .get && request.path == "/")
        expectEqual(HTTPResponse(status: .notFound).status.code, 404)
        expect(HTTPField.Name("not a name") == nil)
        await pool.shutdown()
      }
    }
  }
}
