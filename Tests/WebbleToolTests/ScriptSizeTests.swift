import Foundation
import Testing

@testable import WebbleTool

@Suite struct ScriptSizeTests {
  @Test func commentsGo() {
    #expect(
      shortened(
        """
        // One line.
        /* One. */
        /**
         * Several.
         */
        export class A {
          /** @type {number} */ #field = 1;

          // Why.
          m(/** @type {string} */ url) { return url + "//not/*one"; }
        }
        """)
        == """
          export class A{#field=1;m(url){return url + "//not/*one";}
          }

          """)
  }

  @Test func spacesThatMeanSomethingStay() {
    let script = #"""
      const a = b ? [ "x , y", 'so ( it ) is' ] : `${ c } = { d }`;
      if (/^a b\/[/ ,]( c)? = /.test(a)) return - -a + +b;
      const half = a / 2, sum = (a, b) => a
        && b

      """#
    let short = #"""
      const a=b?["x , y",'so ( it ) is']:`${ c } = { d }`;\#
      if(/^a b\/[/ ,]( c)? = /.test(a))return - -a + +b;\#
      const half=a / 2,sum=(a,b)=>a
      &&b

      """#
    #expect(shortened(script) == short)
  }

  /// What is left of the scripts that are served is JavaScript, and has no comment.
  @Test(arguments: Site.FileName.glue + Site.FileName.javaScriptGlue)
  func theGlueStaysWhole(name: String) async throws {
    guard name.hasSuffix(".js") else { return }
    let script = try String(
      contentsOf: Repository.find().glue.appending(path: name), encoding: .utf8)
    let stripped = shortened(script)
    #expect(!stripped.contains("/**") && !stripped.contains("\n//"))
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "script.mjs")
      try Data(stripped.utf8).write(to: file)
      let result = try await capture(Engine.node.requiredProgram(), ["--check", file.path])
      #expect(result.succeeded, "\(result.errorOutput)")
    }
  }
}
