import Foundation
import Testing

@testable import WebbleTool

/// The product Exporting of Tests/JavaScript, called by JavaScript of its page's.
@Suite(.serialized) struct ExportTests {
  private static let site = Task {
    let builder = try await SiteBuilder(
      package: Repository.find().root.appending(path: "Tests/JavaScript").path,
      options: try BuildOptions.parse(["-c", "release"]))
    return try await builder.build(
      product: "Exporting", into: builder.products.scratch.appending(path: "exporting"),
      output: .onlyOnFailure)
  }

  @Test func exportsAreTyped() async throws {
    let site = try await Self.site.value
    #expect(try await site.writeExportTypes(repository: .find()))
    let types = try String(contentsOf: site.folder.appending(path: "app.d.ts"), encoding: .utf8)
    #expect(
      types == """
        type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Type } } ? Type : any;

        /** What the Swift program exports, made by `webble build`. */
        export interface Exports {
          distance(from: number, to: number): number;
          joined(texts: Array<string>): string;
          log(line: string): void;
          fail(): number;
          later(value: number | null | undefined): Promise<number>;
          logLater(line: string, end: string): Promise<void>;
          /** The column of the brightest pixel. */
          brightest(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number): number;
          eight(a: number, b: number, c: boolean, d: string, e: Array<number>, f: Record<string, number>, g: number | null | undefined, h: any): string;
          bytes(count: number): Uint8ClampedArray;
          key(object: object, key: string): any;
          apply(function_: (...values: any[]) => any, value: any): any;
          twice(callback: (a: number) => number): number;
          each(callback: (a: number, b: string) => void): void;
          renamed(options: { name: string; sizes: Array<number>; scale: number | null | undefined }, name: string): { name: string; sizes: Array<number>; scale: number | null | undefined };
          refuse(size: number): number;
          refuseLater(size: number, a: number, b: number): Promise<void>;
          count(last: number): AsyncIterableIterator<number>;
          cancellable(text: string, signal: AbortSignal | null | undefined): Promise<string>;
          sum(...numbers: number[]): number;
        }

        """)
  }

  /// The site as a package, whose types are used by an application that may have no page.
  @Test(
    arguments: [("tsc", "node16"), ("tsc", "nodenext"), ("tsc", "node"), ("tsgo", "nodenext"), ("tsgo", "bundler")],
    ["es2022", "es2022,dom"])
  func theTypesAreChecked(compilerAndResolution: (String, String), library: String) async throws {
    let (name, resolution) = compilerAndResolution
    guard let compiler = findExecutable(named: name) else {
      Issue.record("\(name) is not installed: scripts/install-engines.sh \(name)")
      return
    }
    let site = try await Self.site.value
    #expect(try await site.writeExportTypes(repository: .find()))
    let application = """
      import { start } from "exporting";
      import type { Exports } from "\(resolution == "node" ? "exporting/app.d" : "exporting/app")";
      const { swift, ended } = await start<Exports>({ print: (line) => line.trim() });
      const sum: number = swift.distance(1, 2) + swift.brightest(new Uint8ClampedArray(4), 2, 2);
      const later: Promise<number> = swift.later(sum);
      for await (const number of swift.count(await later)) number.toFixed();
      const { reason, status } = await ended;
      // @ts-expect-error
      swift.distance("1", 2);
      export { reason, status };
      """
    let result = try await withTemporaryFolder { folder in
      try Data(application.utf8).write(to: folder.appending(path: "app.mts"))
      let packages = folder.appending(path: "node_modules")
      try FileManager.default.createDirectory(at: packages, withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: site.folder, to: packages.appending(path: "exporting"))
      return try await capture(
        compiler,
        [
          "--noEmit", "--strict", "--target", "es2022", "--lib", library,
          "--module", ["node", "bundler"].contains(resolution) ? "es2022" : resolution,
          "--moduleResolution", resolution, "app.mts",
        ], in: folder)
    }
    #expect(result.succeeded, "\(result.everything)")
  }

  @Test(arguments: Engine.allCases)
  func exportsAreCalled(engine: Engine) async throws {
    let site = try await Self.site.value
    let lines = try await engine.run(Self.calls, calling: "callExports", on: site)
    #expect(
      lines == """
        3.5 a-b 6
        line
        undefined 7 -1
        later!
        undefined
        Error: as asked
        TypeError: to is undefined, not of type number
        TypeError: texts is 1, not of type Array<string>
        """)
  }

  @Test(arguments: Engine.allCases)
  func exportsHaveAnyTypes(engine: Engine) async throws {
    let site = try await Self.site.value
    let lines = try await engine.run(Self.moreCalls, calling: "callExports", on: site)
    #expect(
      lines == """
        1 1 Uint8ClampedArray 0,1,2
        1 2.5 true text 2 3 -1 undefined
        7 9 3 0 0 1 1
        {"name":"new","sizes":[1,2]}
        TypeError: options is [object Object], not of type { name: string; sizes: Array<number>; scale: number | null | undefined }
        Refusal: 9 is too large true
        Refusal: 8 is too large true
        Error: of the callback
        TypeError: a callback returned text, not number
        TypeError: function is [object Object], not of type (...values: any[]) => any
        TypeError: size is undefined, not of type number
        1 2 1 2 1,2 true
        Refusal: 3 is too large true
        done
        AbortError
        cancelled
        Error: why
        cancelled
        Error: before
        TypeError: signal is 1, not of type AbortSignal | null | undefined
        """)
  }

  private static let moreCalls = """
    async function callExports(site) {
      const lines = [], add = (...values) => lines.push(values.join(" "));
      const { start } = await import(new URL("webble.js", site));
      const program = await start({
        module: new URL("app.wasm", site), print: (line) => print(line), printError: (line) => add("error:", line),
      });
      const { swift } = program;
      // The line comes before the rejection or after.
      let print, printed = new Promise((resolve) => { print = resolve; });
      const outcome = async (body) => {
        try { add(await body()); } catch (error) {
          add(error.name === "AbortError" ? error.name
            : `${error.name}: ${error.message}${error.name === "Refusal" ? " " + (error instanceof Error) : ""}`);
        }
      };
      const bytes = swift.bytes(3);
      add(swift.brightest(new Uint8Array([1, 5, 2, 3]), 2, 2),
        swift.brightest(new Uint8ClampedArray([1, 5, 2, 3]), 2, 2), bytes.constructor.name, bytes);
      add(swift.eight(1, 2.5, true, "text", [1, 2], { x: 3 }, null));
      const pairs = [];
      swift.each((a, b) => { pairs.push(a, b); });
      add(swift.key({ x: 7 }, "x"), swift.apply((value) => value * 3, 3), swift.twice((a) => a + 1), pairs.join(" "));
      add(JSON.stringify(swift.renamed({ name: "old", sizes: [1, 2] }, "new")));
      await outcome(() => swift.renamed({ name: 1, sizes: [] }, "new"));
      await outcome(() => swift.refuse(9));
      await outcome(() => swift.refuseLater(8, 0, 0));
      await outcome(() => swift.each(() => { throw new Error("of the callback"); }));
      await outcome(() => swift.twice(() => "text"));
      await outcome(() => swift.apply({}, 1));
      await outcome(() => swift.refuseLater());
      const seen = [];
      for await (const number of swift.count(2)) seen.push(number);
      for await (const number of swift.count(1000)) { seen.push(number); if (number === 2) break; }
      const both = swift.count(4), parts = await Promise.all([both.next(), both.next()]);
      add(...seen, parts.map((part) => part.value), (await both.return()).done);
      await outcome(async () => { for await (const number of swift.count(3)); });
      await outcome(() => swift.cancellable("done", new AbortController().signal));
      const controller = new AbortController();
      const waiting = swift.cancellable("wait", controller.signal);
      controller.abort();
      await outcome(() => waiting);
      add(await printed);
      printed = new Promise((resolve) => { print = resolve; });
      const other = new AbortController(), again = swift.cancellable("wait", other.signal);
      other.abort(new Error("why"));
      await outcome(() => again);
      add(await printed);
      other.abort();
      await outcome(() => swift.cancellable("wait", AbortSignal.abort(new Error("before"))));
      await outcome(() => swift.cancellable("wait", 1));
      await program.stop();
      return lines.join("\\n");
    }
    """

  /// Calls the exports of the program in the folder `site`; `lines` gets what comes of it.
  private static let calls = """
    async function callExports(site) {
      const lines = [];
      const { start } = await import(new URL("webble.js", site));
      const { swift } = await start({
        module: new URL("app.wasm", site),
        print: (line) => lines.push(line),
        printError: (line) => lines.push(`error: ${line}`),
      });
      const add = (...values) => lines.push(values.join(" "));
      add(swift.distance(1, 4.5), swift.joined(["a", "b"]), swift.sum(1, 2, 3));
      add(String(swift.log("line")), await swift.later(7), await swift.later());
      add(String(await swift.logLater("later", "!")));
      for (const wrong of [() => swift.fail(), () => swift.distance(1), () => swift.joined([1])]) {
        try { wrong(); } catch (error) { add(`${error.name}: ${error.message}`); }
      }
      return lines.join("\\n");
    }
    """
}
