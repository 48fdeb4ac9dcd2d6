import Foundation
import Testing

@testable import WebbleTool

/// What `webble new` makes, built and used.
@Suite(.serialized) struct NewTests {
  /// A new package, built once. The Swift part is the same in all templates.
  private static let built = Task {
    let folder = try Repository.find().root.appending(path: ".build/new-package/my-app")
    try? FileManager.default.removeItem(at: folder.deletingLastPathComponent())
    try FileManager.default.createDirectory(
      at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
    try NewPackage(folder: folder, template: .vanilla, repository: .find()).write()
    let builder = try await SiteBuilder(
      package: folder.path, options: try BuildOptions.parse(["-c", "release"]))
    let site = try await builder.build(
      product: try await builder.products.describe().program(named: nil),
      into: builder.defaultFolder, output: .onlyOnFailure)
    return (site, builder)
  }

  /// What a visitor's scripts share; `body` pushes what it sees.
  private static func visit(_ body: String) -> String {
    """

    const until = async (condition) => {
      for (let left = 600; !condition(); left--) {
        if (!left) throw new Error("waited in vain: " + document.body.textContent);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    try {
      const lines = [];
      \(body)
      await fetch("lines", { method: "POST", body: [...lines, crossOriginIsolated].join(" ") });
    } catch (error) {
      await fetch("lines", { method: "POST", body: `${error}\\n${error.stack}` });
    }
    """
  }

  /// Opens a site's page, whose script at `path` is another, and returns what a visitor has seen.
  private func open(_ folder: URL, script: String, at path: String, in engine: Engine) async throws -> String {
    let (texts, text) = AsyncStream.makeStream(of: String.self)
    let server = LocalServer(
      handler: { request in
        switch request.path {
        case path:
          return HTTPResponse(
            statusCode: .ok, headers: [.contentType: "text/javascript"], body: Data(script.utf8))
        case "/lines":
          text.yield(String(decoding: request.body, as: UTF8.self))
          return HTTPResponse(statusCode: .noContent)
        default: return nil
        }
      },
      folders: [("/", StaticFiles(root: folder))])
    return try await server.run { port in
      await withTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          let end = try? await engine.openBrowser(at: "http://127.0.0.1:\(port)/")
          text.yield(end ?? "no browser")
        }
        for await text in texts { return text }
        return ""
      }
    }
  }

  @Test(arguments: Engine.allCases.filter { $0.isBrowser && $0.program != nil })
  func thePageCountsShowsAndCancels(engine: Engine) async throws {
    let (site, _) = try await Self.built.value
    #expect(site.hasUsersPage)
    let script = try String(
      contentsOf: site.folder.appending(path: "main.js"), encoding: .utf8)
    let visit = Self.visit(
      """
      limit.value = 1000;
      count.click();
      await until(() => output.textContent.includes("primes"));
      lines.push(output.textContent.replace(/,.*/, ""));
      limit.value = 100000000;
      count.click();
      await until(() => !cancel.disabled);
      // The page is alive meanwhile: this very click.
      cancel.click();
      await until(() => output.textContent === "Cancelled.");
      lines.push("cancelled");
      """)
    let result = try await open(site.folder, script: script + visit, at: "/main.js", in: engine)
    #expect(result == "168 primes cancelled true")
  }

  /// The pages of templates for frameworks, bundled by esbuild in the place of Vite.
  @Test(arguments: [Template.react, .vue]) func pagesOfFrameworksDoTheSame(template: Template) async throws {
    let (site, builder) = try await Self.built.value
    let (name, library) = try #require(Self.libraries[template])
    guard let esbuild = findExecutable(named: "esbuild"), let library = library() else {
      Issue.record("esbuild or \(name) is not installed: scripts/install-engines.sh esbuild \(name)")
      return
    }
    let contents = try NewPackage(
      folder: URL(filePath: "/tmp/my-app"), template: template, repository: builder.products.repository
    ).contents()
    let result = try await withTemporaryFolder { folder in
      for (path, text) in contents where path.hasPrefix("src/") || path == "index.html" {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let text = path.hasSuffix(".vue") ? try Self.compiled(component: text) : text
        try Data(text.utf8).write(to: file)
      }
      let page = try #require(contents["index.html"])
      let entry = try #require(page.firstMatch(of: /src="\/(src\/main\.jsx?)"/)?.1)
      let bundled = try await capture(
        esbuild,
        [
          String(entry), "--bundle", "--format=esm", "--jsx=automatic",
          "--outfile=app.js", "--loader:.vue=js", "--define:process.env.NODE_ENV=\"development\"",
          "--alias:webble:app=\(site.folder.appending(path: "webble.js").path)",
        ] + library, in: folder, environment: ["NODE_PATH": "/usr/share/nodejs"])
      #expect(bundled.succeeded, "\(bundled.everything)")
      try FileManager.default.copyItem(
        at: site.folder.appending(path: "app.wasm"), to: folder.appending(path: "src/app.wasm"))
      let script = try String(contentsOf: folder.appending(path: "app.js"), encoding: .utf8)
      let visit = Self.visit(
        """
        const button = (text) => [...document.querySelectorAll("button")].find((one) => one.textContent === text);
        const said = () => document.querySelector("output").textContent;
        await until(() => button("Count"));
        button("Count").click();
        await until(() => said().includes("primes"));
        lines.push(said().replace(/[^a-z0-9]/g, ""));
        button("Count").click();
        await until(() => !button("Cancel").disabled && document.querySelector("progress"));
        button("Cancel").click();
        await until(() => said() === "Cancelled.");
        lines.push("cancelled", document.querySelector("progress"));
        """)
      return try await open(folder, script: script + visit, at: "/\(entry)", in: .chromium)
    }
    #expect(result == "348513primes cancelled  true")
  }

  /// What a template is made with: the name to install it by, and what esbuild has to know, if it is there.
  private static let libraries: [Template: (name: String, library: @Sendable () -> [String]?)] = [
    .react: ("react", { FileManager.default.fileExists(atPath: "/usr/share/nodejs/react-dom") ? [] : nil }),
    .vue: (
      "vue",
      {
        ["/usr/local", NSHomeDirectory() + "/.local"]
          .map { $0 + "/lib/webble-engines/vue/nicegui/static/vue.esm-browser.prod.js" }
          .first { FileManager.default.fileExists(atPath: $0) }.map { ["--alias:vue=\($0)"] }
      }
    ),
  ]

  /// A component of Vue's as its compiler would make one of this text, but with a template that is compiled in the
  /// page: that compiler is in no package here.
  private static func compiled(component: String) throws -> String {
    let script = try #require(component.firstMatch(of: /(?s)<script setup>\n(.*?)<\/script>/)?.1)
    let template = try #require(component.firstMatch(of: /(?s)<template>\n(.*)<\/template>/)?.1)
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    let imports = lines.filter { $0.hasPrefix("import ") }.joined(separator: "\n")
    let body = lines.filter { !$0.hasPrefix("import ") }.joined(separator: "\n")
    let names = body.matches(of: /(?m)^(?:const|(?:async )?function) (\w+)/).map { String($0.1) }
    return """
      \(imports)
      export default { setup() { \(body); return { \(names.joined(separator: ", ")) }; }, template: `\(template)` };
      """
  }

  /// Names by content stay as long as the content does.
  @Test func theSameSourcesGiveTheSameBytes() async throws {
    let (site, builder) = try await Self.built.value
    let before = try site.files()
    let objects = builder.products.scratch.appending(path: "\(SDKRecipe.triple)/release")
    for name in try FileManager.default.contentsOfDirectory(atPath: objects.path)
    where name.hasPrefix("MyApp") {
      try FileManager.default.removeItem(at: objects.appending(path: name))
    }
    let again = try await builder.build(
      product: "MyApp", into: builder.products.scratch.appending(path: "again"), output: .onlyOnFailure)
    let after = try again.files()
    #expect(Set(after.keys) == Set(before.keys))
    for (name, data) in before { #expect(after[name] == data, "\(name)") }
  }

  /// The compiler's caches hold absolute paths.
  @Test func aLinkToThePackageIsThePackage() async throws {
    let (_, builder) = try await Self.built.value
    let folder = builder.products.package
    let link = folder.deletingLastPathComponent().appending(path: "lïnk to it")
    try? FileManager.default.removeItem(at: link)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder)
    let linked = try await SiteBuilder(package: link.path, options: try BuildOptions.parse(["-c", "release"]))
    _ = try await linked.build(
      product: "MyApp", into: linked.products.scratch.appending(path: "linked"), output: .onlyOnFailure)
  }

  @Test func itsTestsPass() async throws {
    let (_, builder) = try await Self.built.value
    let site = try await builder.build(
      product: "MyAppTests", into: builder.products.scratch.appending(path: "tests/MyAppTests"),
      output: .onlyOnFailure)
    let outcome = try await ProgramRun(
      engine: .node, site: site, repository: builder.products.repository, timeLimit: .seconds(60),
      print: { _, _ in }
    ).run()
    #expect(outcome == .exited(0))
  }
}
