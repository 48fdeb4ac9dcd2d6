import Foundation
import Testing

@testable import WebbleTool

/// The product Exporting of Tests/JavaScript, called by JavaScript of its page's.
@Suite struct ExportTests {
  @Test func exportsAreCalledAndTyped() async throws {
    let repository = try Repository.find()
    let builder = try await SiteBuilder(
      package: repository.root.appending(path: "Tests/JavaScript").path,
      options: try BuildOptions.parse(["-c", "release"]))
    let site = try await builder.build(
      product: "Exporting", into: builder.products.scratch.appending(path: "exporting"),
      output: .onlyOnFailure)

    #expect(try await site.writeExportTypes(repository: repository))
    let types = try String(contentsOf: site.folder.appending(path: "app.d.ts"), encoding: .utf8)
    #expect(
      types == """
        /** What the Swift program exports, made by `webble build`. */
        export interface Exports {
          distance(from: number, to: number): number;
          joined(texts: Array<string>): string;
          log(line: string): void;
          fail(): number;
          later(value: number | null | undefined): Promise<number>;
          logLater(line: string, end: string): Promise<void>;
          sum(...numbers: number[]): number;
        }

        """)

    let script = """
      const site = "\(site.folder.absoluteString)/";
      const { start } = await import(site + "webble.js");
      const { swift } = await start({ module: new URL("app.wasm", site) });
      console.log(swift.distance(1, 4.5), swift.joined(["a", "b"]), swift.sum(1, 2, 3));
      console.log(swift.log("line"), await swift.later(7), await swift.later());
      console.log(await swift.logLater("later", "!"));
      for (const wrong of [() => swift.fail(), () => swift.distance(1), () => swift.joined([1])]) {
        try { wrong(); } catch (error) { console.log(`${error.name}: ${error.message}`); }
      }
      process.exit();
      """
    let result = try await capture(
      try Engine.node.requiredProgram(), ["--input-type=module", "-e", script])
    #expect(
      result.output == """
        3.5 a-b 6
        line
        undefined 7 -1
        later!
        undefined
        Error: as asked
        TypeError: to is undefined, not of type number
        TypeError: texts is 1, not of type Array<string>

        """)
    #expect(result.errorOutput == "")
  }
}
