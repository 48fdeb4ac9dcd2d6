import Foundation
import Testing

@testable import WebbleTool

struct DeploymentTests {
  private static let page = "<html><head>\(SiteOutput.pageMark)</head><script>\"./webble.js\" \"app.wasm\"</script>"
  private static let site = [
    "app.wasm": "module", "webble.js": #"new URL("./app.wasm")"#,
    "app.symbols.json": "[]", "index.html": page,
  ]

  private func files(_ arguments: [String], _ site: [String: String] = site) throws -> [String: String] {
    try Deployment.parse(arguments)
      .files(of: site.mapValues { Data($0.utf8) }, repository: .find()).files
      .mapValues { String(decoding: $0, as: UTF8.self) }
  }

  @Test func changesNothingUnlessAsked() throws { #expect(try files([]) == Self.site) }

  @Test func namesByContent() throws {
    let named = try files(["--hash-names"])
    let manifest = try JSONDecoder().decode(
      [String: String].self, from: Data(#require(named["webble-manifest.json"]).utf8))
    let module = try #require(manifest["app.wasm"])
    let glue = try #require(manifest["webble.js"])
    #expect(module.wholeMatch(of: /app\.[0-9a-f]{12}\.wasm/) != nil)
    #expect(named[module] == "module" && named["app.wasm"] == nil)
    #expect(named[glue] == #"new URL("./\#(module)")"#)
    #expect(named["index.html"]?.contains("\"./\(glue)\" \"\(module)\"") == true)
    // For whoever imports the package.
    #expect(named["webble.js"] == "export * from \"./\(glue)\";\n")
    #expect(try files(["--hash-names"]) == named)
    // Another module has another name, and so have those that name it.
    var other = Self.site
    other["app.wasm"] = "another"
    let renamed = try files(["--hash-names"], other)
    #expect(renamed[module] == nil && renamed[glue] == nil)
    // A page of the user's stays as it is and works.
    other["index.html"] = "<script>\"./webble.js\" \"app.wasm\"</script>"
    let users = try files(["--hash-names"], other)
    #expect(users["index.html"] == other["index.html"] && users["app.wasm"] == "another")
    var second = Self.site
    second["sub/page.html"] = "<script>\"../webble.js\" \"../app.wasm\"</script>"
    #expect(try files(["--hash-names"], second)["app.wasm"] == "module")
  }

  @Test(arguments: StaticHost.allCases) func tellsTheHost(host: StaticHost) throws {
    let written = try files(["--host", host.rawValue, "--hash-names"])
    let new = Set(written.keys).subtracting(try files(["--hash-names"]).keys)
    let expected: [StaticHost: Set<String>] = [
      .netlify: ["_headers"], .cloudflare: ["_headers"], .vercel: ["vercel.json"],
      .nginx: ["webble-nginx.conf"], .apache: [".htaccess"], .caddy: ["Caddyfile"],
      .gitHubPages: [".nojekyll", "webble-isolation.js"],
    ]
    #expect(new == expected[host])
    guard host != .gitHubPages else {
      #expect(written["index.html"]?.contains("<head>\n<script src=\"webble-isolation.js\">") == true)
      return
    }
    let text = written[new.first!]!
    for (name, value) in Isolation.headers { #expect(text.contains(name) && text.contains(value)) }
    #expect(text.contains("immutable") && text.contains("/app.") || text.contains("\"app."))
    // What the user has is not replaced.
    var own = Self.site
    own[new.first!] = "mine"
    let failure = #expect(throws: Failure.self) { _ = try files(["--host", host.rawValue], own) }
    #expect(failure?.message.contains(new.first!) == true)
  }

  @Test(arguments: [
    ("<!DOCTYPE html>\n<HTML lang=en><HEAD id=x><title>", "<HEAD id=x>\n<script"),
    ("<!doctype html><title>", "<!doctype html>\n<script"), ("<p>", "\n<script"),
    ("<!doctype html><header>", "<!doctype html>\n<script"),
  ])
  func isolatesPagesOfAnyForm(page: String, expected: String) throws {
    let written = try files(["--host", "github-pages"], ["index.html": page])["index.html"]
    #expect(written?.contains(expected) == true)
    #expect(try files(["--host", "github-pages"], ["index.html": written!])["index.html"] == written)
  }

  @Test func isolatesPagesInFolders() throws {
    let page = "<head><title>"
    let written = try files(["--host", "github-pages"], ["a/b c/page.html": page, "a/text.txt": page])
    #expect(written["a/b c/page.html"] == "<head>\n<script src=\"../../webble-isolation.js\"></script><title>")
    #expect(written["a/text.txt"] == page)
  }

  @Test(.enabled(if: Engine.node.program != nil)) func compresses() async throws {
    let text = String(repeating: "webble ", count: 1000)
    var output = SiteOutput()
    for name in ["app.wasm", "sub/a b.css", "x.png", "tiny.js", "package.json"] {
      output.add(name, Data((name == "tiny.js" ? "x" : text).utf8))
    }
    try await Deployment.parse(["--compress"]).compress(&output, repository: .find())
    #expect(
      Set(output.files.keys) == [
        "app.wasm", "app.wasm.br", "app.wasm.gz", "sub/a b.css", "sub/a b.css.br", "sub/a b.css.gz",
        "x.png", "tiny.js", "package.json",
      ])
    let compressed = try #require(output.files["app.wasm.gz"])
    let gzip = try #require(findExecutable(named: "gzip"))
    let result = try await capture(gzip, ["-dc"], input: [UInt8](compressed))
    #expect(result.output == text)
    // The same in any process, at any time.
    var again = SiteOutput()
    again.add("app.wasm", Data(text.utf8))
    try await Deployment.parse(["--compress"]).compress(&again, repository: .find())
    #expect(again.files["app.wasm.gz"] == compressed)
  }
}
